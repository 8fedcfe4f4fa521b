import { randomUUID } from 'node:crypto';
import { mkdir, mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import type { TestProject } from 'vitest/node';
import { cache, keepSnapshots } from './kept-snapshots.ts';

/** Makes a folder for the run, and keeps the migrated embedded databases. Returns what removes it, and the PostgreSQL databases of the run. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  // Workers get it.
  process.env.TEST_RUN = randomUUID().slice(0, 8);
  // WebAssembly that runs once is not worth the optimising compiler's 2 s.
  setFlagsFromString('--liftoff-only');
  const databaseSnapshots = await keepSnapshots();
  const directory = await mkdtemp(join(tmpdir(), 'gatehouse-test-'));
  // Commands in folders of this one keep their snapshots there, as in a project's `node_modules`.
  await mkdir(join(directory, 'node_modules'));
  await symlink(cache, join(directory, 'node_modules', '.cache'));
  project.provide('runFolder', directory);
  project.provide('databaseSnapshots', databaseSnapshots);
  return async () => {
    await rm(directory, { recursive: true, force: true });
    if (process.env.TEST_DATABASE_URL === undefined) return;
    const { dropDatabases } = await import('./postgres-database.ts');
    await dropDatabases();
  };
}
