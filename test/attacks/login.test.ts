import { afterAll, beforeAll, expect } from 'vitest';
import {
  type AttackedServer,
  attack,
  badCredentials,
  badInput,
  expectNothingTold,
  facts,
  forbidden,
  startAttackedServer,
  unauthenticated,
} from '../support/attacked-server.ts';
import { adminPassword, type TestUser, userPassword } from '../support/test-server.ts';
import { openTestSocket } from '../support/test-socket.ts';

let server: AttackedServer;
let secret: string;
beforeAll(async () => {
  server = await startAttackedServer({ environment: { LOGIN_ATTEMPTS_PER_ACCOUNT: '5' } });
  ({ secret } = await server.aClient('ADMIN'));
});
afterAll(() => server.stop());

const loginMutation = `mutation ($username: String!, $password: String!) {
  login(username: $username, password: $password) { accessToken user { id } } }`;
const logIn = (username: unknown, password: unknown, headers: Record<string, string> = {}) =>
  server.ask(loginMutation, { variables: { username, password }, headers });

const bypass = 'OWASP Authentication: Implement Proper Password Strength Controls';
const enumeration = 'OWASP Authentication: Authentication and Error Messages';
const guessing = 'API2:2023 Broken Authentication';
const injection = 'ASVS 5 1.2.4; OWASP GraphQL: Injection Prevention';

for (const { what, username } of [
  { what: 'a tautology in SQL', username: `' OR '1'='1` },
  { what: 'a comment in SQL after a username', username: `admin'--` },
  { what: 'a block comment in SQL', username: `admin'/*` },
  { what: 'a second statement in SQL', username: `x'; DROP TABLE users; --` },
  { what: 'a UNION of an own hash', username: `x' UNION SELECT '1','$2b$04$abc` },
  { what: 'a pattern of LIKE', username: 'adm%' },
  { what: 'a placeholder of LIKE', username: '_dmin' },
  { what: 'a filter of LDAP', username: '*)(uid=*))(|(uid=*' },
  { what: 'a NUL behind a username', username: 'admin\0' },
  { what: 'white space around a username', username: ' admin ' },
  { what: 'half a surrogate pair behind a username', username: 'admin\ud800' },
  { what: 'an invisible character in a username', username: 'ad\u200bmin' },
  { what: 'a soft hyphen in a username', username: 'ad\u00admin' },
  { what: 'a Cyrillic look-alike of a username', username: 'аdmin' },
  { what: 'a template', username: '{{7*7}}<%= 7*7 %>' },
]) {
  attack(`log in by ${what}`, injection, async () => {
    const answer = await server.unchanged(() => logIn(username, adminPassword));
    expect(facts(answer)).toEqual(badCredentials);
  });
}

for (const value of [{ $ne: null }, { $gt: '' }, ['admin'], true, 0, null]) {
  attack(`log in by the value ${JSON.stringify(value)} for a text`, injection, async () => {
    const answers = [await logIn('admin', value), await logIn(value, adminPassword)];
    for (const answer of answers) {
      expect(answer.status).toBe(400);
      expect(answer.body.data).toBeUndefined();
    }
  });
}

for (const { what, guess } of [
  { what: 'none at all', guess: '' },
  { what: 'blanks', guess: ' '.repeat(16) },
  { what: 'the right one in capitals', guess: adminPassword.toUpperCase() },
  { what: 'the right one but for its end', guess: adminPassword.slice(0, -1) },
  { what: 'the right one and one more character', guess: `${adminPassword}x` },
  { what: 'the right one and a line break', guess: `${adminPassword}\n` },
  { what: 'the right one and a NUL, where bcrypt stops reading', guess: `${adminPassword}\0x` },
  { what: 'a megabyte’s tenth of it', guess: 'a'.repeat(90_000) },
]) {
  attack(`log in with a wrong password: ${what}`, bypass, async () => {
    const { victim } = server;
    const asVictim = guess.replace(adminPassword, userPassword);
    const right = guess === adminPassword.toUpperCase() ? userPassword.toUpperCase() : asVictim;
    const wrong = guess === adminPassword.slice(0, -1) ? userPassword.slice(0, -1) : right;
    await server.connection.database.rateLimit.deleteMany();
    const answer = await server.unchanged(() => logIn(victim.username, wrong));
    expect(facts(answer)).toEqual(badCredentials);
  });
}

