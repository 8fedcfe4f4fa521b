import { existsSync } from 'node:fs';
import type { DatabaseConnection } from '../connection.ts';
import { type EventTables, readEventTables } from '../events/event-tables.ts';
import { findLosses, unacceptedLosses } from './data-loss.ts';
import {
  applyDifference,
  applyFolder,
  type MigratedSchema,
  withShadow,
} from './migration-difference.ts';
import { readColumns } from './stored-columns.ts';

/** A table of a Prisma schema that no migration makes, or a column of it. */
export interface Unmigrated {
  /** With its PostgreSQL schema, unless that is the schema of the tables. */
  readonly table: string;
  /** Absent: the whole table is missing. */
  readonly column?: string;
}

/** What a migration removes, without a comment in its script that accepts it. */
export interface UnacceptedLoss {
  readonly migration: string;
  /** In words: `drops the column ticket.title`. */
  readonly loss: string;
}

export interface MigrationReview {
  readonly unmigrated: readonly Unmigrated[];
  readonly losses: readonly UnacceptedLoss[];
  readonly eventTables: EventTables;
}

/**
 * Applies the migrations of a project in memory, and finds what they remove, what they lack of the Prisma schema, if there
 * is one, and which tables of events are missing or send none.
 *
 * @throws the engine's error for an invalid schema, and what `applyDifference` throws.
 */
export const reviewMigrations = (
  schema: MigratedSchema,
  eventTables: readonly string[] = [],
): Promise<MigrationReview> =>
  withShadow(schema, async (shadow) => ({
    losses: await findUnacceptedLosses(schema, shadow),
    eventTables: await readEventTables(shadow.migrations, eventTables),
    unmigrated: existsSync(schema.schemaPath) ? await findUnmigrated(schema, shadow) : [],
  }));

/** Applies the migrations, and compares the tables before and after each. */
async function findUnacceptedLosses(
  schema: MigratedSchema,
  shadow: DatabaseConnection,
): Promise<readonly UnacceptedLoss[]> {
  const losses: UnacceptedLoss[] = [];
  let before = await readColumns(shadow.migrations, schema.schema);
  await applyFolder(schema, shadow, async ({ name, script }) => {
    const after = await readColumns(shadow.migrations, schema.schema);
    const found = unacceptedLosses(findLosses({ before, after }, script), script);
    losses.push(...found.map((loss) => ({ migration: name, loss })));
    before = after;
  });
  return losses;
}

/**
 * Finds the tables and columns that the difference between the migrations and the schema adds. What the migrations make
 * beyond the schema is not reported, such as columns for SQL alone. Changes the database.
 */
async function findUnmigrated(
  schema: MigratedSchema,
  shadow: DatabaseConnection,
): Promise<readonly Unmigrated[]> {
  const read = async () => {
    const columns = await readColumns(shadow.migrations, schema.schema);
    return columns.flatMap(({ table, column }) => (column === null ? [] : [{ table, column }]));
  };
  const migrated = await read();
  const tables = new Set(migrated.map(({ table }) => table));
  const columns = new Set(migrated.map(({ table, column }) => `${table}.${column}`));
  await applyDifference(schema, shadow);
  const added = (await read()).filter(({ table, column }) => !columns.has(`${table}.${column}`));
  const newTables = new Set(added.map(({ table }) => table).filter((name) => !tables.has(name)));
  return [
    ...[...newTables].map((table) => ({ table })),
    ...added.filter(({ table }) => !newTables.has(table)),
  ];
}
