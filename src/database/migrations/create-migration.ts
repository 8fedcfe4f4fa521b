import { access, mkdir, readFile, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { SchemasContainer } from '@prisma/schema-engine-wasm/schema_engine_bg';
import type { DatabaseConnection } from '../connection.ts';
import { connectMemory } from '../embedded/connect-embedded.ts';
import { type MigrationHistory, migrate } from './migrate.ts';
import { LOCK_FILE, type Migration, readMigrations, SCRIPT_FILE } from './migration-files.ts';
import { NO_FILTERS, withSchemaEngine } from './schema-engine.ts';

export interface NewMigration {
  /** Lower-case letters, digits and underscores: `add_room_floor`. */
  readonly name: string;
  /** The file `prisma/schema.prisma` with the target schema. */
  readonly schemaPath: string;
  readonly migrationsDirectory: string;
  /** The PostgreSQL schema of the tables. */
  readonly schema: string;
  /** A history that is applied before. Its tables are not compared, but foreign keys can refer to them. */
  readonly before?: Pick<MigrationHistory, 'migrationsDirectory'> & { readonly schema: string };
  readonly now: () => Date;
  /** Opens the empty database that the existing migrations are applied to. Default: a new one in memory. */
  readonly connectShadow?: () => Promise<DatabaseConnection>;
}

const NAME = /^[a-z0-9_]{1,100}$/;
/** The engine's exit code for a difference. */
const DIFFERENT = 2;
const LOCK_CONTENT =
  '# Read by Prisma Migrate; kept in version control.\nprovider = "postgresql"\n';

/**
 * Writes the migration from the existing migrations to the schema, and returns the path of its file. Each index of an
 * existing table gets a migration of its own after it. Returns no path when there is no difference. Needs no server: the
 * existing migrations are applied in memory.
 *
 * @throws {RangeError} for a name with other characters. @throws the engine's error for an invalid schema.
 */
export async function createMigration(options: NewMigration): Promise<readonly string[]> {
  if (!NAME.test(options.name)) {
    throw new RangeError(
      'A migration name must contain only lower-case letters, digits and underscores.',
    );
  }
  const sql = await difference(options);
  if (sql === undefined) return [];
  const { migrationsDirectory, name, now } = options;
  const scripts = separateIndexes(sql);
  const paths: string[] = [];
  for (const [n, script] of scripts.entries()) {
    const at = new Date(now().getTime() + n * 1_000); // names sort by time
    const ending = n > 0 ? `_index_${n}` : '';
    const directory = join(migrationsDirectory, `${timestamp(at)}_${name}${ending}`);
    const path = join(directory, SCRIPT_FILE);
    await mkdir(directory, { recursive: true });
    await writeFile(path, script, { flag: 'wx' });
    paths.push(path);
  }
  await ensureLockFile(join(migrationsDirectory, LOCK_FILE));
  return paths;
}

/** Returns the SQL from the migrations to the schema, or undefined when there is no difference. */
async function difference(options: NewMigration): Promise<string | undefined> {
  const { schemaPath, migrationsDirectory, connectShadow = connectMemory } = options;
  await mkdir(migrationsDirectory, { recursive: true });
  const content = await readFile(schemaPath, 'utf8');
  const schema: SchemasContainer = { files: [{ path: basename(schemaPath), content }] };
  const { before } = options;
  const ofBefore = before === undefined ? [] : await readMigrations(before.migrationsDirectory);
  const shadow = await connectShadow();
  try {
    if (before !== undefined) await migrate({ ...before, connection: shadow });
    await migrate({ connection: shadow, migrationsDirectory, schema: options.schema });
    const from = { tag: 'schemaDatasource', configDir: dirname(schemaPath), ...schema } as const;
    const to = { tag: 'schemaDatamodel', ...schema } as const;
    const filters = before === undefined ? NO_FILTERS : filtersOf(before.schema, ofBefore);
    return await withSchemaEngine(
      { adapter: shadow.adapter, schema: options.schema },
      async (engine) => {
        const { exitCode, stdout } = await engine.diff({
          from,
          to,
          script: true,
          exitCode: true,
          filters,
        });
        return exitCode === DIFFERENT ? (stdout ?? undefined) : undefined;
      },
    );
  } finally {
    await shadow.close();
  }
}

/**
 * Moves the indexes of existing tables out of a generated script, each into a script of its own that builds it
 * CONCURRENTLY: writes go on meanwhile, which otherwise wait for as long as it takes.
 *
 * A unique index stays where a foreign key may need it, or where it replaces another one.
 */
function separateIndexes(script: string): readonly string[] {
  const created = new Set(
    [...script.matchAll(/^CREATE (?:UNLOGGED )?TABLE "(\w+)"/gm)].map(([, table]) => table),
  );
  const needsUnique = /\bFOREIGN KEY\b|^DROP INDEX\b/m.test(script);
  const indexes: string[] = [];
  const rest = script.replace(
    indexCreation,
    (statement: string, unique: string | undefined, table: string) => {
      if (created.has(table) || (unique !== undefined && needsUnique)) return statement;
      indexes.push(statement.replace(/^(CREATE .*?INDEX)/m, '$1 CONCURRENTLY'));
      return '';
    },
  );
  return [rest, ...indexes]
    .filter((each) => each.trim() !== '')
    .map((each) => `${each.trimEnd()}\n`);
}

/** A statement that creates an index, with the comments before it. */
const indexCreation = /(?:^--.*\n)*^CREATE (UNIQUE )?INDEX "\w+" ON "(\w+)"[^;]*;\n*/gm;

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

/** Formats a date as `yyyyMMddHHmmss` in UTC. */
const timestamp = (at: Date) => at.toISOString().replaceAll(/\D/g, '').slice(0, 14);

async function ensureLockFile(path: string): Promise<void> {
  const isThere = await access(path).then(
    () => true,
    () => false,
  );
  if (!isThere) await writeFile(path, LOCK_CONTENT);
}