/** A user with this password. */
async function aUserWith(password: string): Promise<string> {
  const username = `user-${Math.random().toString(36).slice(2)}`;
  const create = 'mutation ($input: CreateUserInput!) { createUser(input: $input) { id } }';
  const variables = { input: { username, password } };
  const { status } = await server.ask(create, { token: server.admin.accessToken, variables });
  expect(status).toBe(200);
  return username;
}

attack('log in with what follows the 72 bytes that bcrypt reads', bypass, async () => {
  const password = 'b7-violet-otter-'.repeat(5).slice(0, 72);
  const username = await aUserWith(password);
  for (const guess of [`${password}x`, password.slice(0, 71), `${password}${password}`]) {
    expect(facts(await logIn(username, guess))).toEqual(badCredentials);
  }
  expect((await logIn(username, password)).status).toBe(200);
});

attack('log in with another broken character than the one in the password', bypass, async () => {
  const username = await aUserWith('violet-otter-\ufffd-quay');
  expect(facts(await logIn(username, 'violet-otter-\ud800-quay'))).toEqual(badCredentials);
});

attack('log in with the stored hash (pass the hash)', 'ASVS 5 11.4.2', async () => {
  const { passwordHash } = await server.connection.database.user.findUniqueOrThrow({
    where: { id: server.victim.id },
  });
  expect(facts(await logIn(server.victim.username, passwordHash))).toEqual(badCredentials);
});

attack('log in with tokens and secrets for a password', 'RFC 9700 2.4', async () => {
  const { username, accessToken, refreshToken } = await server.aUser('STAFF');
  for (const guess of [accessToken, refreshToken, secret]) {
    expect(facts(await logIn(username, guess))).toEqual(badCredentials);
  }
});

/** What can differ between two answers. */
const comparable = ({ status, text, headers }: Awaited<ReturnType<typeof logIn>>) => [
  status,
  text,
  [...headers].filter(([name]) => !['date', 'x-request-id'].includes(name)),
];

attack('learn from a refusal which usernames exist', enumeration, async () => {
  const disabled = await server.aUser('STAFF');
  const gone = await server.aUser('STAFF');
  const { accessToken: token } = server.admin;
  await server.ask(`mutation { disableUser(id: "${disabled.id}") { id } }`, { token });
  await server.ask(`mutation { deleteUser(id: "${gone.id}") }`, { token });
  const answers = [
    await logIn(server.manager.username, 'wrong'),
    await logIn('unknown-user', 'wrong'),
    await logIn(disabled.username, userPassword),
    await logIn(gone.username, userPassword),
    await logIn('', userPassword),
    await logIn('x'.repeat(5000), userPassword),
  ];
  expect(new Set(answers.map((answer) => JSON.stringify(comparable(answer)))).size).toBe(1);
});

attack('learn from the limit of attempts which usernames exist', enumeration, async () => {
  const known = await server.aUser('STAFF');
  const limited = async (username: string) => {
    for (let n = 0; n < 5; n += 1) await logIn(username, 'wrong');
    return logIn(username, 'wrong');
  };
  const answers = [await limited(known.username), await limited('unknown-user')];
  expect(answers.map(({ status, code, text }) => [status, code, text.length > 0])).toEqual([
    [429, 'RATE_LIMITED', true],
    [429, 'RATE_LIMITED', true],
  ]);
  const withoutTime = answers.map(({ text }) => text.replace(/\d+/g, 'N'));
  expect(withoutTime[0]).toBe(withoutTime[1]);
});

attack('learn from createUser as STAFF which usernames exist', enumeration, async () => {
  const create = (username: string) =>
    server.ask('mutation ($input: CreateUserInput!) { createUser(input: $input) { id } }', {
      token: server.staff.accessToken,
      variables: { input: { username, password: userPassword } },
    });
  const answers = [await create('admin'), await create('unknown-user')];
  expect(answers.map(facts)).toEqual([forbidden(), forbidden()]);
});

attack('guess on by writing one username in many ways', guessing, async () => {
  const { username } = await server.aUser('STAFF');
  const spellings = [
    username.toUpperCase(),
    username.replace('user', 'USer'),
    username.replace('user', 'ｕｓｅｒ'),
    username.replace('user', 'uſer'),
    username,
  ];
  for (const spelling of spellings) await logIn(spelling, 'wrong');
  expect(facts(await logIn(username, userPassword))).toEqual({ status: 429, code: 'RATE_LIMITED' });
});

