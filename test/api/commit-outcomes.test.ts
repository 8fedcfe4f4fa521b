import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connectPostgres } from '../../src/database/connect/connect-postgres.ts';
import type { DatabaseConnection } from '../../src/database/connection.ts';
import type { PostgresDatabase } from '../support/postgres-database.ts';
import {
  type Moment,
  type StatementProxy,
  startStatementProxy,
} from '../support/statement-proxy.ts';
import { createMigratedDatabase } from '../support/test-database.ts';
import { startTestServer, type TestServer, type TestUser } from '../support/test-server.ts';

/** Only there is a connection that can be cut. */
const isPostgres = process.env.TEST_DATABASE_KIND === 'postgresql';

/** A server whose connections to PostgreSQL can be cut, and the owner's connection that cannot. */
interface World {
  readonly server: TestServer;
  readonly proxy: StatementProxy;
  readonly owner: DatabaseConnection;
  readonly manager: TestUser;
  close(): Promise<void>;
}

async function startCutWorld(environment: Readonly<Record<string, string>> = {}): Promise<World> {
  const database: PostgresDatabase = await createMigratedDatabase();
  const proxy = await startStatementProxy(database.nodeUrl);
  const connect = (url: string) => connectPostgres({ url, onPoolError: () => {} });
  const connection = connect(proxy.url);
  const owner = connect(database.url);
  // As a node whose role may not change tables.
  const server = await startTestServer({
    connection,
    environment: { MIGRATE: 'off', ...environment },
  });
  return {
    server,
    proxy,
    owner,
    manager: await server.aUser('MANAGER'),
    async close() {
      await server.stop();
      await connection.close();
      await owner.close();
      await proxy.close();
      await database.drop();
    },
  };
}

let rooms = 0;
const nextRoom = () => {
  rooms += 1;
  return `Room ${rooms}`;
};
const creating = (name: string, alias = 'createRoom') =>
  `${alias}: createRoom(input: { name: "${name}", floor: 1, groups: [STAFF] }) { name }`;
const create = ({ server, manager }: World, name: string) =>
  server.ask(`mutation { ${creating(name)} }`, { token: manager.accessToken });

/** How many rooms and events a name has. */
async function written({ owner }: World, name: string) {
  const found = await owner.migrations.query<{ rooms: number; events: number }>(`SELECT
    (SELECT count(*)::int FROM rooms WHERE name = '${name}') AS rooms,
    (SELECT count(*)::int FROM gatehouse.audit_events WHERE detail LIKE '"${name}"%') AS events`);
  return found[0];
}
const once = { rooms: 1, events: 1 };
const never = { rooms: 0, events: 0 };

/** Stops the connection that commits the next room. */
function stopCommit({ proxy }: World, moment: Moment): Promise<string> {
  let isWritten = false;
  return proxy.stopAt({
    moment,
    isReached(statement) {
      isWritten ||= /INSERT INTO .*rooms/.test(statement);
      return isWritten && statement === 'COMMIT';
    },
  });
}

const headOf = ({ status, code, headers, data }: Awaited<ReturnType<typeof create>>) => ({
  status,
  code,
  retryAfter: headers.get('retry-after'),
  data,
});
const unavailable = { status: 503, code: 'SERVICE_UNAVAILABLE', retryAfter: '1', data: undefined };
const unknown = { status: 500, code: 'OUTCOME_UNKNOWN', retryAfter: null, data: undefined };

