import { fileURLToPath } from 'node:url';
import { historiesOf } from '../../../src/schema/packages/histories.ts';
import { roomsProject } from '../rooms-project.ts';
import { createTestDatabase, type TestDatabase } from '../test-database.ts';

const migrations = {
  directory: fileURLToPath(new URL('../../../packages/mail/prisma/migrations', import.meta.url)),
  version: '0.1.0',
};

const project = {
  ...roomsProject,
  config: { ...roomsProject.config, packages: [{ name: 'mail', migrations }] },
};

/** A database with the tables of mails, which a node may use. */
export const createMailDatabase = (): Promise<TestDatabase> =>
  createTestDatabase({}, historiesOf(project));
