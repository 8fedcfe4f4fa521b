import type { GatehouseConfig } from '../../src/index.ts';
import { historiesOf } from '../../src/schema/packages/histories.ts';
import type { Project } from '../../src/schema/project.ts';
import { roomsProject } from './rooms-project.ts';
import { createTestDatabase, type TestDatabase } from './test-database.ts';
import { allowAnyTime, startTestServer, type TestServer } from './test-server.ts';

type Packages = NonNullable<GatehouseConfig['packages']>;

export interface PackageServerOptions {
  readonly packages: Packages;
  readonly now: () => Date;
  readonly environment?: Readonly<Record<string, string>>;
  /** A database that another server of the test has. */
  readonly database?: TestDatabase;
  /** What replaces parts of the demo's configuration. */
  readonly config?: Partial<GatehouseConfig>;
}

/** The demo with packages. */
export const projectWith = (
  packages: Packages,
  config: Partial<GatehouseConfig> = {},
): Project => ({
  ...roomsProject,
  config: { ...roomsProject.config, ...config, packages },
});

/** A database with the tables of packages, which a node may use. */
export async function createPackageDatabase(packages: Packages): Promise<TestDatabase> {
  const database = await createTestDatabase({}, historiesOf(projectWith(packages)));
  if (database.kind === 'postgresql') await allowAnyTime(database.owner);
  return database;
}

/** Starts a server with packages. */
export async function startPackageServer({
  packages,
  now,
  environment,
  database: given,
  config,
}: PackageServerOptions): Promise<TestServer> {
  const database = given ?? (await createPackageDatabase(packages));
  const server = await startTestServer({
    now,
    project: projectWith(packages, config),
    connection: database,
    environment: { MIGRATE: 'off', ...environment },
  });
  return {
    ...server,
    owner: database.owner,
    async stop() {
      await server.stop();
      if (given === undefined) await database.close();
    },
  };
}
