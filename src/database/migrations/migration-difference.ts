import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import type { SchemasContainer } from '@prisma/schema-engine-wasm/schema_engine_bg';
import type { DatabaseConnection } from '../connection.ts';
import { connectMemory } from '../embedded/connect-embedded.ts';
import { type MigrationHistory, migrate } from './migrate.ts';
import { type Migration, readMigrations } from './migration-files.ts';
import { NO_FILTERS, withSchemaEngine } from './schema-engine.ts';

/** A Prisma schema, and the migrations that should make it. */
export interface MigratedSchema {
  /** The file `prisma/schema.prisma` with the target schema. */
  readonly schemaPath: string;
  /** The folder of the migrations. If it is missing, there are none. */
  readonly migrationsDirectory: string;
  /** The PostgreSQL schema of the tables. */
  readonly schema: string;
  /** A history that is applied before. Its tables are not compared, but foreign keys can refer to them. */
  readonly before?: Pick<MigrationHistory, 'migrationsDirectory'> & { readonly schema: string };
  /** Opens the empty database that the existing migrations are applied to. Default: a new one in memory. */
  readonly connectShadow?: () => Promise<DatabaseConnection>;
}

/** The SQL from the migrations to the schema, and the database that they were applied to. */
export interface MigrationDifference {
  readonly sql: string;
  readonly shadow: DatabaseConnection;
}

/**
 * Applies the migrations to an empty database, and calls `work` with the difference to the schema. Returns undefined
 * if nothing differs. Needs no server.
 *
 * @throws the engine's error for an invalid schema.
 */
export async function withDifference<Result>(
  options: MigratedSchema,
  work: (difference: MigrationDifference) => Promise<Result>,
): Promise<Result | undefined> {
  const { migrationsDirectory, schema, before, connectShadow = connectMemory } = options;
  const shadow = await connectShadow();
  try {
    if (before !== undefined) await migrate({ ...before, connection: shadow });
    if (existsSync(migrationsDirectory)) {
      await migrate({ connection: shadow, migrationsDirectory, schema });
    }
    const sql = await compare(options, shadow);
    return sql === undefined ? undefined : await work({ sql, shadow });
  } finally {
    await shadow.close();
  }
}

/** The engine's exit code for a difference. */
const DIFFERENT = 2;

async function compare(
  { schemaPath, schema, before }: MigratedSchema,
  { adapter }: DatabaseConnection,
): Promise<string | undefined> {
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
    return exitCode === DIFFERENT ? (stdout ?? undefined) : undefined;
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
