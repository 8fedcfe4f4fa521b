import { execFile } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { inject } from 'vitest';

/**
 * Puts an embedded database without rows into a data folder, with the migrations of the demo, of Gatehouse alone, or
 * none. This file imports nothing of `src`: tests of packed packages use it too.
 *
 * @throws {Error} where `global-setup.ts` has not run.
 */
export async function unpackDatabase(
  dataDir: string,
  of: 'demo' | 'gatehouse' | 'empty' = 'demo',
): Promise<void> {
  const archives = inject('databaseSnapshots');
  if (archives === undefined) throw new Error('global-setup.ts has made no database.');
  const folder = join(dataDir, 'database');
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await promisify(execFile)('tar', ['-xf', archives[of], '-C', folder]);
}

/** The same where `global-setup.ts` has run. Packed packages make their database instead. */
export async function unpackPreparedDatabase(dataDir: string): Promise<void> {
  if (inject('databaseSnapshots') !== undefined) await unpackDatabase(dataDir, 'gatehouse');
}
