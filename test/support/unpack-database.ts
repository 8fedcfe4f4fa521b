import { execFile } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { inject } from 'vitest';

/**
 * Puts an embedded database with every migration and no rows into a data folder. This file imports nothing of
 * `src`: tests of packed packages use it too.
 *
 * @throws {Error} where `global-setup.ts` has not run.
 */
export async function unpackDatabase(dataDir: string): Promise<void> {
  const archive = inject('databaseSnapshotPath');
  if (archive === undefined) throw new Error('global-setup.ts has made no database.');
  const folder = join(dataDir, 'database');
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await promisify(execFile)('tar', ['-xf', archive, '-C', folder]);
}
