import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createMigration } from '../database/migrations/create-migration.ts';
import { findUnmigrated, type Unmigrated } from '../database/migrations/find-unmigrated.ts';
import { gatehouseSchema } from '../database/migrations/migrate.ts';
import { migrationsDirectory } from '../schema/packages/histories.ts';
import type { Project } from '../schema/project.ts';
import type { Finding } from './schema-report.ts';

const schemaFile = join('prisma', 'schema.prisma');

/** The project's Prisma schema. Its migrations come after Gatehouse's own, to whose tables foreign keys may refer. */
const migratedSchema = ({ directory }: Project) => ({
  schemaPath: join(directory, schemaFile),
  migrationsDirectory: join(directory, 'prisma', 'migrations'),
  schema: 'public',
  before: { migrationsDirectory, schema: gatehouseSchema },
});

/** Writes the migration to the project's changed `prisma/schema.prisma`. Returns no path when nothing has changed. */
export const writeMigration = (name: string, project: Project): Promise<readonly string[]> =>
  createMigration({ ...migratedSchema(project), name, now: () => new Date() });

/** Finds the tables and columns of the project's `prisma/schema.prisma`, if there is one, that no migration makes. */
export async function listUnmigrated(project: Project): Promise<readonly Finding[]> {
  const schema = migratedSchema(project);
  if (!existsSync(schema.schemaPath)) return [];
  return (await findUnmigrated(schema)).map(toFinding);
}

const toFinding = ({ table, column }: Unmigrated): Finding => ({
  coordinate: column === undefined ? table : `${table}.${column}`,
  problem: `no migration makes this ${column === undefined ? 'table' : 'column'}`,
  advice: 'write one by gatehouse migrate --create',
  certainty: 'fails',
  file: schemaFile,
});
