import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { generateSigningKeys } from '../../src/authentication/keys/signing-keys.ts';
import { connectPostgres } from '../../src/database/connect/connect-postgres.ts';
import type { Database } from '../../src/database/connection.ts';
import type { Environment, Exit, Gatehouse, Serving, ServingProcess } from './process.ts';
import { createMigratedDatabase } from './test-database.ts';

/** A node, in a process of its own or in that of the test. */
type Node = Serving<Pick<Exit, 'code'>>;

/** Two servers over one database, which goes when the test has finished. By default, both are processes of their own. */
export interface TwoNodes<First extends Node = ServingProcess> {
  readonly nodes: readonly [First, ServingProcess];
  readonly urls: readonly string[];
  /** Their settings, with which a command works on the same keys and database. */
  readonly environment: Environment;
  /** The file with their signing keys. */
  readonly keysFile: string;
  readonly username: string;
  readonly password: string;
  readonly database: Database;
}

/** Settings of both nodes; or the function that returns them for the URL of their database. */
type NodeSettings = Environment | ((databaseUrl: string) => Promise<Environment>);

/** What a test asks of two nodes that may run where they want. */
export type AnyTwoNodes = TwoNodes<Node>;

/**
 * Starts them with one set of signing keys, on the database at `databaseUrl`, or else on a new one of the PostgreSQL server
 * at `TEST_DATABASE_URL`: then for a role that cannot change tables.
 */
export const startTwoNodes = (
  gatehouse: Pick<Gatehouse, 'folder' | 'serve'>,
  settings: NodeSettings = {},
  databaseUrl?: string,
): Promise<TwoNodes> => startNodes(gatehouse, gatehouse.serve, settings, databaseUrl);

/** The same with the first node in this process, which saves a start: for tests that send it no signal. */
export const startNodeBesideTest = (
  gatehouse: Pick<Gatehouse, 'folder' | 'serve' | 'serveHere'>,
  settings: NodeSettings = {},
): Promise<AnyTwoNodes> => startNodes(gatehouse, gatehouse.serveHere, settings);

async function startNodes<First extends Node>(
  gatehouse: Pick<Gatehouse, 'folder' | 'serve'>,
  serveFirst: (environment: Environment) => Promise<First>,
  settings: NodeSettings,
  databaseUrl?: string,
): Promise<TwoNodes<First>> {
  const world = await prepareNodes(gatehouse, settings, databaseUrl);
  const { environment } = world;
  const nodes = [await serveFirst(environment), await gatehouse.serve(environment)] as const;
  return { ...world, nodes, urls: nodes.map(({ url }) => url) };
}

/** Makes what nodes need, on the database that `startTwoNodes` would take. It is left to the test to start them. */
export async function prepareNodes(
  gatehouse: Pick<Gatehouse, 'folder'>,
  settings: NodeSettings = {},
  databaseUrl?: string,
): Promise<Omit<TwoNodes, 'nodes' | 'urls'>> {
  const { nodeUrl, ownerUrl, ...ofRole } = await findDatabase(databaseUrl);
  const keysFile = join(gatehouse.folder(), 'keys.json');
  await writeFile(keysFile, generateSigningKeys(), { mode: 0o600 });
  const password = 'violet-otter-ladder-93-quay';
  const environment = {
    DATABASE_URL: nodeUrl,
    ...ofRole,
    SIGNING_KEYS: keysFile,
    ADMIN_PASSWORD: password,
    // Rounds log one user in again and again, and go on with old sessions.
    MAX_SESSIONS_PER_USER: '10000',
    // On a busy machine, requests can take much longer than in production.
    DATABASE_REQUEST_TIMEOUT_MS: '60000',
    OPERATION_TIMEOUT_MS: '60000',
    ...(typeof settings === 'function' ? await settings(nodeUrl) : settings),
  };
  const connection = connectPostgres({ url: ownerUrl, onPoolError: () => {}, maxConnections: 2 });
  onTestFinished(() => connection.close());
  return { environment, keysFile, username: 'admin', password, database: connection.database };
}

async function findDatabase(databaseUrl: string | undefined) {
  if (databaseUrl !== undefined) return { nodeUrl: databaseUrl, ownerUrl: databaseUrl };
  const { url, nodeUrl, drop } = await createMigratedDatabase();
  onTestFinished(drop); // after the hooks, which end the processes
  return { nodeUrl, ownerUrl: url, MIGRATE: 'off' };
}
