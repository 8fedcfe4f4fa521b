import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Snapshots } from './database-snapshot.ts';
import { histories } from './histories.ts';

/** What programs keep from one run to the next. */
export const cache = fileURLToPath(new URL('../../node_modules/.cache', import.meta.url));
const parent = join(cache, 'gatehouse-snapshots');
const unfinished = 'making-';

/** What the archives are made of: the migrations, what applies them, and the embedded database. */
function hashOfParts(): string {
  const hash = createHash('sha256');
  const applied = fileURLToPath(new URL('../../src/database/migrations', import.meta.url));
  for (const folder of [...histories.map((each) => each.migrationsDirectory), applied]) {
    const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort();
    for (const path of paths.filter((each) => /\.(?:sql|ts)$/.test(each))) {
      hash.update(`${path}\n`).update(readFileSync(join(folder, path)));
    }
  }
  const { resolve } = createRequire(import.meta.url);
  return hash.update(readFileSync(resolve('@electric-sql/pglite'))).digest('hex');
}

/**
 * Returns the paths of the archives. They are made only if none of the same parts are kept, which takes 2 s. Runs that
 * make them side by side keep those of one: they are the same.
 */
export async function keepSnapshots(): Promise<Snapshots<string>> {
  const name = hashOfParts();
  const folder = join(parent, name);
  if (!existsSync(folder)) await make(folder);
  return {
    empty: join(folder, 'empty.tar'),
    gatehouse: join(folder, 'gatehouse.tar'),
    demo: join(folder, 'demo.tar'),
  };
}

async function make(folder: string): Promise<void> {
  await mkdir(parent, { recursive: true });
  for (const old of await readdir(parent)) {
    if (!old.startsWith(unfinished)) await rm(join(parent, old), { recursive: true, force: true });
  }
  const making = await mkdtemp(join(parent, unfinished));
  // Tests of functions start without loading a database.
  const { createSnapshots } = await import('./database-snapshot.ts');
  for (const [kind, archive] of Object.entries(await createSnapshots())) {
    await writeFile(join(making, `${kind}.tar`), Buffer.from(await archive.arrayBuffer()));
  }
  try {
    await rename(making, folder);
  } catch (error) {
    await rm(making, { recursive: true, force: true });
    if (!existsSync(folder)) throw error;
  }
}
