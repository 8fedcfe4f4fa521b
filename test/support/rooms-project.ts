import { fileURLToPath } from 'node:url';
import { print } from 'graphql';
import config from '../../examples/rooms/gatehouse.config.ts';
import { PrismaClient } from '../../examples/rooms/src/generated/prisma/client.ts';
import type { DatabaseConnection } from '../../src/database/connection.ts';
import { createIdentityDomains } from '../../src/identity/identity.ts';
import { packagesOf } from '../../src/schema/packages/packages.ts';
import type { Project } from '../../src/schema/project.ts';
import { composeTypeDefs } from '../../src/schema/sdl/compose-type-defs.ts';

/** The demo: the project that tests of whole servers serve. */
export const roomsProject: Project = {
  directory: fileURLToPath(new URL('../../examples/rooms', import.meta.url)),
  config,
};

/** The demo's own data client, on a test's connection. */
export const roomsClient = ({ adapter }: Pick<DatabaseConnection, 'adapter'>): PrismaClient =>
  new PrismaClient({ adapter });

/** The composed SDL of the demo, one text for each document. */
export function readTypeDefs(): readonly string[] {
  const unavailable = () => {
    throw new Error('Only the SDL is read.');
  };
  const own = createIdentityDomains(unavailable);
  const packages = new Set(packagesOf(config).map(({ name }) => name));
  const ofPackages = packagesOf(config).flatMap(
    (each) => each.domains?.(unavailable, packages) ?? [],
  );
  return composeTypeDefs(
    { own, ofPlaces: [], ofPackages, ofProject: config.domains ?? [] },
    roomsProject,
  ).documents.map(print);
}
