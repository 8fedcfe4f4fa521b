import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished } from 'vitest';
import { generateSigningKeys } from '../../src/authentication/keys/signing-keys.ts';
import { connectPostgres } from '../../src/database/connect/connect-postgres.ts';
import { connectDatabase, type DatabaseConnection } from '../../src/database/connect.ts';
import { grantNode } from '../../src/database/migrations/grant-node.ts';
import { migrateAll } from '../../src/database/open-database.ts';
import { histories } from './histories.ts';
import { createPostgresCluster, type PostgresCluster } from './postgres-cluster.ts';
import { startTestServer, type TestServer, type TestUser } from './test-server.ts';

/** A primary, its streaming replica, and two nodes that read lists from it. */
export interface ReplicaWorld {
  readonly primary: PostgresCluster;
  readonly replica: PostgresCluster;
  readonly nodes: readonly [TestServer, TestServer];
  readonly connections: readonly [DatabaseConnection, DatabaseConnection];
  /** Why the first node has begun or ended to use the replica; undefined: it uses it. */
  readonly changes: readonly (string | undefined)[];
  /** How many reads of lists each database has answered, of those that the replica may answer. */
  readonly answers: Readonly<Record<'replica' | 'primary', number>>;
  /** A user that has logged in long ago. */
  aReader(...groups: readonly string[]): Promise<TestUser>;
  /** Forgets what an actor has done, as after a long time. */
  settle(actorId: string): Promise<void>;
  /** Waits until the replica has everything, and both nodes use it. */
  untilUsed(reader: TestUser): Promise<void>;
  /** Makes the replica fall behind, until `resume`. */
  pause(): Promise<void>;
  resume(): Promise<void>;
  /** Removes all rooms of a replica that has been resumed. */
  removeRooms(): Promise<void>;
}

export interface ReplicaWorldOptions {
  readonly maxLagMs?: number;
  readonly patienceMs?: number;
  /** Settings of the replica. */
  readonly settings?: readonly string[];
  /** Takes what ends it, in the opposite order. Default: it ends with the test. */
  readonly atEnd?: (end: () => Promise<void>) => void;
}

/** Starts one. */
export async function startReplicaWorld({
  maxLagMs = 60_000,
  patienceMs = 20_000,
  settings = [],
  atEnd = onTestFinished,
}: ReplicaWorldOptions = {}): Promise<ReplicaWorld> {
  const primary = await createPostgresCluster();
  atEnd(() => primary.remove());
  await migrateForNodes(primary);
  const keysFile = join(primary.folder, 'keys.json');
  await writeFile(keysFile, generateSigningKeys(), { mode: 0o600 });
  const replica = await createPostgresCluster({ replicaOf: primary, settings });
  atEnd(() => replica.remove());
  const changes: (string | undefined)[] = [];
  const answers = { replica: 0, primary: 0 };

  async function startNode(onChange: (reason: string | undefined) => void) {
    const opened = await connectDatabase({
      url: primary.nodeUrl,
      dataDir: '',
      mayCreate: false,
      onPoolError: () => {},
      limits: { maxConnections: 5, connectTimeoutMs: 10_000, statementTimeoutMs: 20_000 },
      replica: { url: replica.nodeUrl, maxLagMs, patienceMs, onChange },
    });
    atEnd(() => opened.close());
    const connection = counted(opened, answers);
    // Shorter than a statement on the replica may take.
    const environment = {
      SIGNING_KEYS: keysFile,
      MIGRATE: 'off',
      DATABASE_REQUEST_TIMEOUT_MS: '10000',
    };
    const server = await startTestServer({ connection, environment });
    atEnd(() => server.stop());
    return { connection, server };
  }

  const otherChanges: (string | undefined)[] = [];
  const used = [changes, otherChanges].map(
    (each) => () => each.length > 0 && each.at(-1) === undefined,
  );
  const one = await startNode((reason) => void changes.push(reason));
  const other = await startNode((reason) => void otherChanges.push(reason));
  const nodes = [one.server, other.server] as const;
  const settle = async (actorId: string): Promise<void> => {
    await primary.query(
      `BEGIN; SET LOCAL gatehouse.audit_prune = 'on';
       DELETE FROM gatehouse.audit_events WHERE actor_id = '${actorId}'; COMMIT`,
    );
  };
  const bytesOf = async (server: PostgresCluster, position: string): Promise<number> => {
    const rows = await server.query(`SELECT pg_wal_lsn_diff(${position}, '0/0')::float8 AS bytes`);
    return rows[0]?.bytes;
  };
  return {
    primary,
    replica,
    nodes,
    changes,
    answers,
    settle,
    connections: [one.connection, other.connection],
    async aReader(...groups) {
      const user = await one.server.aUser(...groups);
      await settle(user.id);
      return user;
    },
    async untilUsed({ accessToken }) {
      const written = await bytesOf(primary, 'pg_current_wal_lsn()');
      const replayed = () => bytesOf(replica, 'pg_last_wal_replay_lsn()');
      await expect.poll(replayed).toBeGreaterThanOrEqual(written);
      // Each list that is read lets a node compare the positions, from time to time.
      const isUsed = async () => {
        for (const node of nodes) {
          const { status } = await node.ask('{ rooms { edges { cursor } } }', {
            token: accessToken,
          });
          expect(status).toBe(200);
        }
        return used.every((isUsedBy) => isUsedBy());
      };
      await expect.poll(isUsed).toBe(true);
    },
    async pause() {
      await replica.query('SELECT pg_wal_replay_pause()');
      const state = async () =>
        (await replica.query('SELECT pg_get_wal_replay_pause_state() AS state'))[0]?.state;
      await expect.poll(state).toBe('paused');
    },
    async resume() {
      await replica.query('SELECT pg_wal_replay_resume()');
    },
    async removeRooms() {
      await primary.query('TRUNCATE public.rooms CASCADE');
    },
  };
}

/** Makes the tables as their owner, and lets the role of nodes use them. */
async function migrateForNodes({ url }: PostgresCluster): Promise<void> {
  const owner = connectPostgres({ url, onPoolError: () => {} });
  await migrateAll(owner, histories);
  await grantNode(owner, 'gatehouse_node', histories);
  await owner.close();
}

function counted(
  connection: DatabaseConnection,
  answers: { replica: number; primary: number },
): DatabaseConnection {
  const { replica } = connection;
  if (replica === undefined) return connection;
  const countIn = async <Result>(source: keyof typeof answers, read: () => Promise<Result>) => {
    const result = await read();
    answers[source] += 1;
    return result;
  };
  const read: typeof replica.read = (fromReplica, fromPrimary) =>
    replica.read(
      () => countIn('replica', fromReplica),
      () => countIn('primary', fromPrimary),
    );
  return { ...connection, replica: { ...replica, read } };
}
