import { execFile } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { z } from 'zod';
import { packPackages } from '../../scripts/release/pack.ts';
import { readManifest as readReleased } from '../../scripts/release/packages.ts';
import { repository } from './process.ts';

const run = promisify(execFile);

const namesSchema = z.record(z.string(), z.string()).optional();
const manifestSchema = z.object({
  name: z.string(),
  bin: namesSchema,
  dependencies: namesSchema,
  devDependencies: namesSchema,
  peerDependencies: namesSchema,
  peerDependenciesMeta: z.record(z.string(), z.object({ optional: z.boolean() })).optional(),
});
export type Manifest = z.infer<typeof manifestSchema>;

export const readManifest = async (folder: string): Promise<Manifest> =>
  manifestSchema.parse(JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')));

/** A packed package: what its manifest says, and where its archive is. */
export interface Packed {
  readonly manifest: Manifest;
  readonly archive: string;
}

interface Archive {
  readonly filename: string;
  readonly content: Uint8Array;
}

/** The archives that this worker has packed: packing takes 1.5 s of processor time, most of it for npm. */
const archives = new Map<string, Promise<Archive>>();

/** Packs the built packages at these paths of this repository by one npm, unless this worker has packed them. */
function packTogether(paths: readonly string[]): void {
  const missing = paths.filter((path) => !archives.has(path));
  if (missing.length === 0) return;
  const packing = pack(missing);
  for (const [index, path] of missing.entries()) {
    const archive = packing.then(
      (all) => all[index] ?? { filename: '', content: new Uint8Array() },
    );
    archive.catch(() => {}); // thrown where it is awaited
    archives.set(path, archive);
  }
}

/** Packs the built package at a path of this repository, once in each worker, and puts the archive into a folder. */
export async function packPackage(path: string, place: string): Promise<Packed> {
  packTogether([path]);
  const { filename = '', content = '' } = (await archives.get(path)) ?? {};
  const archive = join(place, filename);
  await mkdir(place, { recursive: true });
  await writeFile(archive, content);
  return { manifest: await readManifest(join(repository, path)), archive };
}

async function pack(paths: readonly string[]): Promise<readonly Archive[]> {
  const place = await mkdtemp(join(tmpdir(), 'gatehouse-pack-'));
  try {
    const packages = paths.map((folder) => ({ folder, manifest: readReleased(folder) }));
    const files = await packPackages(packages, place);
    return await Promise.all(
      files.map(async (file) => ({ filename: basename(file), content: await readFile(file) })),
    );
  } finally {
    await rm(place, { recursive: true, force: true });
  }
}

/** Packs the package at a path of this repository, and unpacks it in a folder. */
export async function unpackPackage(path: string, place: string): Promise<Packed> {
  const { manifest, archive } = await packPackage(path, place);
  await run('tar', ['-xf', archive, '-C', place, '--strip-components', '1']);
  for (const file of Object.values(manifest.bin ?? {})) await chmod(join(place, file), 0o755);
  return { manifest, archive };
}

/** What an installation brings without being asked: not the optional peers. */
const requiredBy = ({ dependencies, peerDependencies, peerDependenciesMeta }: Manifest) => [
  ...Object.keys(dependencies ?? {}),
  ...Object.keys(peerDependencies ?? {}).filter((name) => !peerDependenciesMeta?.[name]?.optional),
];

/**
 * Installs packages of this repository from their archives into `folder/node_modules`, beside links to the libraries
 * that they, and `more`, name. Returns the archives by package.
 */
export async function installPacked(
  folder: string,
  paths: readonly string[],
  more: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const installed = (name: string) => join(folder, 'node_modules', name);
  packTogether(paths);
  const packed = await Promise.all(
    paths.map(async (path) => {
      const { name } = await readManifest(join(repository, path));
      return unpackPackage(path, installed(name));
    }),
  );
  const own = new Set(packed.map(({ manifest }) => manifest.name));
  const needed = packed.flatMap(({ manifest }) => requiredBy(manifest));
  await Promise.all(
    [...new Set([...needed, ...more])]
      .filter((name) => !own.has(name))
      .map(async (name) => {
        await mkdir(dirname(installed(name)), { recursive: true });
        await symlink(join(repository, 'node_modules', name), installed(name));
      }),
  );
  return new Map(packed.map(({ manifest, archive }) => [manifest.name, archive]));
}
