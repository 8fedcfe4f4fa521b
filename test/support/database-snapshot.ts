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

/**
 * An archive of an embedded database that has every migration and no rows. Takes 2 s.
 *
 * Without `template0`, which nothing here uses: 7 of 41 MB, and 300 of 1,000 files.
 */
export async function createSnapshot(): Promise<Blob> {
  const connection = await connectMemory();
  try {
    await migrateAll(connection, histories);
    const { database } = connection;
    await database.$executeRaw`ALTER DATABASE template0 IS_TEMPLATE false`;
    await database.$executeRaw`DROP DATABASE template0`;
    await database.$executeRaw`CHECKPOINT`;
    return await connection.snapshot();
  } finally {
    await connection.close();
  }
}
