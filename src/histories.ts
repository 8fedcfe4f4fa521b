import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Project } from './composition/project.ts';
import type { MigrationHistory } from './database/migrate.ts';
import { programVersion } from './version.ts';

/** The folder of Gatehouse's own migrations. */
export const migrationsDirectory = fileURLToPath(new URL('../prisma/migrations', import.meta.url));

/** Gatehouse's migrations, then the project's, if it has a folder of them. */
export function historiesOf({ directory }: Project): readonly MigrationHistory[] {
  const ofProject = join(directory, 'prisma', 'migrations');
  return [
    { migrationsDirectory, version: programVersion() },
    ...(existsSync(ofProject) ? [{ migrationsDirectory: ofProject, schema: 'public' }] : []),
  ];
}
