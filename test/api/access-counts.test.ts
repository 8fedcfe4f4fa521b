import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readPeriods, readUses, removeUses } from '../support/rights-tables.ts';
import { createTestDatabase, type TestDatabase } from '../support/test-database.ts';
import {
  allowAnyTime,
  startTestServer,
  type TestServer,
  type TestUser,
} from '../support/test-server.ts';
import { openTestSocket } from '../support/test-socket.ts';

const lateEvening = Date.parse('2026-03-01T23:59:30Z');
let nowMs = lateEvening;
const now = () => new Date(nowMs);

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
  if (database.kind === 'postgresql') await allowAnyTime(database.owner);
});
afterAll(() => database.close());

const user = async (server: TestServer, ...groups: readonly string[]): Promise<TestUser> =>
  server.aUser(...groups);

/** Serves while `work` runs, and returns what was counted for groups other than ADMIN, as `day coordinate group: counts`. */
async function counting(
  work: (server: TestServer) => Promise<unknown>,
  settings: Readonly<Record<string, string>> = {},
): Promise<readonly string[]> {
  nowMs = lateEvening;
  await removeUses(database.owner.database);
  const environment = { ...(database.kind === 'postgresql' && { MIGRATE: 'off' }), ...settings };
  const server = await startTestServer({ connection: database, now, environment });
  try {
    await work(server);
  } finally {
    await server.stop();
  }
  const rows = await readUses(database.database);
  return rows
    .filter(({ group }) => group !== 'ADMIN')
    .map(
      ({ day, coordinate, group, alone, amongOthers }) =>
        `${day} ${coordinate} ${group}: ${alone} + ${amongOthers}`,
    );
}

const audits = '{ auditEvents(first: 1) { pageInfo { hasNextPage } } }';
const users = '{ users(first: 1) { edges { node { id } } } }';

describe('an operation that ran', () => {
  it('counts the groups that admitted its viewer: alone, or among others', async () => {
    const found = await counting(async (server) => {
      const { accessToken: token } = await user(server, 'AUDITOR', 'MANAGER', 'STAFF');
      for (const query of [audits, users, users, '{ me { username } }']) {
        expect((await server.ask(query, { token })).status).toBe(200);
      }
    });
    expect(found).toEqual([
      '2026-03-01 Query.auditEvents AUDITOR: 1 + 0',
      '2026-03-01 Query.users AUDITOR: 0 + 2',
      '2026-03-01 Query.users MANAGER: 0 + 2',
    ]);
  });

  it('counts a coordinate once, however often it is selected', async () => {
    const found = await counting(async (server) => {
      const { accessToken: token } = await user(server, 'AUDITOR');
      const query = `{ one: auditEvents(first: 1) { pageInfo { hasNextPage } } two: auditEvents(first: 2) { pageInfo { hasNextPage } } }`;
      expect((await server.ask(query, { token })).status).toBe(200);
    });
    expect(found).toEqual(['2026-03-01 Query.auditEvents AUDITOR: 1 + 0']);
  });

  it('counts on its own day, in UTC', async () => {
    const found = await counting(async (server) => {
      const { accessToken: token } = await user(server, 'AUDITOR');
      await server.ask(audits, { token });
      nowMs += 60_000;
      await server.ask(audits, { token });
      await server.ask(audits, { token });
    });
    expect(found).toEqual([
      '2026-03-01 Query.auditEvents AUDITOR: 1 + 0',
      '2026-03-02 Query.auditEvents AUDITOR: 2 + 0',
    ]);
  });

  it('of an API client counts its groups', async () => {
    const found = await counting(async (server) => {
      const create = 'mutation { createApiClient(name: "bot", groups: [AUDITOR]) { secret } }';
      const { data } = await server.ask(create, { token: server.admin.accessToken });
      expect((await server.ask(audits, { token: data.createApiClient.secret })).status).toBe(200);
    });
    expect(found).toEqual(['2026-03-01 Query.auditEvents AUDITOR: 1 + 0']);
  });

  it('leniently counts what was not denied', async () => {
    const found = await counting(async (server) => {
      const { accessToken: token } = await user(server, 'MANAGER');
      const headers = { prefer: 'handling=lenient' };
      const query = `{ ${users.slice(1, -1)} principal(id: "${server.admin.id}") { id } }`;
      expect((await server.ask(query, { token, headers })).data.principal).toBeNull();
    });
    expect(found).toEqual(['2026-03-01 Query.users MANAGER: 1 + 0']);
  });

  it('is counted over a socket: a subscription when it starts, and for each of its events', async () => {
    const found = await counting(async (server) => {
      const { accessToken: token } = await user(server, 'AUDITOR');
      const socket = openTestSocket(server.url, { token });
      const subscription = socket.subscribe('subscription { auditEventAdded { action } }');
      await expect.poll(() => server.events.subscriberCount(), { interval: 5 }).toBe(1);
      await user(server);
      await subscription.result();
      subscription.stop();
      await socket.close();
    });
    expect(found).toEqual([
      expect.stringMatching(/^2026-03-01 AuditEvent.action AUDITOR: [2-9] \+ 0$/),
      expect.stringMatching(/^2026-03-01 Subscription.auditEventAdded AUDITOR: [2-9] \+ 0$/),
    ]);
  });
});

it('an operation counts nothing that was refused, only decided, or not valid', async () => {
  const found = await counting(async (server) => {
    const { accessToken: token } = await user(server, 'MANAGER', 'STAFF');
    const ask = (query: string, headers: Readonly<Record<string, string>> = {}) =>
      server.ask(query, { token, headers });
    expect((await ask(`{ users { pageInfo { hasNextPage } } apiClients { id } }`)).status).toBe(
      403,
    );
    // By a policy, while it runs.
    expect((await ask('{ users { edges { node { email } } } }')).status).toBe(403);
    expect((await ask('{ users { nothing } }')).status).toBe(400);
    const decided = await ask(users, { prefer: 'decide-only' });
    expect(decided.body.extensions.decision.allowed).toBe(true);
  });
  expect(found).toEqual([]);
});

it('nothing is counted with ACCESS_COUNTS=off, and that is recorded', async () => {
  const found = await counting(
    async (server) => {
      const { accessToken: token } = await user(server, 'AUDITOR');
      await server.ask(audits, { token });
    },
    { ACCESS_COUNTS: 'off' },
  );
  expect(found).toEqual([]);
  const periods = await readPeriods(database.database);
  expect(periods.filter(({ isCounting }) => !isCounting)).toHaveLength(1);
});

describe('a membership that admitted its user', () => {
  const usedOn = async (id: string) => {
    const held = await database.database.membership.findMany({ where: { userId: id } });
    return Object.fromEntries(
      held.map(({ group, lastUsedOn }) => [group, lastUsedOn?.toISOString().slice(0, 10) ?? null]),
    );
  };

  it('has the day of its last use, and others have none', async () => {
    let id = '';
    await counting(async (server) => {
      const auditor = await user(server, 'AUDITOR', 'STAFF');
      id = auditor.id;
      await server.ask(audits, { token: auditor.accessToken });
      nowMs += 60_000;
      await server.ask(audits, { token: auditor.accessToken });
    });
    expect(await usedOn(id)).toEqual({ AUDITOR: '2026-03-02', STAFF: null });
  });
});
