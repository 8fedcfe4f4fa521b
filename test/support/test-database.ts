import { createHash } from 'node:crypto';
import { openAsBlob } from 'node:fs';
import { resolve } from 'node:path';
import type pg from 'pg';
import { inject } from 'vitest';
import {
  connectPostgres,
  type PostgresOptions,
} from '../../src/database/connect/connect-postgres.ts';
import type { DatabaseConnection } from '../../src/database/connection.ts';
import { grantNode } from '../../src/database/migrations/grant-node.ts';
import type { MigrationHistory } from '../../src/database/migrations/migrate.ts';
import { readMigrations } from '../../src/database/migrations/migration-files.ts';
import { migrateAll } from '../../src/database/open-database.ts';
import { createSnapshots, type Snapshots } from './database-snapshot.ts';
import { histories, migrationsDirectory } from './histories.ts';
import {
  asAdmin,
  createOwnedDatabase,
  createPostgresDatabase,
  type PostgresDatabase,
  roles,
  urlOf,
} from './postgres-database.ts';
import { createReuse, emptyTables } from './reused-databases.ts';
import { createPostgresReuse, type LentDatabase } from './reused-postgres.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** The paths of the archives that `global-setup.ts` makes. */
    databaseSnapshots: Snapshots<string> | undefined;
  }
}

export { asAdmin, createPostgresDatabase, migrationsDirectory, type PostgresDatabase };

/** A connection for a node. On PostgreSQL its role owns nothing, and may do what the owner has granted. */
export interface TestDatabase extends DatabaseConnection {
  /** A connection for the owner of the tables. On the embedded database it is the same one. */
  readonly owner: DatabaseConnection;
}

/**
 * A fresh, migrated database without rows; `close` also removes it.
 *
 * `TEST_DATABASE_KIND` chooses: `embedded` (the default: in memory) or `postgresql` (a database of
 * its own on the server at `TEST_DATABASE_URL`).
 *
 * @param all the histories in place of those of Gatehouse and of the demo, which must be among them
 */
export async function createTestDatabase(
  limits: Pick<PostgresOptions, 'statementTimeoutMs'> = {},
  all: readonly MigrationHistory[] = histories,
): Promise<TestDatabase> {
  const kind = process.env.TEST_DATABASE_KIND ?? 'embedded';
  if (kind === 'embedded') {
    const connection = await reuseOf(all)();
    return { ...connection, owner: connection };
  }
  if (kind !== 'postgresql') throw new Error(`TEST_DATABASE_KIND is ${kind}: not a kind.`);
  const database = await lendPostgres(all);
  const connect = (roleUrl: string) =>
    connectPostgres({ url: roleUrl, onPoolError: () => {}, maxConnections: 5, ...limits });
  const [node, owner] = [connect(database.nodeUrl), connect(database.url)];
  const close = async () => {
    await Promise.all([node.close(), owner.close()]);
    await database.takeBack();
  };
  return { ...node, owner, close };
}

/** The PostgreSQL databases of this worker, by the schemas of their migrations. */
const postgresReuses = new Map<string, ReturnType<typeof createPostgresReuse>>();

/** Lends a database of the demo, or with these histories. */
export function lendPostgres(all: readonly MigrationHistory[] = histories): Promise<LentDatabase> {
  const key = all.map(({ schema }) => schema).join();
  const reuse =
    postgresReuses.get(key) ??
    createPostgresReuse({ create: () => createMigratedDatabase(all), emptying: emptyTables });
  postgresReuses.set(key, reuse);
  return reuse();
}

const prepared = new Set(histories.map(({ migrationsDirectory: folder }) => resolve(folder)));
const isPrepared = (history: MigrationHistory) =>
  prepared.has(resolve(history.migrationsDirectory));

/** The embedded databases of this worker, by the schemas of their migrations. */
const reuses = new Map<string, () => Promise<DatabaseConnection>>();

function reuseOf(all: readonly MigrationHistory[]): () => Promise<DatabaseConnection> {
  const key = all.map(({ schema }) => schema).join();
  const prepare = (connection: DatabaseConnection) => migrateAll(connection, all);
  const reuse =
    reuses.get(key) ?? createReuse({ snapshot: migratedSnapshot, prepare, emptying: emptyTables });
  reuses.set(key, reuse);
  return reuse;
}

/**
 * A new database on the server at `TEST_DATABASE_URL` with every migration of the demo, on which a node may serve: a
 * server starts on it in less time.
 *
 * @param all further histories, which are applied too
 */
export async function createMigratedDatabase(
  all: readonly MigrationHistory[] = histories,
): Promise<PostgresDatabase> {
  const database = await createPostgresDatabase(await migratedTemplate());
  if (all.every(isPrepared)) return database;
  const owner = connectPostgres({ url: database.url, onPoolError: () => {} });
  await migrateAll(owner, all);
  await grantNode(owner, roles.node, all);
  await owner.close();
  return database;
}

let snapshot: Promise<Blob> | undefined;

/** Made once for a run by `global-setup.ts`, or else once for each test file. */
function migratedSnapshot(): Promise<Blob> {
  const paths = inject('databaseSnapshots');
  snapshot ??=
    paths === undefined ? createSnapshots().then(({ demo }) => demo) : openAsBlob(paths.demo);
  return snapshot;
}

const TEMPLATE_LOCK_KEY = 4_705_151;

/** The name of a migrated database to copy: made once for each state of the migrations, and kept. */
async function migratedTemplate(): Promise<string> {
  const migrations = await Promise.all(
    histories.map((history) => readMigrations(history.migrationsDirectory)),
  );
  const digest = createHash('sha256').update(JSON.stringify(migrations)).digest('hex');
  const name = `gatehouse_template_${digest.slice(0, 16)}`;
  return asAdmin(async (admin) => {
    await admin.query(`SELECT pg_advisory_lock(${TEMPLATE_LOCK_KEY})`); // until the session ends
    const found = await admin.query('SELECT 1 FROM pg_database WHERE datname = $1', [name]);
    if (found.rowCount === 0) await createTemplate(admin, name);
    return name;
  });
}

/** Builds under another name, so that a run that is cut short leaves no half-made template. */
async function createTemplate(admin: pg.Client, name: string): Promise<void> {
  const draft = `${name}_draft`;
  await admin.query(`DROP DATABASE IF EXISTS ${draft} WITH (FORCE)`);
  await createOwnedDatabase(admin, draft);
  const connection = connectPostgres({ url: urlOf(draft, roles.owner), onPoolError: () => {} });
  await migrateAll(connection, histories);
  await grantNode(connection, roles.node, histories);
  await connection.close();
  await admin.query(`ALTER DATABASE ${draft} RENAME TO ${name}`);
}
