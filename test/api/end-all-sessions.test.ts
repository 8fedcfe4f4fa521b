import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createSessionStore } from '../../src/identity/sessions/session.store.ts';
import { claimsOf } from '../support/claims.ts';
import { timesOf } from '../support/sample.ts';
import { storeDependencies } from '../support/store-dependencies.ts';
import type { TestServer, TestUser } from '../support/test-server.ts';
import { startTestServer, userPassword } from '../support/test-server.ts';

const day = 24 * 60 * 60 * 1000;

let server: TestServer;
let user: TestUser;
beforeAll(async () => {
  server = await startTestServer({ environment: { MAX_SESSIONS_PER_USER: '100' } });
});
afterAll(() => server.stop());
beforeEach(async () => {
  user = await server.aUser('STAFF');
});

type Tokens = Pick<TestUser, 'accessToken' | 'refreshToken'>;

const logIn = (): Promise<TestUser> => server.logIn(user.username, userPassword);
const refresh = ({ refreshToken }: Tokens) =>
  server.ask(`mutation { refresh(refreshToken: "${refreshToken}") { accessToken refreshToken } }`);
const asUser = (mutation: string, { accessToken: token }: Tokens) =>
  server.ask(`mutation { ${mutation} }`, { token });
const asAdmin = (mutation: string) => asUser(mutation, server.admin);

async function isAlive(tokens: Tokens): Promise<boolean> {
  const { status } = await server.ask('{ me { id } }', { token: tokens.accessToken });
  expect([200, 401]).toContain(status);
  return status === 200;
}

async function listedSessions(): Promise<string[]> {
  const { data } = await server.ask(`{ user(id: "${user.id}") { sessions { id } } }`, {
    token: server.admin.accessToken,
  });
  return data.user.sessions.map(({ id }: { id: string }) => id).sort();
}

/** Adds live sessions without tokens. */
const addSessions = (count: number) =>
  server.connection.database.$executeRaw`
    INSERT INTO gatehouse.sessions (id, user_id, expires_at)
    SELECT gen_random_uuid(), ${user.id}::uuid, now() + INTERVAL '1 day'
    FROM generate_series(1, ${count}::int)`;

const storedSessions = () =>
  server.connection.database.session.count({ where: { userId: user.id } });

describe('the end of all sessions of a user', () => {
  it.each([
    { what: 'logoutEverywhere', by: () => asUser('logoutEverywhere', user) },
    { what: 'disableUser', by: () => asAdmin(`disableUser(id: "${user.id}") { id }`) },
    { what: 'deleteUser', by: () => asAdmin(`deleteUser(id: "${user.id}")`) },
    {
      what: 'resetPassword',
      by: () =>
        asAdmin(`resetPassword(userId: "${user.id}", newPassword: "${userPassword}") { id }`),
    },
  ])('by $what writes to none of 5,000 sessions', async ({ by }) => {
    const other = await logIn();
    await addSessions(5_000);
    const { database } = server.connection;
    const writers = () => database.$queryRaw`
      SELECT DISTINCT xmin::text FROM gatehouse.sessions WHERE user_id = ${user.id}::uuid ORDER BY 1`;
    const before = await writers();
    expect((await by()).status).toBe(200);
    expect(await writers()).toEqual(before);
    expect(await isAlive(user)).toBe(false);
    expect(await isAlive(other)).toBe(false);
    expect((await refresh(other)).status).toBe(401);
    await database.session.deleteMany({ where: { userId: user.id } });
  });

  it('counts a hundred more than a user may have, and says in the audit log that there may be more', async () => {
    await addSessions(300);
    const { data } = await asUser('logoutEverywhere', user);
    expect(data.logoutEverywhere).toBe(200);
    const event = await server.connection.database.auditEvent.findFirst({
      where: { action: 'session.all_ended', subjectId: user.id },
    });
    expect(event?.detail).toBe('200 or more sessions ended');
  });

  it('leaves none alive of refreshes at the same moment', async () => {
    for (let round = 0; round < timesOf(10, 1); round += 1) {
      const [one, two] = [await logIn(), await logIn()];
      const [ended, ...refreshed] = await Promise.all([
        asUser('logoutEverywhere', one),
        ...[one, two, one, two].map(refresh),
      ]);
      expect(ended.status).toBe(200);
      const issued: Tokens[] = refreshed.flatMap(({ data }) => data?.refresh ?? []);
      for (const tokens of [one, two, ...issued]) {
        expect(await isAlive(tokens)).toBe(false);
        expect((await refresh(tokens)).reason).toBe('TOKEN_REVOKED');
      }
      expect(await listedSessions()).toEqual([]);
    }
  });

  it('by disableUser leaves none alive of logins and refreshes at the same moment', async () => {
    for (let round = 0; round < timesOf(10, 1); round += 1) {
      const before = await logIn();
      const attempt = () =>
        server.logIn(user.username, userPassword).then(
          (opened) => [opened],
          () => [],
        );
      const [disabled, refreshed, ...opened] = await Promise.all([
        asAdmin(`disableUser(id: "${user.id}") { id }`),
        refresh(before),
        ...[1, 2, 3].map(attempt),
      ]);
      expect(disabled.status).toBe(200);
      const enabled = await asAdmin(`enableUser(id: "${user.id}") { id }`);
      expect(enabled.status).toBe(200);
      const issued: Tokens[] = [refreshed.data?.refresh ?? [], opened].flat(2);
      for (const tokens of [before, ...issued]) expect(await isAlive(tokens)).toBe(false);
    }
  });

  it('is the same as in a model of sessions, whatever came before', async () => {
    const step = fc.constantFrom(
      ...(['log in', 'log out', 'log out everywhere', 'change the password', 'refresh'] as const),
      ...(['reset the password', 'disable and enable'] as const),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 12 }), async (steps) => {
        await asUser('logoutEverywhere', await logIn());
        let alive: Tokens[] = [];
        const ended: Tokens[] = [];
        const endAll = () => void ended.push(...alive.splice(0));
        for (const each of steps) {
          const [first, ...others] = alive;
          if (each === 'log in') alive.push(await logIn());
          if (each === 'reset the password') {
            await asAdmin(
              `resetPassword(userId: "${user.id}", newPassword: "${userPassword}") { id }`,
            );
            endAll();
          }
          if (each === 'disable and enable') {
            await asAdmin(`disableUser(id: "${user.id}") { id }`);
            await asAdmin(`enableUser(id: "${user.id}") { id }`);
            endAll();
          }
          if (first === undefined) continue;
          if (each === 'log out') {
            await asUser('logout', first);
            ended.push(first);
            alive = others;
          }
          if (each === 'log out everywhere') {
            expect((await asUser('logoutEverywhere', first)).data.logoutEverywhere).toBe(
              alive.length,
            );
            endAll();
          }
          if (each === 'refresh') {
            alive = [(await refresh(first)).data.refresh, ...others];
          }
          if (each === 'change the password') {
            const { data } = await asUser(
              `changePassword(currentPassword: "${userPassword}", newPassword: "${userPassword}") {
                accessToken refreshToken }`,
              first,
            );
            ended.push(...others);
            alive = [data.changePassword];
          }
        }
        const ids = alive.map(({ accessToken }) => claimsOf(accessToken).sid).sort();
        expect(await listedSessions()).toEqual(ids);
        for (const tokens of alive) expect(await isAlive(tokens)).toBe(true);
        for (const tokens of ended) expect(await isAlive(tokens)).toBe(false);
      }),
      { numRuns: timesOf(15, 2) },
    );
  });
});

