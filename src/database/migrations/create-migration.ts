import { access, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { acceptLosses, findLosses } from './data-loss.ts';
import { DataLossError } from './data-loss-error.ts';
import {
  applyDifference,
  applyFolder,
  type MigratedSchema,
  runInShadow,
  withShadow,
} from './migration-difference.ts';
import { LOCK_FILE, SCRIPT_FILE } from './migration-files.ts';
import { findPossibleRenames } from './possible-renames.ts';
import { type Rename, renameStatement } from './rename.ts';
import { readColumns } from './stored-columns.ts';

export interface NewMigration extends MigratedSchema {
  /** Lower-case letters, digits and underscores: `add_room_floor`. */
  readonly name: string;
  readonly now: () => Date;
  /** New names of tables and columns, which the migration gives first. */
  readonly renames?: readonly Rename[];
  /** Whether it may remove data. A comment in its script then says what. */
  readonly acceptsDataLoss?: boolean;
}

const NAME = /^[a-z0-9_]{1,100}$/;
const LOCK_CONTENT =
  '# Read by Prisma Migrate; kept in version control.\nprovider = "postgresql"\n';

/**
 * Writes the migration from the existing migrations to the schema, and returns the path of its file. Each index of an
 * existing table gets a migration of its own after it. Returns no path when there is no difference. Needs no server: the
 * existing migrations are applied in memory.
 *
 * @throws {RangeError} for a name with other characters. @throws {DataLossError} when it would remove data, unless that is
 *   accepted. @throws the engine's error for an invalid schema, and the driver's for an unknown table or column in `renames`.
 */
export async function createMigration(options: NewMigration): Promise<readonly string[]> {
  if (!NAME.test(options.name)) {
    throw new RangeError(
      'A migration name must contain only lower-case letters, digits and underscores.',
    );
  }
  const sql = await writeScript(options);
  if (sql === '') return [];
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

/** Returns the script from the existing migrations to the schema. Empty: nothing has changed. */
const writeScript = (options: NewMigration): Promise<string> =>
  withShadow(options, async (shadow) => {
    await applyFolder(options, shadow);
    const before = await readColumns(shadow.migrations, options.schema);
    const renames = (options.renames ?? []).map(renameStatement).join('');
    await runInShadow(options, shadow, renames);
    const difference = await applyDifference(options, shadow);
    const after = await readColumns(shadow.migrations, options.schema);
    const losses = findLosses({ before, after }, difference);
    if (losses.length > 0 && options.acceptsDataLoss !== true) {
      throw new DataLossError(options.name, losses, findPossibleRenames({ before, after }));
    }
    return `${acceptLosses(losses)}${renames}${difference}`;
  });

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

/** Formats a date as `yyyyMMddHHmmss` in UTC. */
const timestamp = (at: Date) => at.toISOString().replaceAll(/\D/g, '').slice(0, 14);

async function ensureLockFile(path: string): Promise<void> {
  const isThere = await access(path).then(
    () => true,
    () => false,
  );
  if (!isThere) await writeFile(path, LOCK_CONTENT);
}
