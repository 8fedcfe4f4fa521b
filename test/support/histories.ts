import { fileURLToPath } from 'node:url';
import type { MigrationHistory } from '../../src/database/migrations/migrate.ts';

export const migrationsDirectory = fileURLToPath(
  new URL('../../prisma/migrations', import.meta.url),
);

const fileOf = (path: string) => fileURLToPath(new URL(path, import.meta.url));

const gatehouse: MigrationHistory = { migrationsDirectory };
const rooms: MigrationHistory = {
  migrationsDirectory: fileOf('../../examples/rooms/prisma/migrations'),
  schema: 'public',
};

const operations: MigrationHistory = {
  migrationsDirectory: fileOf('../../packages/operations/prisma/migrations'),
  schema: 'gatehouse_operations',
};

const rights: MigrationHistory = {
  migrationsDirectory: fileOf('../../packages/rights/prisma/migrations'),
  schema: 'gatehouse_rights',
};

/** The histories of Gatehouse and of the demo, with its packages. */
export const histories = [gatehouse, operations, rights, rooms] as const;
