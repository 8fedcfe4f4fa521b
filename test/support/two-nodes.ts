import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import { onTestFinished } from 'vitest';
import { generateSigningKeys } from '../../src/authentication/keys/signing-keys.ts';
import { connectPostgres } from '../../src/database/connect/connect-postgres.ts';
import type { Database } from '../../src/database/connection.ts';
import type { MigrationHistory } from '../../src/database/migrations/migrate.ts';
import { adminPassword } from './node-client.ts';
import type { Environment, Exit, Gatehouse, Serving, ServingProcess } from './process.ts';
import { createMigratedDatabase } from './test-database.ts';

/** A node, in a process of its own or in that of the test. */
type Node = Serving<Pick<Exit, 'code'>>;

/** What nodes over one database share, which goes when the test has finished. */
export interface PreparedNodes {
  /** Their settings, with which a command works on the same keys and database. */
  readonly environment: Environment;
  /** The database, for the role of nodes. */
  readonly nodeUrl: string;
  /** The file with their signing keys. */
  readonly keysFile: string;
  readonly username: string;
  readonly password: string;
  readonly database: Database;
  /** Connections of the owner of the tables. */
  readonly sql: pg.Pool;
  /** Starts one more node, in a process of its own. */
  serve(settings?: Environment): Promise<ServingProcess>;
}

/** Two servers over one database. By default, both are processes of their own. */
export interface TwoNodes<First extends Node = ServingProcess> extends PreparedNodes {
  readonly nodes: readonly [First, ServingProcess];
  readonly urls: readonly string[];
}

/** Settings of both nodes; or the function that returns them for the URL of their database. */
type NodeSettings = Environment | ((databaseUrl: string) => Promise<Environment>);

/** A database, which is a new one of the PostgreSQL server at `TEST_DATABASE_URL` unless its URL is given. */
export interface NodeDatabase {
  readonly databaseUrl?: string;
  /** Tables that a new one has beside those of the demo. */
  readonly histories?: readonly MigrationHistory[];
}

/** What a test asks of two nodes that may run where they want. */
export type AnyTwoNodes = TwoNodes<Node>;

/** Starts them with one set of signing keys. On a new database, their role cannot change tables. */
export const startTwoNodes = (
  gatehouse: Pick<Gatehouse, 'folder' | 'serve'>,
  settings?: NodeSettings,
  database?: NodeDatabase,
): Promise<TwoNodes> => startNodes(gatehouse, gatehouse.serve, settings, database);

/** The same with the first node in this process, which saves a start: for tests that send it no signal. */
export const startNodeBesideTest = (
  gatehouse: Pick<Gatehouse, 'folder' | 'serve' | 'serveHere'>,
  settings?: NodeSettings,
  database?: NodeDatabase,
): Promise<AnyTwoNodes> => startNodes(gatehouse, gatehouse.serveHere, settings, database);

/** Starts one node in this process, beside which the test starts and kills others. */
export async function startNodeInTest(
  gatehouse: Pick<Gatehouse, 'folder' | 'serve' | 'serveHere'>,
  settings?: NodeSettings,
  database?: NodeDatabase,
): Promise<PreparedNodes & { readonly urls: readonly string[] }> {
  const world = await prepareNodes(gatehouse, settings, database);
  const { url } = await gatehouse.serveHere(world.environment);
  return { ...world, urls: [url] };
}

async function startNodes<First extends Node>(
  gatehouse: Pick<Gatehouse, 'folder' | 'serve'>,
  serveFirst: (environment: Environment) => Promise<First>,
  settings?: NodeSettings,
  database?: NodeDatabase,
): Promise<TwoNodes<First>> {
  const world = await prepareNodes(gatehouse, settings, database);
  const nodes = [await serveFirst(world.environment), await world.serve()] as const;
  return { ...world, nodes, urls: nodes.map(({ url }) => url) };
}

/** Makes what nodes need. It is left to the test to start them. */
export async function prepareNodes(
  gatehouse: Pick<Gatehouse, 'folder' | 'serve'>,
  settings: NodeSettings = {},
  { databaseUrl, histories }: NodeDatabase = {},
): Promise<PreparedNodes> {
  const { nodeUrl, ownerUrl, ...ofRole } = await findDatabase(databaseUrl, histories);
  const keysFile = join(gatehouse.folder(), 'keys.json');
  await writeFile(keysFile, generateSigningKeys(), { mode: 0o600 });
  const environment = {
    DATABASE_URL: nodeUrl,
    ...ofRole,
    SIGNING_KEYS: keysFile,
    ADMIN_PASSWORD: adminPassword,
    // Rounds log one user in again and again, and go on with old sessions.
    MAX_SESSIONS_PER_USER: '10000',
    // On a busy machine, requests can take much longer than in production.
    DATABASE_REQUEST_TIMEOUT_MS: '60000',
    OPERATION_TIMEOUT_MS: '60000',
    ...(typeof settings === 'function' ? await settings(nodeUrl) : settings),
  };
  const connection = connectPostgres({ url: ownerUrl, onPoolError: () => {}, maxConnections: 2 });
  onTestFinished(() => connection.close());
  const sql = new pg.Pool({ connectionString: ownerUrl, max: 2 }).on('error', () => {});
  onTestFinished(() => sql.end());
  return {
    environment,
    nodeUrl,
    keysFile,
    username: 'admin',
    password: adminPassword,
    database: connection.database,
    sql,
    serve: (given) => gatehouse.serve({ ...environment, ...given }),
  };
}

async function findDatabase(
  databaseUrl: string | undefined,
  histories?: readonly MigrationHistory[],
) {
  if (databaseUrl !== undefined) return { nodeUrl: databaseUrl, ownerUrl: databaseUrl };
  const { url, nodeUrl, drop } = await createMigratedDatabase(histories);
  onTestFinished(drop); // after the hooks, which end the processes
  return { nodeUrl, ownerUrl: url, MIGRATE: 'off' };
}