const spoofed = ['x-forwarded-for', 'forwarded', 'x-real-ip', 'true-client-ip', 'cf-connecting-ip'];
for (const header of spoofed) {
  attack(`guess from another address each time by ${header}`, guessing, async () => {
    const address = header === 'forwarded' ? 'for=203.0.113.7' : '203.0.113.7';
    await logIn('unknown-user', 'wrong', { [header]: address });
    const event = await server.connection.database.auditEvent.findFirstOrThrow({
      where: { action: 'login.failed' },
      orderBy: { id: 'desc' },
    });
    expect(event.ip).toBe('127.0.0.1');
    await server.connection.database.rateLimit.deleteMany();
  });
}

const wrong = 'login(username: "admin", password: "wrong") { tokenType }';
for (const { what, query } of [
  {
    what: 'a hundred aliases',
    query: `mutation { ${Array.from({ length: 100 }, (_, n) => `a${n}: ${wrong}`).join(' ')} }`,
  },
  {
    what: 'a fragment beside a field',
    query: `mutation { a: ${wrong} ...F } fragment F on Mutation { b: ${wrong} }`,
  },
  {
    what: 'inline fragments',
    query: `mutation { ... { a: ${wrong} } ... on Mutation { b: ${wrong} } }`,
  },
  {
    what: 'login beside refresh',
    query: `mutation { ${wrong} refresh(refreshToken: "x") { tokenType } }`,
  },
  {
    what: 'aliases behind directives',
    query: `mutation ($on: Boolean = true) { a: ${wrong} @include(if: $on) b: ${wrong} @skip(if: false) }`,
  },
]) {
  attack(
    `guess more than once in a request by ${what}`,
    'CrackQL; graphql-cop: Alias Overloading',
    async () => {
      const counted = () => server.connection.database.rateLimit.findMany();
      const before = await counted();
      const answer = await server.unchanged(() => server.ask(query));
      expect(answer.status).toBe(400);
      expect(await counted()).toEqual(before);
    },
  );
}

/** POSTs any body as any media type. */
const post = (body: string, headers: Record<string, string>) =>
  fetch(`${server.url}/graphql`, { method: 'POST', headers, body });

attack(
  'guess more than once by an array of operations',
  'graphql-cop: Array-based Query Batching',
  async () => {
    const one = { query: `mutation { ${wrong} }` };
    const answer = await post(JSON.stringify([one, one]), { 'content-type': 'application/json' });
    expect(answer.status).toBe(400);
    expect(await answer.text()).not.toContain('BAD_CREDENTIALS');
  },
);

attack('guess twice by two operations in a document', 'CrackQL', async () => {
  const query = `mutation A { ${wrong} } mutation B { ${wrong} }`;
  const both = await server.ask(query);
  expect(both.status).toBe(400);
  expect(both.text).not.toContain('BAD_CREDENTIALS');
  const one = await server.ask(query, { operationName: 'B' });
  expect(one.errors).toHaveLength(1);
  await server.connection.database.rateLimit.deleteMany();
});

for (const { what, query } of [
  { what: 'two aliases', query: `mutation { a: ${wrong} b: ${wrong} }` },
  {
    what: 'a fragment beside a field',
    query: `mutation { a: ${wrong} ...F } fragment F on Mutation { b: ${wrong} }`,
  },
  {
    what: 'login beside refresh',
    query: `mutation { ${wrong} refresh(refreshToken: "x") { tokenType } }`,
  },
]) {
  attack(`guess more than once in an operation of a socket by ${what}`, 'CrackQL', async () => {
    const counted = () => server.connection.database.rateLimit.findMany();
    const before = await counted();
    const socket = openTestSocket(server.url);
    const ended = await server.unchanged(() => socket.subscribe(query).ended);
    await socket.close();
    expect(ended).toMatchObject([{ extensions: { code: 'BAD_REQUEST' } }]);
    expect(await counted()).toEqual(before);
  });
}

for (const { what, query } of [
  { what: 'before it', query: `mutation { __typename ${wrong} }` },
  { what: 'behind it', query: `mutation { ${wrong} __typename }` },
  { what: 'under an alias', query: `mutation { data: __typename ${wrong} }` },
]) {
  attack(`turn a refused login into data by a __typename ${what}`, bypass, async () => {
    for (const prefer of ['handling=strict', 'handling=lenient']) {
      const answer = await server.unchanged(() => server.ask(query, { headers: { prefer } }));
      expect(facts(answer)).toEqual(badCredentials);
      expect(Object.keys(answer.body)).toEqual(['errors']);
    }
    await server.connection.database.rateLimit.deleteMany();
  });
}

