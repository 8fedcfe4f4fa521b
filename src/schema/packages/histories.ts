import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { programVersion } from '../../values/version.ts';
import type { Project } from '../project.ts';
import type { GatehousePackage } from './package.ts';
import { packagesOf } from './packages.ts';

/** A folder of migrations, as `database/` applies it. */
interface ProjectHistory {
  /** `gatehouse`, `project`, or the name of a package. */
  readonly owner: string;
  readonly migrationsDirectory: string;
  readonly schema?: string;
  readonly version?: string;
  readonly nodeRights?: NonNullable<NonNullable<GatehousePackage['migrations']>['nodeRights']>;
}

/** The folder of Gatehouse's own migrations. */
export const migrationsDirectory = fileURLToPath(
  new URL('../../../prisma/migrations', import.meta.url),
);

/**
 * Returns Gatehouse's migrations, then those of packages, then the project's, if it has a folder of them.
 *
 * @throws {ProjectConfigError}.
 */
export function historiesOf({ directory, config }: Project): readonly ProjectHistory[] {
  const ofProject = join(directory, 'prisma', 'migrations');
  return [
    { owner: 'gatehouse', migrationsDirectory, version: programVersion() },
    ...packagesOf(config).flatMap(toHistory),
    ...(existsSync(ofProject)
      ? [{ owner: 'project', migrationsDirectory: ofProject, schema: 'public' }]
      : []),
  ];
}

/** Returns the PostgreSQL schema of a package's tables. */
export const schemaOfPackage = (name: string): string => `gatehouse_${name.replaceAll('-', '_')}`;

const toHistory = ({ name, migrations }: GatehousePackage): readonly ProjectHistory[] =>
  migrations === undefined
    ? []
    : [
        {
          owner: name,
          migrationsDirectory: migrations.directory,
          schema: schemaOfPackage(name),
          version: `${migrations.version} of ${name}`,
          ...(migrations.nodeRights && { nodeRights: migrations.nodeRights }),
        },
      ];
