import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createSessionStore } from '../../src/identity/sessions/session.store.ts';
import { claimsOf } from '../support/claims.ts';
import { storeDependencies } from '../support/store-dependencies.ts';
import type { TestServer, TestUser } from '../support/test-server.ts';
import { startTestServer, userPassword } from '../support/test-server.ts';

const start = Date.parse('2026-03-01T12:00:00Z');
const minute = 60_000;
const day = 24 * 60 * minute;
let nowMs = start;
const now = () => new Date(nowMs);
const time = (ms: number) => new Date(ms).toISOString();

let server: TestServer;
let user: TestUser;
beforeAll(async () => {
  server = await startTestServer({ now });
});
afterAll(() => server.stop());
beforeEach(async () => {
  nowMs = start;
  user = await server.aUser('STAFF');
});

const sessionOf = ({ accessToken }: Pick<TestUser, 'accessToken'>): string =>
  claimsOf(accessToken).sid;
const fields = 'id createdAt lastUsedAt expiresAt userAgent ip current';

async function logIn(headers: Readonly<Record<string, string>> = {}) {
  const query = `mutation { login(username: "${user.username}", password: "${userPassword}") {
    accessToken refreshToken } }`;
  const { data } = await server.ask(query, { headers });
  return data.login;
}

async function sessionsOf({ accessToken: token }: Pick<TestUser, 'accessToken'>) {
  const { data } = await server.ask(`{ me { sessions { ${fields} } } }`, { token });
  return data.me.sessions;
}

describe('a session', () => {
  it('has its user agent, address, start and expiry', async () => {
    const headers = { 'user-agent': 'Tester/1.0 (a test)' };
    const opened = await logIn(headers);
    const [session] = await sessionsOf(opened);
    expect(session).toEqual({
      id: sessionOf(opened),
      createdAt: time(start),
      lastUsedAt: time(start),
      expiresAt: time(start + 7 * day),
      userAgent: 'Tester/1.0 (a test)',
      ip: '127.0.0.1',
      current: true,
    });
  });

  it('moves its end with each refresh, as far as it may live at all', async () => {
    let { accessToken, refreshToken } = user;
    const ends: string[] = [];
    for (const days of [5, 10, 15, 20, 25]) {
      nowMs = start + days * day;
      const { data } = await server.ask(
        `mutation { refresh(refreshToken: "${refreshToken}") { accessToken refreshToken } }`,
      );
      ({ accessToken, refreshToken } = data.refresh);
      const [session] = await sessionsOf({ accessToken });
      expect(session).toMatchObject({ createdAt: time(start), lastUsedAt: time(nowMs) });
      ends.push(session.expiresAt);
    }
    expect(ends).toEqual([12, 17, 22, 27, 30].map((days) => time(start + days * day)));
  });
});

