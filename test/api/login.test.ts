import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Answer, TestServer, TestUser } from '../support/test-server.ts';
import { adminPassword, startTestServer, userPassword } from '../support/test-server.ts';

const loginMutation = `mutation ($username: String!, $password: String!) {
  login(username: $username, password: $password) {
    accessToken tokenType expiresIn refreshToken user { id username displayName groups }
  }
}`;

let server: TestServer;
let sam: TestUser;
beforeAll(async () => {
  server = await startTestServer();
  sam = await server.aUser('STAFF', 'AUDITOR');
});
afterAll(() => server.stop());

const logIn = (username: string, password: string, token?: string): Promise<Answer> =>
  server.ask(loginMutation, {
    variables: { username, password },
    ...(token === undefined ? {} : { token }),
  });

async function createUser(username: string, password: string): Promise<string> {
  const answer = await server.ask(
    'mutation ($input: CreateUserInput!) { createUser(input: $input) { id } }',
    { token: server.admin.accessToken, variables: { input: { username, password } } },
  );
  expect(answer.status, answer.text).toBe(200);
  return answer.data.createUser.id;
}

/** Everything that can differ between two answers, without what differs in every request. */
function fingerprint({ status, headers, text }: Answer) {
  const telling = [...headers].filter(([name]) => !['date', 'x-request-id'].includes(name));
  return { status, headers: telling, text };
}

describe('good credentials', () => {
  it('are answered with a token for the next requests, and with who has logged in', async () => {
    const { status, data, errors } = await logIn(sam.username, userPassword);
    expect({ status, errors }).toEqual({ status: 200, errors: [] });
    expect(data.login).toEqual({
      accessToken: expect.stringMatching(/^[\w-]+\.[\w-]+\.[\w-]+$/),
      tokenType: 'Bearer',
      expiresIn: 600,
      refreshToken: expect.stringMatching(/^[\w-]{43,}$/),
      user: {
        id: sam.id,
        username: sam.username,
        displayName: sam.username,
        groups: ['AUDITOR', 'STAFF'],
      },
    });
    const me = await server.ask('{ me { id } }', { token: data.login.accessToken });
    expect(me.data.me.id).toBe(sam.id);
  });

  it('open another session each time', async () => {
    const [one, other] = [
      await logIn(sam.username, userPassword),
      await logIn(sam.username, userPassword),
    ];
    expect(one.data.login.accessToken).not.toBe(other.data.login.accessToken);
    expect(one.data.login.refreshToken).not.toBe(other.data.login.refreshToken);
  });

  it.each(['ADMIN', 'Admin', 'aDmIn', 'ａｄｍｉｎ'])(
    'hold for the username %s',
    async (username) => {
      const { status, data } = await logIn(username, adminPassword);
      expect(status).toBe(200);
      expect(data.login.user.username).toBe('admin');
    },
  );

  it.each([
    { set: 'NFC', given: 'NFD' },
    { set: 'NFD', given: 'NFC' },
  ])('hold when the password was set in $set and is given in $given', async ({ set, given }) => {
    const password = 'crème-brûlée-à-la-carte';
    const username = `norma-${set}`;
    await createUser(username, password.normalize(set));
    expect((await logIn(username, password.normalize(given))).status).toBe(200);
  });

  it('hold for a password of 72 bytes, which is all that bcrypt reads', async () => {
    const password = `crème-brûlée-${'é'.repeat(28)}`;
    await createUser('long', password);
    expect((await logIn('long', password)).status).toBe(200);
    expect((await logIn('long', `${password}x`)).status).toBe(401);
  });

  it.each(['abc.def.ghi', 'rubbish'])('hold beside the stale token %s', async (token) => {
    const { status, data } = await logIn(sam.username, userPassword, token);
    expect(status).toBe(200);
    expect(data.login.user.id).toBe(sam.id);
  });

  it('make the user known from the next request on, and not in the same one', async () => {
    const query = `mutation {
      login(username: "admin", password: "${adminPassword}") { user { email } }
    }`;
    const before = await server.connection.database.session.count();
    const { status, body, code } = await server.ask(query);
    expect({ status, code }).toEqual({ status: 401, code: 'UNAUTHENTICATED' });
    expect(body).not.toHaveProperty('data');
    expect(await server.connection.database.session.count()).toBe(before);
  });
});

