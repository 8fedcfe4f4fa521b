import { createHash, randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { connectMemory, type MemoryConnection } from '../embedded/connect-embedded.ts';
import { migrateAll } from '../open-database.ts';
import type { MigrationHistory } from './migrate.ts';
import { readMigrations } from './migration-files.ts';

export interface MigratedMemoryOptions {
  readonly histories: readonly MigrationHistory[];
  /** The project's folder: the snapshot is kept in the cache of its `node_modules`. */
  readonly directory: string;
  /** The version of this program. Snapshots of other versions are not used. */
  readonly version: string;
}

/**
 * Opens an empty embedded database in memory with every migration applied.
 *
 * Migrating takes seconds, so the result is kept: one snapshot for each state of the migrations, shared by all processes
 * of a project that test or check.
 */
export async function connectMigratedMemory({
  histories,
  directory,
  version,
}: MigratedMemoryOptions): Promise<MemoryConnection> {
  const scripts = await Promise.all(
    histories.map(async ({ schema, migrationsDirectory }) => ({
      schema,
      migrations: await readMigrations(migrationsDirectory),
    })),
  );
  const digest = createHash('sha256')
    .update(JSON.stringify([version, scripts]))
    .digest('hex');
  const folder = cacheFolder(directory);
  const file = folder === undefined ? undefined : join(folder, `${digest.slice(0, 32)}.tar`);
  if (file !== undefined && existsSync(file)) return connectMemory(await readWhole(file));
  const connection = await connectMemory();
  try {
    await migrateAll(connection, histories);
    if (file !== undefined) await writeWhole(file, await connection.snapshot());
    return connection;
  } catch (error) {
    await connection.close();
    throw error;
  }
}

/** The cache in the nearest `node_modules`; undefined without one. */
function cacheFolder(directory: string): string | undefined {
  const modules = join(directory, 'node_modules');
  if (existsSync(modules)) return join(modules, '.cache', 'gatehouse');
  const parent = dirname(directory);
  return parent === directory ? undefined : cacheFolder(parent);
}

/** Not by `openAsBlob`, whose blob cannot be read once another test process has replaced the file. */
const readWhole = async (file: string): Promise<Blob> =>
  new Blob([new Uint8Array(await readFile(file))]);

/** Another test process sees the whole file or none. */
async function writeWhole(file: string, content: Blob): Promise<void> {
  const draft = `${file}.${randomUUID()}`;
  await mkdir(dirname(file), { recursive: true });
  await writeFile(draft, Buffer.from(await content.arrayBuffer()));
  await rename(draft, file);
}
