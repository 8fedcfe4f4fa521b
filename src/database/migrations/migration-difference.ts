import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import type { SchemasContainer } from '@prisma/schema-engine-wasm/schema_engine_bg';
import type { DatabaseConnection } from '../connection.ts';
import { connectMemory } from '../embedded/connect-embedded.ts';
import { type MigrationHistory, type MigrationOptions, migrate } from './migrate.ts';
import { type Migration, readMigrations } from './migration-files.ts';
import { NO_FILTERS, withSchemaEngine } from './schema-engine.ts';

export interface MigratedFolder {
  /** The folder of the migrations. If it is missing, there are none. */
  readonly migrationsDirectory: string;
  /** The PostgreSQL schema of the tables. */
  readonly schema: string;
  /** A history that is applied before. Its tables are not compared, but foreign keys can refer to them. */
  readonly before?: Pick<MigrationHistory, 'migrationsDirectory'> & { readonly schema: string };
  /** Opens the database that the migrations are applied to: empty, or with `before`. Default: a new one in memory. */
  readonly connectShadow?: () => Promise<DatabaseConnection>;
}

/** A Prisma schema, and the migrations that should make it. */
export interface MigratedSchema extends MigratedFolder {
  /** The file `prisma/schema.prisma` with the target schema. */
  readonly schemaPath: string;
}

/** Calls `work` with an empty database, to which the history before the project's own is applied. Needs no server. */
export async function withShadow<Result>(
  { before, connectShadow = connectMemory }: MigratedFolder,
  work: (shadow: DatabaseConnection) => Promise<Result>,
): Promise<Result> {
  const shadow = await connectShadow();
  try {
    if (before !== undefined) await migrate({ ...before, connection: shadow });
    return await work(shadow);
  } finally {
    await shadow.close();
  }
}

/** Applies the migrations, if there are any, to the database of `withShadow`. @throws as `migrate` does. */
export async function applyFolder(
  { migrationsDirectory, schema }: MigratedFolder,
  shadow: DatabaseConnection,
  onApplied?: MigrationOptions['onApplied'],
): Promise<void> {
  if (!existsSync(migrationsDirectory)) return;
  await migrate({ connection: shadow, migrationsDirectory, schema, onApplied });
}

/** Runs SQL in the database of `withShadow`, as a migration would. */
export const runInShadow = (
  { schema }: MigratedFolder,
  { migrations }: DatabaseConnection,
  sql: string,
): Promise<unknown> =>
  migrations.exclusively(0, ({ run }) => run(`SET search_path TO "${schema}"; ${sql}`));

/** The engine's exit code for a difference. */
const DIFFERENT = 2;

/**
 * Brings the database of `withShadow` to the schema. Returns the SQL; empty where nothing differs.
 *
 * @throws when PostgreSQL refuses what the engine wrote, such as because a view needs a column. @throws the engine's error
 *   for an invalid schema.
 */
export async function applyDifference(
  schema: MigratedSchema,
  shadow: DatabaseConnection,
): Promise<string> {
  const sql = await readDifference(schema, shadow);
  await runInShadow(schema, shadow, sql).catch((cause: unknown) => {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new Error(
      `The change from the migrations to the Prisma schema cannot be applied: ${reason}. ` +
        `Write it by hand, from this:\n${sql}`,
      { cause },
    );
  });
  return sql;
}

async function readDifference(
  { schemaPath, schema, before }: MigratedSchema,
  { adapter }: DatabaseConnection,
): Promise<string> {
  const content = await readFile(schemaPath, 'utf8');
  const target: SchemasContainer = { files: [{ path: basename(schemaPath), content }] };
  const filters =
    before === undefined
      ? NO_FILTERS
      : filtersOf(before.schema, await readMigrations(before.migrationsDirectory));
  return withSchemaEngine({ adapter, schema }, async (engine) => {
    const { exitCode, stdout } = await engine.diff({
      from: { tag: 'schemaDatasource', configDir: dirname(schemaPath), ...target },
      to: { tag: 'schemaDatamodel', ...target },
      script: true,
      exitCode: true,
      filters,
    });
    return exitCode === DIFFERENT ? (stdout ?? '') : '';
  });
}

/** Excludes the tables and enums that a history creates from the comparison. */
const filtersOf = (schema: string, migrations: readonly Migration[]) => {
  const named = (pattern: RegExp) =>
    migrations
      .flatMap(({ script }) => [...script.matchAll(pattern)])
      .map(([, name]) => `${schema}.${name}`);
  return {
    externalTables: [
      ...named(/^CREATE (?:UNLOGGED )?TABLE "(\w+)"/gm),
      `${schema}._prisma_migrations`,
    ],
    externalEnums: named(/^CREATE TYPE "(\w+)" AS ENUM/gm),
  };
};
