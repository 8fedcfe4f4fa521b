import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { claimsOf } from '../support/claims.ts';
import { timesOf } from '../support/sample.ts';
import type { TestServer, TestUser } from '../support/test-server.ts';
import { startTestServer, userPassword } from '../support/test-server.ts';

const start = Date.parse('2026-03-01T12:00:00Z');
const minute = 60_000;
const day = 24 * 60 * minute;
let nowMs = start;

let server: TestServer;
let user: TestUser;
beforeAll(async () => {
  nowMs = start;
  server = await startTestServer({
    now: () => new Date(nowMs),
    environment: { MAX_SESSIONS_PER_USER: '3' },
  });
});
afterAll(() => server.stop());
beforeEach(async () => {
  nowMs = start;
  user = await server.aUser('STAFF');
});

const sessionOf = ({ accessToken }: Pick<TestUser, 'accessToken'>): string =>
  claimsOf(accessToken).sid;

async function logInAt(minutes: number): Promise<TestUser> {
  nowMs = start + minutes * minute;
  return server.logIn(user.username, userPassword);
}

const refresh = async ({ refreshToken }: Pick<TestUser, 'refreshToken'>) =>
  server.ask(`mutation { refresh(refreshToken: "${refreshToken}") { accessToken } }`);

async function liveSessions(): Promise<string[]> {
  const { data } = await server.ask(`{ user(id: "${user.id}") { sessions { id } } }`, {
    token: (await server.logIn('admin', 'violet-otter-ladder-93-quay')).accessToken,
  });
  return data.user.sessions.map(({ id }: { id: string }) => id).sort();
}

const ids = (...users: readonly TestUser[]) => users.map(sessionOf).sort();

const endedEvents = () =>
  server.connection.database.auditEvent.findMany({
    where: { action: 'session.ended', actorId: user.id },
    orderBy: { id: 'asc' },
    select: { subjectId: true, ip: true, detail: true },
  });

describe('a login beyond the limit of live sessions', () => {
  it('ends the one used least recently, at once, and records it', async () => {
    const others = [await logInAt(1), await logInAt(2)];
    expect(await endedEvents()).toEqual([]);
    const last = await logInAt(3);
    expect(await liveSessions()).toEqual(ids(...others, last));
    const { status, reason } = await server.ask('{ me { id } }', { token: user.accessToken });
    expect({ status, reason }).toEqual({ status: 401, reason: 'TOKEN_REVOKED' });
    expect((await refresh(user)).reason).toBe('TOKEN_REVOKED');
    expect(await endedEvents()).toEqual([
      {
        subjectId: sessionOf(user),
        ip: '127.0.0.1',
        detail: `of user ${user.id}; more than 3 sessions`,
      },
    ]);
  });

  it('keeps an old one that was refreshed', async () => {
    const second = await logInAt(1);
    const third = await logInAt(2);
    nowMs = start + 3 * minute;
    expect((await refresh(user)).status).toBe(200);
    const last = await logInAt(4);
    expect(await liveSessions()).toEqual(ids(user, third, last));
    expect(await endedEvents()).toMatchObject([{ subjectId: sessionOf(second) }]);
  });

  it('counts none that has ended, or was idle for too long', async () => {
    const second = await logInAt(1);
    await server.ask('mutation { logout }', { token: second.accessToken });
    const third = await logInAt(2);
    const before = await endedEvents();
    const fourth = await logInAt(3);
    expect(await liveSessions()).toEqual(ids(user, third, fourth));
    nowMs = start + 7 * day;
    const fifth = await server.logIn(user.username, userPassword);
    // The first one has been idle for seven days just now.
    expect(await liveSessions()).toEqual(ids(third, fourth, fifth));
    expect(await endedEvents()).toEqual(before);
  });

  it('ends those whose time is up before any other, without an event', async () => {
    await logInAt(1);
    nowMs = start + 20 * day;
    const opened = [];
    for (const n of [1, 2, 3]) opened.push(await logInAt(n + 20 * 24 * 60));
    const { session } = server.connection.database;
    const unended = await session.findMany({ where: { userId: user.id, endedAt: null } });
    expect(unended.map(({ id }) => id).sort()).toEqual(ids(...opened));
    expect(await endedEvents()).toEqual([]);
  });

  it('does not count sessions of another user', async () => {
    const other = await server.aUser('STAFF');
    for (const n of [1, 2, 3, 4]) await logInAt(n);
    const { status } = await server.ask('{ me { id } }', { token: other.accessToken });
    expect(status).toBe(200);
  });
});

describe('logins at the same time', () => {
  it('leave as many sessions as there may be, and one event for each that ended', async () => {
    const opened = await Promise.all(Array.from({ length: 10 }, () => logInAt(1)));
    const alive = await liveSessions();
    expect(alive).toHaveLength(3);
    const ended = ids(user, ...opened).filter((id) => !alive.includes(id));
    const reported = (await endedEvents()).map(({ subjectId }) => subjectId);
    expect(reported.sort()).toEqual(ended);
  });

  it('go well with refreshes and a logout of the sessions that they end', async () => {
    let known = [user, await logInAt(1), await logInAt(2)];
    for (let round = 0; round < timesOf(8, 3); round += 1) {
      const [first = user, ...others] = known;
      const [statuses, opened] = await Promise.all([
        Promise.all([
          ...others.map(async (other) => (await refresh(other)).status),
          server.ask('mutation { logout }', { token: first.accessToken }).then((a) => a.status),
        ]),
        Promise.all([logInAt(3 + round), logInAt(3 + round), logInAt(3 + round)]),
      ]);
      for (const status of statuses) expect([200, 401]).toContain(status);
      expect((await liveSessions()).length).toBeLessThanOrEqual(3);
      known = opened;
    }
  });
});

it('ends at most a hundred sessions in one login, of those that were too many before', async () => {
  const { database } = server.connection;
  const at = new Date(start - minute);
  await database.session.createMany({
    data: Array.from({ length: 250 }, () => ({
      userId: user.id,
      createdAt: at,
      lastUsedAt: at,
      expiresAt: new Date(start + day),
    })),
  });
  const live = () => database.session.count({ where: { userId: user.id, endedAt: null } });
  const left = [];
  for (const n of [1, 2, 3, 4]) {
    await logInAt(n);
    left.push(await live());
  }
  expect(left).toEqual([152, 53, 3, 3]);
  expect(await endedEvents()).toHaveLength(252);
});
