import { availableParallelism } from 'node:os';
import bcrypt from 'bcrypt';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import { eventually } from '../support/eventually.ts';
import type { Answer, TestServer, TestUser } from '../support/test-server.ts';
import { startTestServer, userPassword } from '../support/test-server.ts';

/** As many as there are cores, but for two of libuv's four threads. */
const atOnce = Math.min(availableParallelism(), 2);
const maxWaiting = 24 * atOnce;

let server: TestServer;
let manager: TestUser;
let someone: TestUser;
let someHash: string;
beforeAll(async () => {
  server = await startTestServer({ environment: { TRUST_PROXY: 'loopback' } });
  manager = await server.aUser('MANAGER');
  someone = await server.aUser('STAFF');
  someHash = await bcrypt.hash(userPassword, 4);
});
afterAll(() => server.stop());

/** How many hashes are being made. */
let hashing = 0;
let release: () => void = () => {};
beforeEach(() => {
  hashing = 0;
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  const hold = async <Result>(result: Result): Promise<Result> => {
    hashing += 1;
    await released;
    hashing -= 1;
    return result;
  };
  vi.spyOn(bcrypt, 'compare').mockImplementation(() => hold(false));
  vi.spyOn(bcrypt, 'hash').mockImplementation(() => hold(someHash));
});
afterEach(() => {
  release();
  vi.restoreAllMocks();
});

const guess = (n: number, address = '192.0.2.1'): Promise<Answer> =>
  server.ask(`mutation { login(username: "unknown-${n}", password: "guess-${n}") { tokenType } }`, {
    headers: { 'x-forwarded-for': address },
  });

const toOutcome = ({ status, code, headers, body }: Answer) => ({
  status,
  code,
  retryAfter: headers.get('retry-after'),
  hasData: 'data' in body,
});
const refused = { status: 401, code: 'UNAUTHENTICATED', retryAfter: null, hasData: false };
const unavailable = {
  status: 503,
  code: 'SERVICE_UNAVAILABLE',
  retryAfter: '1',
  hasData: false,
};

it('a full line of hashes answers 503 without waiting for it, and ends no other request', async () => {
  const answers: Answer[] = [];
  const held = Array.from({ length: atOnce + maxWaiting }, (_, n) => guess(n));
  for (const each of held) void each.then((answer) => answers.push(answer));
  // The line is full once a login is refused, whichever it is.
  const more = Array.from({ length: 10 }, (_, n) => guess(held.length + n));
  for (const each of more) void each.then((answer) => answers.push(answer));
  await eventually(() => expect(answers).toHaveLength(10));
  expect(answers.map(toOutcome)).toEqual(Array(10).fill(unavailable));

  expect(toOutcome(await guess(4711))).toEqual(unavailable);
  const me = await server.ask('{ me { username } }', { token: server.admin.accessToken });
  expect(me.data).toEqual({ me: { username: 'admin' } });
  expect(hashing).toBe(atOnce);

  release();
  const statuses = (await Promise.all([...held, ...more])).map(({ status }) => status);
  expect(statuses.filter((status) => status === 401)).toHaveLength(atOnce + maxWaiting);
  expect(toOutcome(await guess(4712))).toEqual(refused);
});

it('a line filled from few addresses has room for another one, and its turn comes soon', async () => {
  const answers: Answer[] = [];
  const attackers = ['192.0.2.1', '192.0.2.2', '2001:db8:1:1::1', '2001:db8:1:2::1'];
  const held = Array.from({ length: atOnce + maxWaiting }, (_, n) =>
    guess(n, attackers[n % attackers.length]),
  );
  for (const each of held) void each.then((answer) => answers.push(answer));
  await eventually(() => expect(hashing).toBe(atOnce));
  const extra = guess(4711);
  void extra.then((answer) => answers.push(answer));
  await eventually(() => expect(answers).toHaveLength(1));

  const victim = guess(4712, '198.51.100.7');
  await eventually(() => expect(answers).toHaveLength(2));
  expect(answers.map(toOutcome)).toEqual([unavailable, unavailable]);

  release();
  expect(toOutcome(await victim)).toEqual(refused);
  const hashed = vi.mocked(bcrypt.compare).mock.calls.map(([password]) => password);
  expect(hashed).toContain('guess-4712');
  expect(hashed.indexOf('guess-4712')).toBeLessThan(atOnce + maxWaiting / 2);
  await Promise.all([...held, extra]);
});

const createUser = (n: number): Promise<Answer> =>
  server.ask('mutation ($input: CreateUserInput!) { createUser(input: $input) { id } }', {
    token: manager.accessToken,
    variables: { input: { username: `flood-${n}`, password: userPassword } },
  });
const resetPassword = (): Promise<Answer> =>
  server.ask(
    'mutation ($id: ID!, $p: String!) { resetPassword(userId: $id, newPassword: $p) { id } }',
    {
      token: server.admin.accessToken,
      variables: { id: someone.id, p: userPassword },
    },
  );

it('a line filled by the new users of one manager has room for a reset by another viewer', async () => {
  const answers: Answer[] = [];
  const flood = Array.from({ length: atOnce + maxWaiting + 1 }, (_, n) => createUser(n));
  for (const each of flood) void each.then((answer) => answers.push(answer));
  await eventually(() => expect(answers).toHaveLength(1));

  const reset = resetPassword();
  void reset.then((answer) => answers.push(answer));
  await eventually(() => expect(answers).toHaveLength(2));
  expect(answers.map(toOutcome)).toEqual([unavailable, unavailable]);

  release();
  expect((await reset).status).toBe(200);
  const statuses = (await Promise.all(flood)).map(({ status }) => status);
  expect(statuses.filter((status) => status === 503)).toHaveLength(2);
});
