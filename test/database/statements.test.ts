import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { createCountsStore } from '../../packages/rights/src/counts/counts.store.ts';
import { commandLine } from '../../src/changes/origin.ts';
import { connectPostgres } from '../../src/database/connect/connect-postgres.ts';
import type { DatabaseConnection, PreparedStatement } from '../../src/database/connection.ts';
import { createBatchReader } from '../../src/database/events/event-batches.ts';
import { createEventRelay } from '../../src/database/events/event-relay.ts';
import { createAccessHistoryStore } from '../../src/identity/access/access-history.store.ts';
import { createPruneAccessHistory } from '../../src/identity/access/access-history-prune.store.ts';
import { createGroupStore } from '../../src/identity/groups/group.store.ts';
import { countersOf } from '../../src/identity/sessions/login/attempt-counters.ts';
import { createLoginAttemptStore } from '../../src/identity/sessions/login/login-attempts.store.ts';
import { createPasswordHashStore } from '../../src/identity/sessions/password-hash.store.ts';
import { createSessionStore } from '../../src/identity/sessions/session.store.ts';
import {
  connectExplained,
  fillDatabase,
  type RanStatement,
  unboundedReads,
} from '../support/statement-plans.ts';
import { storeDependencies } from '../support/store-dependencies.ts';
import { createMigratedDatabase, type PostgresDatabase } from '../support/test-database.ts';
import type { TestServer, TestUser } from '../support/test-server.ts';
import { startTestServer, userPassword } from '../support/test-server.ts';
import { hasPostgres } from './databases.ts';

const users = 20_000;
const idOf = (n: number, part = '8000') =>
  `00000000-0000-7000-${part}-${n.toString(16).padStart(12, '0')}`;

/** Tables that are read as a whole. */
const exempt: readonly string[] = [
  'gatehouse.api_clients', // `apiClients` returns all of them
  'gatehouse.access_schema_runs', // few: one more each time that no node ran for minutes, read by a command and by the console
];