describe('the sessions of a user', () => {
  it('are those that are alive, newest first, of which one is current', async () => {
    const opened = [sessionOf(user)];
    for (let n = 1; n <= 4; n += 1) {
      nowMs = start + n * minute;
      opened.unshift(sessionOf(await logIn()));
    }
    const listed = await sessionsOf(user);
    expect(listed.map(({ id }: { id: string }) => id)).toEqual(opened);
    expect(listed.filter(({ current }: { current: boolean }) => current)).toMatchObject([
      { id: sessionOf(user) },
    ]);

    const [newest = ''] = opened;
    await server.ask(`mutation { endSession(id: "${newest}") }`, { token: user.accessToken });
    expect(await sessionsOf(user)).toHaveLength(4);
    nowMs = start + 7 * day;
    const admin = await server.logIn('admin', 'violet-otter-ladder-93-quay');
    const query = `{ user(id: "${user.id}") { sessions { id current } } }`;
    const { data } = await server.ask(query, { token: admin.accessToken });
    // The first one has been idle for seven days just now, and the newest was ended.
    expect(data.user.sessions).toEqual(opened.slice(1, -1).map((id) => ({ id, current: false })));
  });

  it('of a whole list of users are read in one statement, and each gets its own', async () => {
    const other = await server.aUser('STAFF');
    const query = '{ users(first: 100) { edges { node { id sessions(first: 20) { id } } } } }';
    const { data } = await server.ask(query, { token: server.admin.accessToken });
    const byUser = new Map(
      data.users.edges.map(({ node }: { node: { id: string; sessions: { id: string }[] } }) => [
        node.id,
        node.sessions.map(({ id }) => id),
      ]),
    );
    expect(byUser.get(user.id)).toEqual([sessionOf(user)]);
    expect(byUser.get(other.id)).toEqual([sessionOf(other)]);
  });

  it('come a page at a time: the newest ones, and those after an id', async () => {
    const opened = [sessionOf(user)];
    for (let n = 1; n <= 4; n += 1) opened.unshift(sessionOf(await logIn()));
    const page = async (args: string) => {
      const query = `{ me { sessions(${args}) { id } } }`;
      const { data } = await server.ask(query, { token: user.accessToken });
      return data.me.sessions.map(({ id }: { id: string }) => id);
    };
    expect(await page('first: 2')).toEqual(opened.slice(0, 2));
    expect(await page(`first: 2, after: "${opened[1]?.toUpperCase()}"`)).toEqual(
      opened.slice(2, 4),
    );
    expect(await page(`after: "${opened[3]}"`)).toEqual(opened.slice(4));
    expect(await page(`after: "${opened[4]}"`)).toEqual([]);
    expect(await page('first: null, after: null')).toEqual(opened);
  });

  it.each([
    { args: 'first: 0', argument: 'first' },
    { args: 'first: 101', argument: 'first' },
    { args: 'after: "1"', argument: 'after' },
    { args: 'after: "\\u0000"', argument: 'after' },
  ])('have no page for $args', async ({ args, argument }) => {
    const query = `{ me { sessions(${args}) { id } } }`;
    const { status, errors } = await server.ask(query, { token: user.accessToken });
    expect(status).toBe(200);
    expect(errors[0].extensions).toEqual({ code: 'BAD_USER_INPUT', argument });
  });

  it('are a hundred at most, however many are stored and however often they are selected', async () => {
    await server.connection.database.$executeRaw`
      INSERT INTO gatehouse.sessions (id, user_id, created_at, last_used_at, expires_at)
      SELECT gen_random_uuid(), ${user.id}::uuid, ${now()}, ${now()}, ${new Date(start + day)}
      FROM generate_series(1, 20000)`;
    const aliases = Array.from({ length: 15 }, (_, n) => `a${n}: sessions { ${fields} }`);
    const token = user.accessToken;
    const two = await server.ask(`{ me { ${aliases.slice(0, 2).join(' ')} } }`, { token });
    expect(Object.values(two.data.me).map((each) => [each].flat().length)).toEqual([100, 100]);
    const all = await server.ask(`{ me { ${aliases.join(' ')} } }`, { token });
    expect(all.errors[0].extensions).toMatchObject({
      reason: 'COST',
      limit: 10_000,
      found: 1 + 15 * (1 + 100 * 7),
    });
    const admin = await server.logIn('admin', 'violet-otter-ladder-93-quay');
    const list = '{ users(first: 100) { edges { node { sessions(first: 10) { id } } } } }';
    const { data } = await server.ask(list, { token: admin.accessToken });
    for (const { node } of data.users.edges) expect(node.sessions.length).toBeLessThanOrEqual(10);
    await server.connection.database.session.deleteMany({ where: { userId: user.id } });
  });

  it('are visible only to their user and to an ADMIN', async () => {
    const query = `{ user(id: "${user.id}") { sessions { id } } }`;
    const auditor = await server.aUser('AUDITOR', 'MANAGER');
    const { status, errors } = await server.ask(query, { token: auditor.accessToken });
    expect(status).toBe(403);
    expect(errors[0].extensions.coordinate).toBe('User.sessions');
    const asAdmin = await server.ask(query, { token: server.admin.accessToken });
    expect(asAdmin.data.user.sessions).toEqual([{ id: sessionOf(user) }]);
  });

  it('show no token and no hash', async () => {
    const { status } = await server.ask('{ me { sessions { refreshSecretHash } } }', {
      token: user.accessToken,
    });
    expect(status).toBe(400);
  });
});

describe('dead sessions', () => {
  const storeAt = (ms: number) =>
    createSessionStore(
      storeDependencies({ database: server.connection.database, now: () => new Date(ms) }),
    );
  const isThere = async (id: string) =>
    (await server.connection.database.session.count({ where: { id } })) === 1;

  it('are removed a week after their end, and no others are', async () => {
    const ended = await logIn();
    await server.ask('mutation { logout }', { token: ended.accessToken });
    const ids = [sessionOf(ended), sessionOf(user)];
    expect(await storeAt(start + 7 * day).removeDead(100)).toBe(0);
    expect(await Promise.all(ids.map(isThere))).toEqual([true, true]);
    await storeAt(start + 7 * day + 1).removeDead(100);
    expect(await Promise.all(ids.map(isThere))).toEqual([false, true]);

    await storeAt(start + 37 * day).removeDead(100);
    expect(await isThere(sessionOf(user))).toBe(true);
    await storeAt(start + 37 * day + 1).removeDead(100);
    expect(await isThere(sessionOf(user))).toBe(false);
  });

  it('are removed at most so many at a time', async () => {
    await storeAt(start + 100 * day).removeDead(1_000);
    const opened = [await logIn(), await logIn(), await logIn()].map(sessionOf);
    const store = storeAt(start + 100 * day);
    expect(await store.removeDead(2)).toBe(2);
    expect(await store.removeDead(2)).toBe(1);
    expect(await store.removeDead(2)).toBe(0);
    expect(await Promise.all(opened.map(isThere))).toEqual([false, false, false]);
  });
});
