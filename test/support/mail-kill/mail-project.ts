import { fileURLToPath } from 'node:url';
import { mail } from '@graphql-gatehouse/mail';
import type { DatabaseConnection } from '../../../src/database/connection.ts';
import { grantNode } from '../../../src/database/migrations/grant-node.ts';
import { migrateAll } from '../../../src/database/open-database.ts';
import { historiesOf } from '../../../src/schema/packages/histories.ts';
import { roles } from '../postgres-database.ts';

/** A project with accounts by mail, for nodes in processes of their own. */
export const mailDirectory = fileURLToPath(new URL('.', import.meta.url));

/** Adds the tables of mails, as their owner, and on PostgreSQL grants them to the role of nodes. */
export async function migrateMail(owner: DatabaseConnection): Promise<void> {
  const project = { directory: mailDirectory, config: { domains: [], packages: [mail()] } };
  const histories = historiesOf(project);
  await migrateAll(owner, histories);
  if (owner.kind === 'postgresql') await grantNode(owner, roles.node, histories);
}