describe.runIf(hasPostgres)(
  'the statements of the API, on PostgreSQL',
  { timeout: 300_000 },
  () => {
    let postgres: PostgresDatabase;
    let connection: DatabaseConnection;
    let owner: DatabaseConnection;
    let server: TestServer;
    let everything: TestUser;
    let pool: pg.Pool;
    const ran: RanStatement[] = [];
    beforeAll(async () => {
      postgres = await createMigratedDatabase();
      owner = connectPostgres({ url: postgres.url, onPoolError: () => {} });
      const explained = await connectExplained(postgres, (statement) => void ran.push(statement));
      // With a replica, the statements for viewers read more.
      connection = {
        ...explained,
        replica: { connection: explained, maxLagMs: 5_000, read: (fromReplica) => fromReplica() },
      };
      if (connection.driver.kind !== 'postgresql') throw new Error('This is not PostgreSQL.');
      pool = connection.driver.pool;
      const environment = { MAX_SESSIONS_PER_USER: '100', MIGRATE: 'off' };
      server = await startTestServer({ connection, environment });
      everything = await server.aUser('ADMIN', 'AUDITOR', 'MANAGER', 'STAFF');
      await fillDatabase(postgres, { users, sessions: users });
    });
    afterAll(async () => {
      await server.stop();
      await Promise.all([connection.close(), owner.close()]);
      await postgres.drop();
    });

    const ask = async (query: string, token: string | undefined = everything.accessToken) => {
      const answer = await server.ask(query, token === '' ? {} : { token });
      expect(answer.errors, query).toEqual([]);
      return answer.data;
    };

    /** What a statement reads that it should not, as sentences, of the statements that `work` runs. */
    async function findUnbounded(work: () => Promise<unknown>): Promise<string[]> {
      ran.length = 0;
      await work();
      return unboundedReads(ran).filter(
        (each) => !exempt.some((table) => each.startsWith(`${table}: `)),
      );
    }

    const page = 'edges { cursor node { id } } pageInfo { hasNextPage }';
    const user = idOf(users - 5);
    const queries: Readonly<Record<string, readonly string[]>> = {
      serverInfo: ['{ serverInfo { name } }'],
      viewer: ['{ viewer { groups access principal { id } } }'],
      me: ['{ me { groups memberships { group grantedBy { id } } sessions { id } } }'],
      user: [`{ user(id: "${user}") { groups memberships { group } sessions { id } } }`],
      principal: [`{ principal(id: "${user}") { id groups } }`],
      users: [
        `{ users { ${page} } }`,
        `{ users(includeDisabled: true) { ${page} } }`,
        '{ users(first: 100) { edges { node { groups lastSeenAt sessions(first: 1) { id } } } } }',
        ...['user-197', 'absent', 'us', 'q', '%'].flatMap((text) => [
          `{ users(search: "${text}") { searchedBy ${page} } }`,
          `{ users(search: "${text}", includeDisabled: true) { ${page} } }`,
        ]),
      ],
      members: [
        // All users, a tenth of them, and one of them.
        ...['STAFF', 'MANAGER', 'AUDITOR'].map(
          (group) => `{ members(group: "${group}", first: 100) { ${page} } }`,
        ),
        `{ users(search: "heavy") { edges { node { lastSeenAt } } } }`,
      ],
      apiClients: ['{ apiClients { id groups lastUsedAt } }'],
      room: [
        `{ room(id: "${idOf(7)}") { name entries { edges { node { id user { id } room { id } } } } } }`,
      ],
      roomEntries: [`{ roomEntries { ${page} } }`],
      rooms: ['{ rooms(first: 100) { edges { node { id admitsViewer } } } }'],
      auditEvents: [
        '{ auditEvents { edges { cursor node { id actor { __typename } } } } }',
        '{ auditEvents(action: "room.entered") { edges { node { id } } } }',
        '{ auditEvents(action: "no.such") { edges { node { id } } } }',
        `{ auditEvents(actorId: "${user}") { edges { cursor node { id } } } }`,
        `{ auditEvents(actorId: "${idOf(users * 2)}") { edges { node { id } } } }`,
        `{ auditEvents(subjectId: "${user}") { edges { node { id } } } }`,
        '{ auditEvents(since: "2020-01-01T00:00:00Z") { edges { node { id } } } }',
      ],
      recordReads: [
        `{ recordReads(type: "User", id: "${user}") { edges { cursor node { id actor { __typename } } } } }`,
        '{ recordReads(type: "User", id: "absent") { edges { node { id } } } }',
      ],
    };

    const logIn = (username: string) => server.logIn(username, userPassword);
    const credentials = 'accessToken refreshToken';
    let target: TestUser;
    const asTarget = async (mutation: string) => {
      target = await logIn(target.username);
      return ask(`mutation { ${mutation} }`, target.accessToken);
    };
    const change = (mutation: string) => ask(`mutation { ${mutation} }`);
    const refresh = ({ refreshToken }: Pick<TestUser, 'refreshToken'>) =>
      ask(`mutation { refresh(refreshToken: "${refreshToken}") { ${credentials} } }`, '');
    /** Nothing is due here: a package makes challenges. */
    const expectEnded = async (mutation: string, selection: string) => {
      const query = `mutation { ${mutation}(challenge: "${'A'.repeat(43)}", proof: { password: "a" }) {
        ${selection} } }`;
      const headers = { origin: server.url, 'sec-fetch-site': 'same-origin' };
      expect((await server.ask(query, { headers })).reason).toBe('CHALLENGE_ENDED');
    };
    const room = 'input: { name: "R", floor: 1, groups: [STAFF] }';

    const mutations: Readonly<Record<string, () => Promise<unknown>>> = {
      createUser: async () => {
        target = await server.aUser('STAFF');
      },
      login: () => logIn(target.username),
      startSession: async () => {
        const query = `mutation { startSession(username: "${target.username}", password: "${userPassword}") {
        groups } }`;
        const page = { origin: server.url, 'sec-fetch-site': 'same-origin' };
        const { headers, errors } = await server.ask(query, { headers: page });
        expect(errors).toEqual([]);
        const [cookie = ''] = headers.getSetCookie().map((each) => each.split(';')[0] ?? '');
        const me = await server.ask('{ me { id } }', { headers: { ...page, cookie } });
        expect(me.data.me.id).toBe(target.id);
      },
      completeLogin: () => expectEnded('completeLogin', 'tokenType'),
      completeSession: () => expectEnded('completeSession', 'groups'),
      reauthenticate: () =>
        asTarget(`reauthenticate(proof: { password: "${userPassword}" }) { ${credentials} }`),
      refresh: async () => {
        const tokens = await logIn(target.username);
        await refresh(tokens);
        await refresh(tokens);
      },
      logout: () => asTarget('logout'),
      logoutEverywhere: () => asTarget('logoutEverywhere'),
      changePassword: () =>
        asTarget(`changePassword(currentPassword: "${userPassword}", newPassword: "${userPassword}") {
        ${credentials} }`),
      endSession: () => change(`endSession(id: "${idOf(users - 11, '9000')}")`),
      updateUser: () => change(`updateUser(id: "${user}", input: { username: "other" }) { id }`),
      grantGroup: async () => {
        await change(`grantGroup(userId: "${user}", group: MANAGER) { id }`);
        await change(`grantGroup(userId: "${user}", group: ADMIN) { id }`);
      },
      revokeGroup: async () => {
        await change(`revokeGroup(userId: "${user}", group: MANAGER) { id }`);
        await change(`revokeGroup(userId: "${user}", group: ADMIN) { id }`);
      },
      resetPassword: () =>
        change(`resetPassword(userId: "${user}", newPassword: "${userPassword}") { id }`),
      disableUser: () => change(`disableUser(id: "${user}") { id }`),
      enableUser: () => change(`enableUser(id: "${user}") { id }`),
      deleteUser: () => change(`deleteUser(id: "${idOf(users - 3)}")`),
      createApiClient: () => change('createApiClient(name: "c", groups: [STAFF]) { secret }'),
      rotateApiClientSecret: () => changeClient('rotateApiClientSecret', '{ secret }'),
      disableApiClient: () => changeClient('disableApiClient', '{ id }'),
      createRoom: () => change(`createRoom(${room}) { id }`),
      updateRoom: () => change(`updateRoom(id: "${idOf(9)}", ${room}) { id }`),
      deleteRoom: () => change(`deleteRoom(id: "${idOf(9)}")`),
      enterRoom: () => change(`enterRoom(id: "${idOf(8)}") { id }`),
    };
    async function changeClient(name: string, selection: string) {
      const { apiClients } = await ask('{ apiClients { id } }');
      return change(`${name}(id: "${apiClients[0].id}") ${selection}`);
    }

    it('are those of every root field', async () => {
      const { viewer } = await ask('{ viewer { access } }');
      const known = [
        ...Object.keys(queries).map((name) => `Query.${name}`),
        ...Object.keys(mutations).map((name) => `Mutation.${name}`),
      ];
      const fields: string[] = viewer.access;
      // See console-statements.test.ts for those of the console.
      const others = fields.filter((each) => !/^(Subscription\.|Query\.console)/.test(each));
      expect(others.sort()).toEqual(known.sort());
    });

    it('read few rows of every table, and no table as a whole', async () => {
      const found = await findUnbounded(async () => {
        for (const query of Object.values(queries).flat()) await ask(query);
        const { accessToken: ownRowsOnly } = await server.aUser('STAFF');
        for (const query of queries.roomEntries ?? []) await ask(query, ownRowsOnly);
        for (const mutate of Object.values(mutations)) await mutate();
      });
      expect(found).toEqual([]);
      expect(new Set(ran.map(({ text }) => text)).size).toBeGreaterThan(60);
    });

    it('read few rows for a user with half of all sessions', async () => {
      const where = { usernameKey: 'heavy' };
      const { database } = connection;
      const heavy = await database.user.findUniqueOrThrow({ where });
      const passwordHash = (await database.user.findFirstOrThrow({ where: { id: target.id } }))
        .passwordHash;
      const revive = () =>
        database.user.update({ where, data: { sessionEpoch: 0, disabledAt: null, passwordHash } });
      const password = `"${userPassword}"`;
      const found = await findUnbounded(async () => {
        await revive();
        const tokens = await logIn('heavy');
        await ask('{ me { sessions { id } } }', tokens.accessToken);
        await ask(
          `mutation { changePassword(currentPassword: ${password}, newPassword: ${password}) {
          ${credentials} } }`,
          tokens.accessToken,
        );
        await revive();
        await ask('mutation { logoutEverywhere }', (await logIn('heavy')).accessToken);
        await revive();
        await change(`resetPassword(userId: "${heavy.id}", newPassword: ${password}) { id }`);
        await revive();
        await change(`disableUser(id: "${heavy.id}") { id }`);
        await change(`deleteUser(id: "${heavy.id}")`);
      });
      expect(found).toEqual([]);
    });

    it('read few rows when sessions and failures are cleaned', async () => {
      const { database } = connection;
      const sessions = createSessionStore(storeDependencies({ database }));
      const later = new Date(Date.now() + 60 * 24 * 60 * 60 * 1000);
      const muchLater = createSessionStore(storeDependencies({ database, now: () => later }));
      const found = await findUnbounded(async () => {
        for (const store of [sessions, muchLater]) {
          await store.removeDead(50);
          await store.removeEndedTogether(50);
        }
        const limits = { perAccount: 10, perAddress: 100, windowSeconds: 900 };
        const attempts = createLoginAttemptStore({ database, limits, now: () => later });
        await attempts.take(countersOf({ usernameKey: 'heavy', ip: '203.0.113.7' }, limits));
      });
      expect(found).toEqual([]);
      expect(ran.length).toBeGreaterThanOrEqual(7);
    });

    it('read few rows when the use of groups is written, and when old counts are removed', async () => {
      const store = createCountsStore(connection.database);
      await owner.migrations.query(`INSERT INTO gatehouse_rights.group_uses
        SELECT '2026-01-01'::date + n / 100, 'Query.field' || n % 100, 'STAFF', 1, 0
        FROM generate_series(0, 39999) AS n`);
      await owner.migrations.query('ANALYZE gatehouse_rights.group_uses');
      const day = '2026-02-01';
      const fields = Array.from({ length: 50 }, (_, n) => `Query.field${n}`);
      const held = { userId: idOf(users - 7), group: 'STAFF' };
      const found = await findUnbounded(async () => {
        await store.add(
          fields.map((coordinate) => ({
            day,
            coordinate,
            group: 'STAFF',
            alone: 1,
            amongOthers: 0,
          })),
        );
        expect(await store.recordUse([{ day, ...held }])).toEqual([]);
        await store.removeBefore('2026-01-03', () => false);
      });
      expect(found).toEqual([]);
      expect(ran).toHaveLength(5);
    });

    it('find groups that the schema lacks without reading every membership', async () => {
      const { database } = connection;
      await database.membership.create({ data: { userId: idOf(users), group: 'JANITOR' } });
      const groups = createGroupStore(storeDependencies({ database }));
      const found = await findUnbounded(async () => {
        expect(await groups.listRemoved()).toEqual(['JANITOR']);
      });
      expect(found).toEqual([]);
    });

    it('read few rows of the history of access, and prune the oldest ones alone', async () => {
      const history = createAccessHistoryStore(
        storeDependencies({ database: connection.database }),
      );
      const subject = { kind: 'USER', id: user } as const;
      const at = new Date('2025-01-20T00:30:00Z');
      const found = await findUnbounded(async () => {
        const { state, grants } = await history.accountAt(subject, at);
        expect([state, grants.length]).toEqual(['CREATED', 1]);
        expect(await history.hasChangesOf(subject)).toBe(true);
        expect(await history.servedAt(at)).toHaveLength(1);
        await history.servedAround(at);
        await history.servedBefore({ digest: new Uint8Array(32) });
      });
      expect(found).toEqual([]);
      const before = new Date('2025-01-01T00:03:00Z');
      const asOwner = { ...postgres, nodeUrl: postgres.url };
      const explainedOwner = await connectExplained(asOwner, (each) => void ran.push(each));
      onTestFinished(() => explainedOwner.close());
      ran.length = 0;
      const pruneAsOwner = createPruneAccessHistory(
        storeDependencies({ database: explainedOwner.database }),
        200,
      );
      // Of the 179 users of these three minutes, what has ended.
      expect(await pruneAsOwner(before, commandLine)).toBe(2 * 179);
      expect(unboundedReads(ran).filter((each) => each.includes('access_changes'))).toEqual([]);
    });

    it('read a sample of the password hashes', async () => {
      const { database } = connection;
      const [lower, higher] = ['$2b$04$', '$2b$11$'];
      const replaced = await database.$executeRaw`
        UPDATE gatehouse.users SET password_hash = replace(password_hash, ${lower}, ${higher})
        WHERE username_key = 'user-7'`;
      expect(replaced).toBe(1);
      ran.length = 0;
      const found = await createPasswordHashStore({ database }).readCosts();
      expect(found.map(({ cost }) => cost)).toEqual([4, 11]);
      const reads = ran.flatMap((each) => each.reads);
      expect(reads.filter(({ isSequential }) => isSequential)).toEqual([]);
      const rows = reads.reduce((sum, read) => sum + read.rows, 0);
      expect(rows).toBeGreaterThan(1_000);
      expect(rows).toBeLessThan(users / 2);
      const counted = found.reduce((sum, { hashes }) => sum + hashes, 0);
      expect(counted).toBeGreaterThan(1_000);
    });

    it('read few rows when events are relayed, read and removed', async () => {
      const query = async <Row extends object>(
        { text }: PreparedStatement,
        values: readonly unknown[] = [],
      ) => (await pool.query<Row>(text, [...values])).rows;
      const relay = createEventRelay({ leaderMs: 0, followerMs: 0 });
      const delivered: string[] = [];
      const readBatches = createBatchReader({
        // Others are left from the tests before.
        deliver: (topic, payloads) => {
          if (topic === 'old' || topic === 'news') delivered.push(...payloads);
        },
        onLost: () => {},
      });
      await readBatches(query);
      await owner.migrations.query(`INSERT INTO gatehouse.event_batches (topic, payloads, at)
        SELECT 'old', 'old', CURRENT_TIMESTAMP FROM generate_series(1, 20000)`);
      await owner.migrations.query(`INSERT INTO gatehouse.outbox (topic, payload)
        SELECT 'news', n::text FROM generate_series(1, 1000) AS n`);
      const found = await findUnbounded(async () => {
        await relay(query);
        await readBatches(query);
      });
      expect(found).toEqual([]);
      expect(delivered).toHaveLength(20_000 + 1_000);
      // Old only now: the node of these tests removes old batches as well, and none may go before it is read.
      await owner.migrations.query(
        "UPDATE gatehouse.event_batches SET at = '2000-01-01' WHERE topic = 'old'",
      );
      const remove = () => connection.migrations.query('SELECT gatehouse.remove_old_events()');
      expect(await findUnbounded(remove)).toEqual([]);
      const [{ count } = { count: 0 }] = await query<{ count: number }>({
        name: 'count',
        text: "SELECT count(*)::int AS count FROM gatehouse.event_batches WHERE topic = 'old'",
      });
      // Of the first thousand, those of the tests before are new, and stay.
      expect(count).toBeLessThan(19_500);
    });

    it('read only the partitions of the audit log that a filter on time needs', async () => {
      const monthStart = (months: number) => {
        const now = new Date();
        return new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + months)).toISOString();
      };
      const partition = (months: number) =>
        `gatehouse.audit_events_${monthStart(months).slice(0, 7).replace('-', '')}`;
      const [since, until] = [monthStart(-4), monthStart(-2)];
      ran.length = 0;
      const { auditEvents } = await ask(`{ auditEvents(
        since: "${since}", until: "${until}", action: "room.entered") { edges { node { at } } } }`);
      expect(auditEvents.edges).toHaveLength(20);
      for (const { node } of auditEvents.edges) {
        expect(node.at >= since && node.at < until, node.at).toBe(true);
      }
      // The statement of the viewer reads the latest events.
      const lists = ran.filter(({ text }) => !text.includes('hasSettled'));
      const tables = lists.flatMap(({ reads }) => reads.map(({ table }) => table));
      expect(tables.filter((table) => table.startsWith('gatehouse.audit_events')).sort()).toEqual([
        partition(-4),
        partition(-3),
      ]);
    });

    it.each([
      { index: 'gatehouse.users_enabled', query: `{ users { ${page} } }` },
      {
        index: 'gatehouse.users_email',
        query: '{ users(search: "a@b", includeEmail: true) { edges { node { id } } } }',
      },
      {
        index: 'gatehouse.users_display_name_part',
        query: '{ users(search: "absent") { edges { node { id } } } }',
      },
      {
        index: 'gatehouse.sessions_user_id_ended_at_epoch_id_idx',
        query: '{ me { sessions { id } } }',
      },
      {
        index: 'gatehouse.audit_events_action_id_idx',
        query: '{ auditEvents(action: "no.such") { edges { node { id } } } }',
      },
      {
        index: 'gatehouse.audit_events_actor_id_id_idx',
        query: `{ auditEvents(actorId: "${idOf(users * 2)}") { edges { node { id } } } }`,
      },
      {
        index: 'gatehouse.audit_events_subject_id_id_idx',
        query: `{ auditEvents(subjectId: "${idOf(users * 2)}") { edges { node { id } } } }`,
      },
      { index: 'gatehouse_rights.reads_ids_idx', query: queries.recordReads?.[0] ?? '' },
      { index: 'public.room_entries_room_id_id_idx', query: queries.room?.[0] ?? '' },
    ])('are found to need the index $index once it is dropped', async ({ index, query }) => {
      const rows: readonly { readonly definition: string }[] = await owner.migrations.query(
        `SELECT replace(pg_get_indexdef('${index}'::regclass), ' ON ONLY ', ' ON ') AS definition`,
      );
      await owner.migrations.query(`DROP INDEX ${index}`);
      const [schema, name = ''] = index.split('.');
      const tables = ['users', 'sessions', 'audit_events', 'reads', 'room_entries'];
      const table = tables.find((each) => name.startsWith(each));
      expect(await findUnbounded(() => ask(query))).toEqual([
        expect.stringContaining(`${schema}.${table}: `),
      ]);
      await owner.migrations.query(rows[0]?.definition ?? '');
      // PostgreSQL does not use it before the transactions of the whole server that began earlier have ended.
      const usesIndex = () => findUnbounded(() => ask(query));
      await expect.poll(usesIndex, { timeout: 60_000, interval: 200 }).toEqual([]);
    });
  },
);