attack('guess on by another way when one of them is shut', guessing, async () => {
  const { username, accessToken: token } = await server.aUser('STAFF');
  const socket = openTestSocket(server.url, { token });
  const bySocket = (password: string) =>
    socket.subscribe(loginMutation, { username, password }).ended;
  const change = (old: string) =>
    server.ask(
      `mutation ($old: String!) { changePassword(currentPassword: $old, newPassword: "another-violet-otter-77") { tokenType } }`,
      { token, variables: { old } },
    );
  // Five in all, of which no way has seen more than two.
  for (let n = 0; n < 2; n += 1) {
    expect(facts(await logIn(username, 'wrong'))).toEqual(badCredentials);
    expect(await bySocket('wrong')).toMatchObject([{ extensions: { reason: 'BAD_CREDENTIALS' } }]);
  }
  expect(facts(await change('wrong'))).toEqual(badCredentials);
  const limited = { status: 429, code: 'RATE_LIMITED' };
  await server.unchanged(async () => {
    expect(facts(await logIn(username, userPassword))).toEqual(limited);
    expect(facts(await change(userPassword))).toEqual(limited);
    expect(await bySocket(userPassword)).toMatchObject([{ extensions: { code: 'RATE_LIMITED' } }]);
  });
  await socket.close();
});

attack('guess over a socket, where attempts are not counted', guessing, async () => {
  const { username } = await server.aUser('STAFF');
  const socket = openTestSocket(server.url);
  for (let n = 0; n < 5; n += 1) {
    await socket.subscribe(loginMutation, { username, password: 'wrong' }).ended;
  }
  await socket.close();
  expect(facts(await logIn(username, userPassword))).toEqual({ status: 429, code: 'RATE_LIMITED' });
});

attack(
  'lock someone out, so that their session ends',
  'OWASP Authentication: Account Lockout',
  async () => {
    const user = await server.aUser('STAFF');
    for (let n = 0; n < 6; n += 1) await logIn(user.username, 'wrong');
    expect((await logIn(user.username, userPassword)).headers.get('retry-after')).toMatch(/^\d+$/);
    const { status } = await server.ask('{ me { id } }', { token: user.accessToken });
    expect(status).toBe(200);
  },
);

attack('fill the audit log with rejected attempts', 'OWASP Logging; API4:2023', async () => {
  const { username, id } = await server.aUser('STAFF');
  for (let n = 0; n < 12; n += 1) await logIn(username, 'wrong');
  const count = await server.connection.database.auditEvent.count({
    where: { subjectId: id, action: { startsWith: 'login.' } },
  });
  expect(count).toBe(7); // the first login, five failures, and that there were too many
});

attack('log in from a page of another site by GET', 'graphql-cop: GET based CSRF', async () => {
  const query = encodeURIComponent(`mutation { ${wrong} }`);
  const answer = await server.unchanged(() =>
    fetch(`${server.url}/graphql?query=${query}`, { headers: { 'apollo-require-preflight': '1' } }),
  );
  expect(answer.status).toBe(405);
});

for (const type of [
  'text/plain',
  'application/x-www-form-urlencoded',
  'multipart/form-data; boundary=x',
  '',
]) {
  attack(
    `log in from a page of another site by a form of type "${type}"`,
    'graphql-cop: POST based CSRF',
    async () => {
      const body = JSON.stringify({ query: `mutation { ${wrong} }` });
      const answer = await server.unchanged(() => post(body, { 'content-type': type }));
      expect([400, 415]).toContain(answer.status);
      expect(await answer.text()).not.toContain('BAD_CREDENTIALS');
    },
  );
}

attack('fix the session that a login will have', 'ASVS 5 7.2.4: session fixation', async () => {
  const query = `mutation { login(username: "${server.victim.username}", password: "${userPassword}") { accessToken } }`;
  const headers = { cookie: 'session=mine; sid=mine' };
  const sidOf = (token: string) =>
    JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()).sid;
  const { data } = await server.ask(query, { token: server.staff.accessToken, headers });
  const sids = [server.staff, server.victim].map(({ accessToken }) => sidOf(accessToken));
  expect(sids).not.toContain(sidOf(data.login.accessToken));
});

for (const argument of [
  'groups: [ADMIN]',
  'user: { groups: [ADMIN] }',
  'isAdmin: true',
  'expiresIn: 999999',
]) {
  attack(
    `log in with more than credentials: ${argument}`,
    'API3:2023 mass assignment',
    async () => {
      const { username } = server.victim;
      const query = `mutation { login(username: "${username}", password: "${userPassword}", ${argument}) { tokenType } }`;
      expect((await server.unchanged(() => server.ask(query))).status).toBe(400);
    },
  );
}

