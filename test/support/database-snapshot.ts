import { fileURLToPath } from 'node:url';
import { connectMemory } from '../../src/database/connect-embedded.ts';
import type { MigrationHistory } from '../../src/database/migrate.ts';
import { migrateAll } from '../../src/database/open-database.ts';

export const migrationsDirectory = fileURLToPath(
  new URL('../../prisma/migrations', import.meta.url),
);

const fileOf = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** The histories of Gatehouse and of the demo. */
export const histories: readonly MigrationHistory[] = [
  { migrationsDirectory },
  { migrationsDirectory: fileOf('../../examples/rooms/prisma/migrations'), schema: 'public' },
];

/** An archive of an embedded database that has every migration and no rows. Takes 2 s. */
export async function createSnapshot(): Promise<Blob> {
  const connection = await connectMemory();
  try {
    await migrateAll(connection, histories);
    return await connection.snapshot();
  } finally {
    await connection.close();
  }
}
