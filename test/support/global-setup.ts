import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import type { TestProject } from 'vitest/node';
import { createSnapshots } from './database-snapshot.ts';

/** Makes a folder for the run, with the migrated embedded databases. Returns what removes it. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  // WebAssembly that runs once is not worth the optimising compiler's 2 s.
  setFlagsFromString('--liftoff-only');
  const { empty, gatehouse, demo } = await createSnapshots();
  const directory = await mkdtemp(join(tmpdir(), 'gatehouse-test-'));
  const write = async (name: string, archive: Blob) => {
    const path = join(directory, `${name}.tar`);
    await writeFile(path, Buffer.from(await archive.arrayBuffer()));
    return path;
  };
  project.provide('runFolder', directory);
  project.provide('databaseSnapshots', {
    empty: await write('empty', empty),
    gatehouse: await write('gatehouse', gatehouse),
    demo: await write('demo', demo),
  });
  return () => rm(directory, { recursive: true, force: true });
}
