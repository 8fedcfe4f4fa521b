import bcrypt from 'bcrypt';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { eventually } from '../support/eventually.ts';
import type { Answer, TestServer, TestUser } from '../support/test-server.ts';
import { startTestServer, userPassword } from '../support/test-server.ts';

const loginMutation = `mutation ($username: String!, $password: String!) {
  login(username: $username, password: $password) { accessToken }
}`;
const changeMutation = `mutation ($old: String!, $new: String!) {
  changePassword(currentPassword: $old, newPassword: $new) { accessToken }
}`;
const wrongPassword = 'a-wrong-password-for-this';

let server: TestServer;
let user: TestUser;
beforeAll(async () => {
  const limits = { LOGIN_ATTEMPTS_PER_ACCOUNT: '10', LOGIN_ATTEMPTS_PER_ADDRESS: '100' };
  server = await startTestServer({ environment: limits });
});
afterAll(() => server.stop());
// The library that counts reads the system's clock: the tests stop it, and set it.
beforeEach(async () => {
  vi.useFakeTimers({ toFake: ['Date'] });
  user = await server.aUser('STAFF');
});
afterEach(async () => {
  vi.useRealTimers();
  vi.restoreAllMocks();
  await server.connection.database.rateLimit.deleteMany();
});

const passSeconds = (seconds: number) => vi.setSystemTime(Date.now() + seconds * 1000);

const logIn = (username: string, password: string): Promise<Answer> =>
  server.ask(loginMutation, { variables: { username, password } });

async function fail(times: number, username = user.username): Promise<void> {
  for (let n = 0; n < times; n += 1) {
    const { status, reason } = await logIn(username, wrongPassword);
    expect({ status, reason }).toEqual({ status: 401, reason: 'BAD_CREDENTIALS' });
  }
}

/** Everything that can differ between two answers, without what differs in every request. */
function fingerprint({ status, headers, text }: Answer) {
  const telling = [...headers].filter(([name]) => !['date', 'x-request-id'].includes(name));
  return { status, headers: telling, text };
}

const countHashes = () => vi.spyOn(bcrypt, 'compare');

describe('ten failures at an account', () => {
  it('are followed by refusals, the right password or not, without a hash', async () => {
    await fail(10);
    const hashes = countHashes();
    for (const password of [wrongPassword, userPassword]) {
      const { status, errors, body, headers } = await logIn(user.username, password);
      expect(status).toBe(429);
      expect(body).not.toHaveProperty('data');
      expect(errors.map(({ extensions }) => extensions)).toEqual([
        { code: 'RATE_LIMITED', retryAfterSeconds: 900 },
      ]);
      expect(headers.get('retry-after')).toBe('900');
      expect(headers.get('www-authenticate')).toBeNull();
    }
    expect(hashes).not.toHaveBeenCalled();
  });

  it('are the same for a user that there is not, to the byte', async () => {
    await fail(10);
    await fail(10, 'unknown-user');
    const known = await logIn(user.username, userPassword);
    const unknown = await logIn('unknown-user', userPassword);
    expect(known.status).toBe(429);
    expect(fingerprint(unknown)).toEqual(fingerprint(known));
  });

  it.each([
    { what: '10,000 letters', name: 'a'.repeat(10_000) },
    { what: 'a NUL', name: 'admin\0' },
    { what: 'nothing', name: '' },
  ])('are counted for a name that no user can have: $what', async ({ name }) => {
    await fail(10, name);
    expect((await logIn(name, wrongPassword)).status).toBe(429);
  });

  it('are counted however the name is written', async () => {
    const { username } = user;
    const wide = username.replace('user', 'ｕｓｅｒ');
    await fail(4);
    await fail(3, username.toUpperCase());
    await fail(3, wide);
    for (const name of [username, username.toUpperCase(), wide]) {
      expect((await logIn(name, userPassword)).status).toBe(429);
    }
    expect((await logIn('admin', wrongPassword)).status).toBe(401);
  });

  it('are forgotten by themselves, fifteen minutes after the first', async () => {
    await fail(1);
    passSeconds(600);
    await fail(9);
    expect((await logIn(user.username, userPassword)).headers.get('retry-after')).toBe('300');
    passSeconds(299);
    expect((await logIn(user.username, userPassword)).headers.get('retry-after')).toBe('1');
    passSeconds(1);
    expect((await logIn(user.username, userPassword)).status).toBe(200);
    await fail(10);
    expect((await logIn(user.username, wrongPassword)).status).toBe(429);
  });

  it('end no session', async () => {
    await fail(10);
    expect((await logIn(user.username, userPassword)).status).toBe(429);
    const { status, data } = await server.ask('{ me { id } }', { token: user.accessToken });
    expect({ status, data }).toEqual({ status: 200, data: { me: { id: user.id } } });
  });

  it('are recorded, and the lock once; refusals during the lock are not', async () => {
    const { auditEvent } = server.connection.database;
    const before = await auditEvent.count();
    await fail(10);
    for (let n = 0; n < 5; n += 1) await logIn(user.username, wrongPassword);
    const events = await auditEvent.findMany({ orderBy: { id: 'asc' }, skip: before });
    expect(events.map(({ action }) => action).sort()).toEqual([
      ...Array(10).fill('login.failed'),
      'login.limited',
    ]);
    const until = new Date(Date.now() + 900_000).toISOString();
    expect(events.find(({ action }) => action === 'login.limited')).toMatchObject({
      actorId: null,
      subjectId: user.id,
      ip: '127.0.0.1',
      detail: `No further attempts at this account until ${until}.`,
    });
  });

  it('beside another change leave it done, and say so', async () => {
    await fail(10);
    const { status, errors } = await server.ask(
      `mutation {
        updateUser(id: "${user.id}", input: { displayName: "Samantha" }) { displayName }
        login(username: "${user.username}", password: "${userPassword}") { accessToken }
      }`,
      { token: user.accessToken },
    );
    expect(status).toBe(200);
    expect(errors.map(({ extensions }) => extensions)).toEqual([
      { code: 'RATE_LIMITED', retryAfterSeconds: 900 },
    ]);
  });
});