describe('sessions that ended together', () => {
  const storeAt = (ms: number) =>
    createSessionStore(
      storeDependencies({ database: server.connection.database, now: () => new Date(ms) }),
    );
  const removals = () => server.connection.database.sessionRemoval.count();
  const removeAll = async (ms: number, limit = 1_000) => {
    let batches = 0;
    while ((await storeAt(ms).removeEndedTogether(limit)) !== undefined) batches += 1;
    return batches;
  };
  beforeEach(() => removeAll(Date.now() + 8 * day));

  it('are removed a week later, so many at a time, and later ones are not', async () => {
    await addSessions(10);
    await asUser('logoutEverywhere', user);
    await logIn();
    expect(await removeAll(Date.now() + 6 * day)).toBe(0);
    expect(await storedSessions()).toBe(12);
    // Three batches of at most five, and the end of the work.
    expect(await removeAll(Date.now() + 8 * day, 5)).toBe(4);
    expect([await storedSessions(), await removals()]).toEqual([1, 0]);
    expect(await listedSessions()).toHaveLength(1);
  });

  it('with a deleted user are removed at once, ended ones too', async () => {
    await logIn();
    await asUser('logout', await logIn());
    await asAdmin(`deleteUser(id: "${user.id}")`);
    expect(await storedSessions()).toBe(3);
    await removeAll(Date.now() + 1_000);
    expect([await storedSessions(), await removals()]).toEqual([0, 0]);
  });

  it('are all removed by several nodes at once, and their notes too', async () => {
    const others = await Promise.all([server.aUser('STAFF'), server.aUser('STAFF')]);
    await addSessions(60);
    for (const { id } of [user, ...others]) await asAdmin(`deleteUser(id: "${id}")`);
    const later = Date.now() + 1_000;
    await Promise.all(Array.from({ length: 4 }, () => removeAll(later, 5)));
    // A node leaves to another one what that has locked: until there is nothing, one of them comes again.
    await removeAll(later, 5);
    const userId = { in: [user, ...others].map(({ id }) => id) };
    const left = await server.connection.database.session.count({ where: { userId } });
    expect([left, await removals()]).toEqual([0, 0]);
  });

  it('are noted when SQL ends them', async () => {
    const { database } = server.connection;
    await database.user.update({
      where: { id: user.id },
      data: { sessionEpoch: { increment: 1 } },
    });
    expect(await isAlive(user)).toBe(false);
    expect(await removals()).toBe(1);
    const { id } = await server.aUser('STAFF');
    await database.user.delete({ where: { id } });
    expect(await removals()).toBe(2);
  });

  it('are not noted for a user without sessions', async () => {
    await asUser('logout', user);
    await asAdmin(`disableUser(id: "${user.id}") { id }`);
    expect(await removals()).toBe(0);
  });
});
