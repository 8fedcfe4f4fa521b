import { fileURLToPath } from 'node:url';
import { grantNode } from '../../../src/database/migrations/grant-node.ts';
import { migrateAll } from '../../../src/database/open-database.ts';
import { historiesOf } from '../../../src/schema/packages/histories.ts';
import { roles } from '../postgres-database.ts';
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
export async function createMailDatabase(): Promise<TestDatabase> {
  const database = await createTestDatabase();
  const histories = historiesOf(project);
  await migrateAll(database.owner, histories);
  if (database.kind === 'postgresql') await grantNode(database.owner, roles.node, histories);
  return database;
}