attack('read guarded fields in the answer to a login', 'API1:2023', async () => {
  const { username } = server.victim;
  const query = `mutation { login(username: "${username}", password: "${userPassword}") { user { email sessions { ip } } } }`;
  const answer = await server.unchanged(() => server.ask(query));
  expect(facts(answer)).toEqual(unauthenticated('TOKEN_MISSING'));
});

attack('get a wrong password past by the preference for lenient handling', 'RFC 7240', async () => {
  const answer = await logIn('unknown-user', 'wrong', { prefer: 'handling=lenient' });
  expect(facts(answer)).toEqual(badCredentials);
});

for (const { what, username } of [
  { what: 'in other case', username: 'ADMIN' },
  { what: 'in wide letters', username: 'ａｄｍｉｎ' },
  { what: 'with an invisible character', username: 'admin\u200b' },
  { what: 'with a variation selector', username: 'admin\ufe0f' },
  { what: 'with an override of direction', username: '\u202enimda' },
  { what: 'with a Hangul filler', username: 'admin\u3164' },
  { what: 'with a line break', username: 'admin\n' },
  { what: 'with markup', username: '<b>admin</b>' },
]) {
  attack(
    `take a name that looks like another one, ${what}`,
    'RFC 8264 9.13; ASVS 5 6.3',
    async () => {
      const variables = { input: { username, password: userPassword } };
      const answer = await server.unchanged(() =>
        server.ask('mutation ($input: CreateUserInput!) { createUser(input: $input) { id } }', {
          token: server.manager.accessToken,
          variables,
        }),
      );
      expect(facts(answer)).toEqual(badInput);
    },
  );
}

for (const password of ['short', 'passwordpassword', 'user-name-here-1', `${'x'.repeat(73)}`]) {
  attack(`set the weak password "${password.slice(0, 20)}"`, 'ASVS 5 6.2', async () => {
    const variables = { input: { username: 'user-name-here', password } };
    const answer = await server.unchanged(() =>
      server.ask('mutation ($input: CreateUserInput!) { createUser(input: $input) { id } }', {
        token: server.admin.accessToken,
        variables,
      }),
    );
    expect(facts(answer)).toEqual(badInput);
  });
}

describeOwnPassword();

function describeOwnPassword(): void {
  const change = (user: Pick<TestUser, 'accessToken'>, currentPassword: string) =>
    server.ask(
      `mutation ($old: String!) { changePassword(currentPassword: $old, newPassword: "another-violet-otter-77") { tokenType } }`,
      { token: user.accessToken, variables: { old: currentPassword } },
    );

  attack('change the password with a stolen token alone', 'ASVS 5 6.2.3', async () => {
    const user = await server.aUser('STAFF');
    const answer = await server.unchanged(() => change(user, ''));
    expect(facts(answer)).toEqual(badCredentials);
  });

  attack('guess the password by changePassword with a stolen token', guessing, async () => {
    const user = await server.aUser('STAFF');
    for (let n = 0; n < 5; n += 1) await change(user, 'wrong');
    expect(facts(await change(user, userPassword))).toEqual({ status: 429, code: 'RATE_LIMITED' });
  });

  attack('change a password with an API client’s secret', 'API5:2023', async () => {
    const answer = await server.unchanged(() => change({ accessToken: secret }, adminPassword));
    expect(facts(answer)).toEqual(forbidden('POLICY_DENIED'));
  });

  attack('reset the password of another as MANAGER', 'API5:2023', async () => {
    const query = `mutation { resetPassword(userId: "${server.admin.id}", newPassword: "another-violet-otter-77") { id } }`;
    const answer = await server.unchanged(() =>
      server.ask(query, { token: server.manager.accessToken }),
    );
    expect(facts(answer)).toEqual(forbidden());
  });
}

attack(
  'write lines into the log by what is sent',
  'OWASP Logging: log injection; ASVS 5 16.4.1',
  async () => {
    const line = '\n{"level":60,"msg":"forged"}';
    await logIn(`admin${line}`, `wrong${line}`, { 'user-agent': '{"level":60,"msg":"forged"}' });
    for (const logged of server.logLines) expect(JSON.parse(logged).msg).not.toBe('forged');
  },
);

attack(
  'find a secret in the answers and the log after all of this',
  'ASVS 5 16.2.5, 16.5.1',
  async () => {
    expectNothingTold(server, [adminPassword, userPassword, secret]);
  },
);
