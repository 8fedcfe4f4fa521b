import { mail } from '@graphql-gatehouse/mail';
import type { DatabaseConnection } from '../../../src/database/connection.ts';
import { grantNode } from '../../../src/database/migrations/grant-node.ts';
import { migrateAll } from '../../../src/database/open-database.ts';
import { historiesOf } from '../../../src/schema/packages/histories.ts';
import { roles } from '../postgres-database.ts';

/** A project with accounts by mail, for nodes in processes of their own. */
export const mailDirectory = import.meta.dirname;

/** The tables of the project. */
export const mailHistories = historiesOf({
  directory: mailDirectory,
  config: { domains: [], packages: [mail()] },
});

/** Adds the tables of mails, as their owner, and on PostgreSQL grants them to the role of nodes. */
export async function migrateMail(owner: DatabaseConnection): Promise<void> {
  await migrateAll(owner, mailHistories);
  if (owner.kind === 'postgresql') await grantNode(owner, roles.node, mailHistories);
}
