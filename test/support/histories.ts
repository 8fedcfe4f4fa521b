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

/** The histories of Gatehouse and of the demo. */
export const histories = [gatehouse, rooms] as const;
