import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import type { TestProject } from 'vitest/node';
import { createSnapshot } from './database-snapshot.ts';

/** Makes the migrated embedded database once for the whole run. Returns what removes it. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  // WebAssembly that runs once is not worth the optimising compiler's 2 s.
  setFlagsFromString('--liftoff-only');
  const snapshot = await createSnapshot();
  const directory = await mkdtemp(join(tmpdir(), 'gatehouse-test-'));
  const path = join(directory, 'database.tar');
  await writeFile(path, Buffer.from(await snapshot.arrayBuffer()));
  project.provide('databaseSnapshotPath', path);
  return () => rm(directory, { recursive: true, force: true });
}