describe.runIf(isPostgres)('a change whose connection is cut at its commit', () => {
  let world: World;
  beforeAll(async () => {
    world = await startCutWorld();
  });
  afterAll(() => world.close());

  it('is answered as done when it was committed', async () => {
    const name = nextRoom();
    const stopped = stopCommit(world, 'after');
    const asked = create(world, name);
    await stopped;
    world.proxy.cut();
    const answer = await asked;
    expect(headOf(answer), answer.text).toEqual({
      ...{ status: 200, code: undefined, retryAfter: null },
      data: { createRoom: { name } },
    });
    expect(await written(world, name)).toEqual(once);
  });

  it('is unavailable, and nothing is done, when it was not committed', async () => {
    const name = nextRoom();
    const stopped = stopCommit(world, 'before');
    const asked = create(world, name);
    await stopped;
    world.proxy.cut();
    expect(headOf(await asked)).toEqual(unavailable);
    expect(await written(world, name)).toEqual(never);
  });

  it.each([
    { moment: 'before', rows: never },
    { moment: 'after', rows: once },
  ] as const)(
    'has an unknown outcome when PostgreSQL cannot be asked: cut $moment COMMIT',
    async (given) => {
      const name = nextRoom();
      const stopped = stopCommit(world, given.moment);
      const asked = create(world, name);
      await stopped;
      world.proxy.interrupt();
      const answer = await asked;
      world.proxy.restore();
      expect(headOf(answer), answer.text).toEqual(unknown);
      await expect.poll(() => written(world, name)).toEqual(given.rows);
      expect(
        world.server.logLines.some((line) =>
          line.includes(answer.headers.get('x-request-id') ?? 'none'),
        ),
      ).toBe(true);
    },
  );

  it('has an unknown outcome while PostgreSQL is still committing', async () => {
    const name = nextRoom();
    await world.owner.migrations.query(`CREATE FUNCTION commit_slowly() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        -- Or PostgreSQL notices within a second that the client is gone.
        PERFORM set_config('client_connection_check_interval', '0', true);
        PERFORM pg_advisory_xact_lock_shared(7);
        RETURN NULL;
      END $$`);
    await world.owner.migrations.query(`CREATE CONSTRAINT TRIGGER slow AFTER INSERT ON rooms
      DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION commit_slowly()`);
    await world.owner.database.$transaction(
      async (holder) => {
        await holder.$queryRaw`SELECT 1 FROM pg_advisory_xact_lock(7)`;
        void stopCommit(world, 'after'); // its answer never comes
        const asking = create(world, name);
        await expect
          .poll(
            () =>
              holder.$queryRaw`SELECT 1 AS waiting FROM pg_locks WHERE locktype = 'advisory' AND NOT granted`,
          )
          .toEqual([{ waiting: 1 }]);
        world.proxy.cut();
        expect(headOf(await asking)).toEqual(unknown);
      },
      { timeout: 60_000 },
    );
    await expect.poll(() => written(world, name)).toEqual(once);
    await world.owner.migrations.query('DROP TRIGGER slow ON rooms');
  });
});

describe.runIf(isPostgres)(
  'a change that is at its commit when the time of its request is over',
  () => {
    let world: World;
    beforeAll(async () => {
      world = await startCutWorld({ DATABASE_REQUEST_TIMEOUT_MS: '1500' });
    });
    afterAll(() => world.close());

    it.each([
      { moment: 'before', head: unavailable, rows: never },
      { moment: 'after', head: unknown, rows: once },
    ] as const)(
      'is never answered 503 and committed: $moment COMMIT',
      async ({ moment, head, rows }) => {
        const name = nextRoom();
        const stopped = stopCommit(world, moment);
        const asked = create(world, name);
        await stopped;
        const answer = await asked;
        expect(headOf(answer), answer.text).toEqual(head);
        world.proxy.cut();
        expect(await written(world, name)).toEqual(rows);
      },
    );

    it('has an unknown outcome when an earlier field was committed', async () => {
      const [first, second] = [nextRoom(), nextRoom()];
      const stopped = world.proxy.stopAt({
        moment: 'before',
        isReached: ((count) => (statement: string) => {
          if (/INSERT INTO .*rooms/.test(statement)) count += 1;
          return count === 2;
        })(0),
      });
      const asked = world.server.ask(
        `mutation { ${creating(first)} ${creating(second, 'second')} }`,
        {
          token: world.manager.accessToken,
        },
      );
      await stopped;
      expect(headOf(await asked)).toEqual(unknown);
      world.proxy.cut();
      expect([await written(world, first), await written(world, second)]).toEqual([once, never]);
    });
  },
);
