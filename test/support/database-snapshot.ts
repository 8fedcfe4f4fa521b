import { fileURLToPath } from 'node:url';
import { connectMemory } from '../../src/database/embedded/connect-embedded.ts';
import type { MigrationHistory } from '../../src/database/migrations/migrate.ts';
import { migrateAll } from '../../src/database/open-database.ts';

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
export const histories: readonly MigrationHistory[] = [gatehouse, rooms];

/** Archives of an embedded database without rows: empty, with Gatehouse's migrations, and with the demo's too. */
export type Snapshots<Archive> = Readonly<Record<'empty' | 'gatehouse' | 'demo', Archive>>;

/**
 * Makes the archives. Takes 2 s.
 *
 * They are without `template0`, which nothing here uses: 7 of 41 MB, and 300 of 1,000 files.
 */
export async function createSnapshots(): Promise<Snapshots<Blob>> {
  const connection = await connectMemory();
  const { database } = connection;
  const snapshot = async () => {
    await database.$executeRaw`CHECKPOINT`;
    return connection.snapshot();
  };
  try {
    await database.$executeRaw`ALTER DATABASE template0 IS_TEMPLATE false`;
    await database.$executeRaw`DROP DATABASE template0`;
    const empty = await snapshot();
    await migrateAll(connection, [gatehouse]);
    const ofGatehouse = await snapshot();
    await migrateAll(connection, [rooms]);
    return { empty, gatehouse: ofGatehouse, demo: await snapshot() };
  } finally {
    await connection.close();
  }
}
