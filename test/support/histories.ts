import { fileURLToPath } from 'node:url';
import type { OwnedHistory } from '../../src/database/migrations/migrate.ts';

export const migrationsDirectory = fileURLToPath(
  new URL('../../prisma/migrations', import.meta.url),
);

const fileOf = (path: string) => fileURLToPath(new URL(path, import.meta.url));

const gatehouse: OwnedHistory = { owner: 'gatehouse', migrationsDirectory };
const rooms: OwnedHistory = {
  owner: 'project',
  migrationsDirectory: fileOf('../../examples/rooms/prisma/migrations'),
  schema: 'public',
};

const operations: OwnedHistory = {
  owner: 'operations',
  migrationsDirectory: fileOf('../../packages/operations/prisma/migrations'),
  schema: 'gatehouse_operations',
};

const rights: OwnedHistory = {
  owner: 'rights',
  migrationsDirectory: fileOf('../../packages/rights/prisma/migrations'),
  schema: 'gatehouse_rights',
  nodeRights: { reads: ['INSERT'] },
};

/** The histories of Gatehouse and of the demo, with its packages. */
export const histories = [gatehouse, operations, rights, rooms] as const;
