import { fileURLToPath } from 'node:url';
import { connectMemory } from '../../src/database/connect-embedded.ts';
import { migrate } from '../../src/database/migrate.ts';

export const migrationsDirectory = fileURLToPath(
  new URL('../../prisma/migrations', import.meta.url),
);

/** An archive of an embedded database that has every migration and no rows. Takes 2 s. */
export async function createSnapshot(): Promise<Blob> {
  const connection = await connectMemory();
  try {
    await migrate({ connection, migrationsDirectory });
    return await connection.snapshot();
  } finally {
    await connection.close();
  }
}