describe('a good login', () => {
  it('does not count', async () => {
    await fail(9);
    for (let n = 0; n < 12; n += 1) {
      expect((await logIn(user.username, userPassword)).status).toBe(200);
    }
    await fail(1);
    expect((await logIn(user.username, userPassword)).status).toBe(429);
  });

  it('does not count when its session cannot be opened', async () => {
    const { database } = server.owner;
    await database.$executeRaw`CREATE FUNCTION refuse_session() RETURNS trigger LANGUAGE plpgsql
      AS $$ BEGIN RAISE EXCEPTION 'no room'; END $$`;
    await database.$executeRaw`CREATE TRIGGER refuse_session BEFORE INSERT ON gatehouse.sessions
      FOR EACH ROW EXECUTE FUNCTION refuse_session()`;
    for (let n = 0; n < 10; n += 1) {
      expect((await logIn(user.username, userPassword)).status).toBe(500);
    }
    await database.$executeRaw`DROP TRIGGER refuse_session ON gatehouse.sessions`;
    await eventually(async () => {
      expect((await logIn(user.username, userPassword)).status).toBe(200);
    });
  });

  it('is admitted beside any number of concurrent ones of the same user', async () => {
    const all = Array.from({ length: 20 }, () => logIn(user.username, userPassword));
    expect((await Promise.all(all)).map(({ status }) => status)).toEqual(Array(20).fill(200));
  });

  it('counts when the user is disabled, to hide that the password was right', async () => {
    const { status } = await server.ask(`mutation { disableUser(id: "${user.id}") { id } }`, {
      token: server.admin.accessToken,
    });
    expect(status).toBe(200);
    for (let n = 0; n < 10; n += 1) {
      expect((await logIn(user.username, userPassword)).status).toBe(401);
    }
    expect((await logIn(user.username, userPassword)).status).toBe(429);
  });
});

describe('guesses that arrive together', () => {
  it('are one hash when there is one attempt left', async () => {
    await fail(9);
    const hashes = countHashes();
    const guesses = Array.from({ length: 20 }, (_, n) => logIn(user.username, `guess-number-${n}`));
    const statuses = (await Promise.all(guesses)).map(({ status }) => status);
    expect(statuses.sort()).toEqual([401, ...Array(19).fill(429)]);
    expect(hashes).toHaveBeenCalledTimes(1);
  });

  it('are no hash at all in one operation, by a hundred aliases', async () => {
    const hashes = countHashes();
    const guess = (n: number) =>
      `g${n}: login(username: "${user.username}", password: "guess-number-${n}") { tokenType }`;
    const all = Array.from({ length: 100 }, (_, n) => guess(n));
    for (const operation of [
      `mutation { ${all.slice(0, 8).join(' ')} }`,
      `mutation { ...A ...B }
       fragment A on Mutation { ${all.slice(0, 4).join(' ')} }
       fragment B on Mutation { ... { ${all.slice(4, 8).join(' ')} } }`,
    ]) {
      const { status, code, body } = await server.ask(operation);
      expect({ status, code }).toEqual({ status: 400, code: 'BAD_REQUEST' });
      expect(body).not.toHaveProperty('data');
    }
    expect(await server.ask(`mutation { ${all.join(' ')} }`)).toMatchObject({
      status: 400,
      code: 'OPERATION_TOO_LARGE',
    });
    expect(hashes).not.toHaveBeenCalled();
    expect(await server.connection.database.rateLimit.count({ where: { points: { gt: 0 } } })).toBe(
      0,
    );
  });
});

describe('a wrong current password', () => {
  it('counts as a failure at the account, and the session goes on', async () => {
    const change = (old: string) =>
      server.ask(changeMutation, {
        token: user.accessToken,
        variables: { old, new: 'cobalt-ferry-31-lantern' },
      });
    for (let n = 0; n < 6; n += 1) expect((await change(wrongPassword)).status).toBe(401);
    await fail(4);
    const hashes = countHashes();
    expect(await change(userPassword)).toMatchObject({ status: 429, code: 'RATE_LIMITED' });
    expect(await logIn(user.username, userPassword)).toMatchObject({ status: 429 });
    expect(hashes).not.toHaveBeenCalled();
    expect((await server.ask('{ me { id } }', { token: user.accessToken })).status).toBe(200);
  });
});
