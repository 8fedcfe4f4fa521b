import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { generateSigningKeys } from '../../src/authentication/keys/signing-keys.ts';
import { connectPostgres } from '../../src/database/connect/connect-postgres.ts';
import type { Database } from '../../src/database/connection.ts';
import type { Environment, Gatehouse, ServingProcess } from './process.ts';
import { createMigratedDatabase } from './test-database.ts';

/** Two processes that serve over one database, which goes when the test has finished. */
export interface TwoNodes {
  readonly nodes: readonly ServingProcess[];
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

/**
 * Starts them with one set of signing keys, on the database at `databaseUrl`, or else on a new one of the PostgreSQL server
 * at `TEST_DATABASE_URL`: then for a role that cannot change tables.
 */
export async function startTwoNodes(
  gatehouse: Gatehouse,
  settings: NodeSettings = {},
  databaseUrl?: string,
): Promise<TwoNodes> {
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
  const nodes = [await gatehouse.serve(environment), await gatehouse.serve(environment)];
  const connection = connectPostgres({ url: ownerUrl, onPoolError: () => {}, maxConnections: 2 });
  onTestFinished(() => connection.close());
  return {
    nodes,
    environment,
    keysFile,
    urls: nodes.map((node) => node.url),
    username: 'admin',
    password,
    database: connection.database,
  };
}

async function findDatabase(databaseUrl: string | undefined) {
  if (databaseUrl !== undefined) return { nodeUrl: databaseUrl, ownerUrl: databaseUrl };
  const { url, nodeUrl, drop } = await createMigratedDatabase();
  onTestFinished(drop); // after the hooks, which end the processes
  return { nodeUrl, ownerUrl: url, MIGRATE: 'off' };
}
