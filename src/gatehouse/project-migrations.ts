import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createMigration, type NewMigration } from '../database/migrations/create-migration.ts';
import { gatehouseSchema } from '../database/migrations/migrate.ts';
import { connectMigratedMemory } from '../database/migrations/migrated-memory.ts';
import { MigrationFailedError } from '../database/migrations/migration-scripts.ts';
import { parseRename } from '../database/migrations/rename.ts';
import {
  reviewMigrations,
  type UnacceptedLoss,
  type Unmigrated,
} from '../database/migrations/review-migrations.ts';
import { addTrigger, describeSilent, type EventField } from '../doctor/event-checks.ts';
import { migrationsDirectory } from '../schema/packages/histories.ts';
import type { Project } from '../schema/project.ts';
import { eventFieldsOf } from '../schema/topics.ts';
import { programVersion } from '../values/version.ts';
import type { Finding } from './schema-report.ts';

const schemaFile = join('prisma', 'schema.prisma');
const migrationsFolder = join('prisma', 'migrations');

/** The project's Prisma schema. Its migrations come after Gatehouse's own, to whose tables foreign keys may refer. */
const migratedSchema = ({ directory }: Project) => ({
  schemaPath: join(directory, schemaFile),
  migrationsDirectory: join(directory, migrationsFolder),
  schema: 'public',
  before: { migrationsDirectory, schema: gatehouseSchema },
  connectShadow: () =>
    connectMigratedMemory({
      histories: [{ migrationsDirectory }],
      directory,
      version: programVersion(),
    }),
});

/** What a new migration is called, and what it may do. */
export interface MigrationChoice extends Pick<NewMigration, 'name' | 'acceptsDataLoss'> {
  /** New names: `table=new_name` or `table.column=new_name`. */
  readonly renames: readonly string[];
}

/**
 * Writes the migration to the project's changed `prisma/schema.prisma`. Returns no path when nothing has changed.
 *
 * @throws as `createMigration` and `parseRename` do.
 */
export const writeMigration = (
  { renames, ...choice }: MigrationChoice,
  project: Project,
): Promise<readonly string[]> =>
  createMigration({
    ...migratedSchema(project),
    ...choice,
    renames: renames.map(parseRename),
    now: () => new Date(),
  });

/**
 * Applies the project's migrations in memory. Finds what they remove, which tables and columns of its `prisma/schema.prisma`
 * they do not make, and which tables of its events are missing or send none.
 */
export async function reviewProject(project: Project): Promise<readonly Finding[]> {
  const schema = migratedSchema(project);
  const fields = eventFieldsOf(project.config.domains ?? []);
  if (!existsSync(schema.migrationsDirectory) && !existsSync(schema.schemaPath)) {
    return fields.map(toUnknown);
  }
  const review = await reviewMigrations(
    schema,
    fields.map(({ table }) => table),
  ).catch(toUnapplied);
  if ('coordinate' in review) return [review];
  const { unmigrated, losses, eventTables } = review;
  const fieldsOf = (tables: readonly string[]) =>
    fields.filter(({ table }) => tables.includes(table));
  return [
    ...unmigrated.map(toFinding),
    ...losses.map(toLoss),
    ...fieldsOf(eventTables.missing).map(toMissing),
    ...fieldsOf(eventTables.silent).map(toSilent),
  ];
}

/** The database in memory has not all extensions of a server. @throws the error of anything else. */
function toUnapplied(error: unknown): Finding {
  if (!(error instanceof MigrationFailedError)) throw error;
  return {
    coordinate: migrationsFolder,
    name: 'migrations-unapplied',
    problem: `they cannot be applied in memory, so that neither tables nor events were checked: ${error.message}`,
    advice:
      'accept it if a server can apply them; gatehouse doctor then checks the tables of events',
    certainty: 'fails unless accepted',
  };
}

const toFinding = ({ table, column }: Unmigrated): Finding => ({
  coordinate: column === undefined ? table : `${table}.${column}`,
  name: 'table-without-migration',
  problem: `no migration makes this ${column === undefined ? 'table' : 'column'}`,
  advice: 'write one by gatehouse migrate --create',
  certainty: 'fails',
  file: schemaFile,
});

const toLoss = ({ migration, loss }: UnacceptedLoss): Finding => ({
  coordinate: migration,
  name: 'data-loss',
  problem: `it ${loss}, with the data`,
  advice: `keep the data, or accept it: in a script that was not applied yet by the line "-- accepts data loss: ${loss}"`,
  certainty: 'fails unless accepted',
  file: join(migrationsFolder, migration, 'migration.sql'),
});

const ofField = ({ field }: EventField) => ({ coordinate: `Subscription.${field}` });

const toMissing = (field: EventField): Finding => ({
  ...ofField(field),
  name: 'event-table-missing',
  problem: `no migration makes the table ${field.table} of its events`,
  advice:
    'write one, or correct `table` in `events` of the domain; accept it if another tool makes the table',
  certainty: 'fails unless accepted',
});

const toSilent = (field: EventField): Finding => ({
  ...ofField(field),
  name: 'event-table-silent',
  problem: describeSilent(field.table),
  advice: `${addTrigger(field.table)}; accept it if another tool makes the trigger`,
  certainty: 'fails unless accepted',
});

const toUnknown = (field: EventField): Finding => ({
  ...ofField(field),
  name: 'event-table-unchecked',
  problem: `whether the table ${field.table} of its events exists and has a trigger is not checked without prisma/migrations`,
  advice: 'run gatehouse doctor',
  certainty: 'hint',
});
