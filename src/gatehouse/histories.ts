import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { OwnedHistory } from '../database/migrations/migrate.ts';
import type { GatehousePackage } from '../schema/package.ts';
import { packagesOf } from '../schema/packages.ts';
import type { Project } from '../schema/project.ts';
import { programVersion } from '../values/version.ts';

/** The folder of Gatehouse's own migrations. */
export const migrationsDirectory = fileURLToPath(
  new URL('../../prisma/migrations', import.meta.url),
);

/**
 * Returns Gatehouse's migrations, then those of packages, then the project's, if it has a folder of them.
 *
 * @throws {PackagesError}.
 */
export function historiesOf({ directory, config }: Project): readonly OwnedHistory[] {
  const ofProject = join(directory, 'prisma', 'migrations');
  return [
    { owner: 'gatehouse', migrationsDirectory, version: programVersion() },
    ...packagesOf(config).flatMap(toHistory),
    ...(existsSync(ofProject)
      ? [{ owner: 'project', migrationsDirectory: ofProject, schema: 'public' }]
      : []),
  ];
}

const toHistory = ({ name, migrations }: GatehousePackage): readonly OwnedHistory[] =>
  migrations === undefined
    ? []
    : [
        {
          owner: name,
          migrationsDirectory: migrations.directory,
          schema: `gatehouse_${name.replaceAll('-', '_')}`,
          version: `${migrations.version} of ${name}`,
        },
      ];