describe('refused credentials', () => {
  it('get one answer, whatever is wrong', async () => {
    const id = await createUser('dora', userPassword);
    const disable = await server.ask('mutation ($id: ID!) { disableUser(id: $id) { id } }', {
      token: server.admin.accessToken,
      variables: { id },
    });
    expect(disable.status).toBe(200);
    const sessions = await server.connection.database.session.count();

    const wrongPassword = await logIn(sam.username, 'a-wrong-password-for-this');
    const unknownUser = await logIn('unknown-user', 'a-wrong-password-for-this');
    const disabledUser = await logIn('dora', userPassword);

    expect(wrongPassword.status).toBe(401);
    expect(wrongPassword.body).not.toHaveProperty('data');
    expect(wrongPassword.errors).toHaveLength(1);
    expect(wrongPassword.errors[0].extensions).toEqual({
      code: 'UNAUTHENTICATED',
      reason: 'BAD_CREDENTIALS',
    });
    expect(wrongPassword.headers.get('www-authenticate')).toBe('Bearer realm="gatehouse"');
    expect(fingerprint(unknownUser)).toEqual(fingerprint(wrongPassword));
    expect(fingerprint(disabledUser)).toEqual(fingerprint(wrongPassword));
    expect(await server.connection.database.session.count()).toBe(sessions);
  });

  it.each([
    { what: 'an empty username', username: '', password: userPassword },
    { what: 'an empty password', username: 'admin', password: '' },
    { what: 'nothing at all', username: '', password: '' },
    { what: 'a NUL in the username', username: 'admin\0', password: adminPassword },
    { what: 'a NUL after the password', username: 'admin', password: `${adminPassword}\0` },
    {
      what: 'a NUL and rubbish after it',
      username: 'admin',
      password: `${adminPassword}\0rubbish`,
    },
    { what: 'a lone surrogate as username', username: '\ud800', password: userPassword },
    { what: 'a lone surrogate as password', username: 'admin', password: '\udfff' },
    { what: 'a username of 10,000 letters', username: 'a'.repeat(10_000), password: userPassword },
    { what: 'a password of 50,000 letters', username: 'admin', password: 'p'.repeat(50_000) },
    { what: 'SQL', username: "admin' OR '1'='1", password: "' OR '1'='1" },
    { what: 'a wildcard', username: 'adm%', password: adminPassword },
    { what: 'white space around the username', username: ' admin ', password: adminPassword },
    {
      what: 'the password in another case',
      username: 'admin',
      password: adminPassword.toUpperCase(),
    },
    { what: 'a zero-width space', username: 'ad\u200bmin', password: adminPassword },
  ])('get that answer for $what', async ({ username, password }) => {
    const { status, code, reason, body } = await logIn(username, password);
    expect({ status, code, reason }).toEqual({
      status: 401,
      code: 'UNAUTHENTICATED',
      reason: 'BAD_CREDENTIALS',
    });
    expect(body).not.toHaveProperty('data');
  });

  it.each([
    { variables: { username: null, password: 'x' } },
    { variables: { username: 'admin' } },
    { variables: { username: 'admin', password: 4711 } },
    { variables: { username: ['admin'], password: 'x' } },
    { variables: { username: { contains: 'a' }, password: { contains: '' } } },
  ])('are no credentials when they are no texts: $variables', async ({ variables }) => {
    const { status, code, text } = await server.ask(loginMutation, { variables });
    expect({ status, code }).toEqual({ status: 400, code: 'BAD_USER_INPUT' });
    expect(text).not.toContain('4711');
  });

  it('beside another change leave it done, and say so with 200', async () => {
    const query = `mutation {
      change: updateUser(id: "${sam.id}", input: { displayName: "Samantha" }) { displayName }
      login(username: "admin", password: "a-wrong-password-for-this") { accessToken }
    }`;
    const { status, errors } = await server.ask(query, { token: sam.accessToken });
    expect(status).toBe(200);
    expect(errors.map(({ path, extensions }) => ({ path, code: extensions.code }))).toEqual([
      { path: ['login'], code: 'UNAUTHENTICATED' },
    ]);
    const me = await server.ask('{ me { displayName } }', { token: sam.accessToken });
    expect(me.data.me.displayName).toBe('Samantha');
  });

  it('beside a change that anonymous may not make change nothing', async () => {
    const query = `mutation {
      login(username: "admin", password: "a-wrong-password-for-this") { accessToken }
      updateUser(id: "${sam.id}", input: { displayName: "Mallory" }) { displayName }
    }`;
    const { status, body, reason } = await server.ask(query);
    expect({ status, reason }).toEqual({ status: 401, reason: 'TOKEN_MISSING' });
    expect(body).not.toHaveProperty('data');
  });

  it('cannot be tried twice in one operation', async () => {
    const attempt = (alias: string) =>
      `${alias}: login(username: "admin", password: "guess-number-${alias}") { accessToken }`;
    const { status } = await server.ask(`mutation { ${attempt('a')} ...F }
      fragment F on Mutation { ${attempt('b')} }`);
    expect(status).toBe(400);
  });
});
