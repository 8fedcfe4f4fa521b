import { execFile } from 'node:child_process';
import { chmod, mkdir, readFile, symlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { z } from 'zod';
import { repository } from './process.ts';

const run = promisify(execFile);

const namesSchema = z.record(z.string(), z.string()).optional();
const manifestSchema = z.object({
  name: z.string(),
  bin: namesSchema,
  dependencies: namesSchema,
  devDependencies: namesSchema,
  peerDependencies: namesSchema,
});
export type Manifest = z.infer<typeof manifestSchema>;

export const readManifest = async (folder: string): Promise<Manifest> =>
  manifestSchema.parse(JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')));

/** Packs the package at a path of this repository, and unpacks it in a folder. */
export async function unpackPackage(path: string, place: string): Promise<Manifest> {
  const cwd = join(repository, path);
  await mkdir(place, { recursive: true });
  const words = ['pack', '--ignore-scripts', '--json', '--pack-destination', place];
  const { stdout } = await run('npm', words, { cwd });
  const [packed] = z.array(z.object({ filename: z.string() })).parse(JSON.parse(stdout));
  const archive = join(place, packed?.filename ?? '');
  await run('tar', ['-xf', archive, '-C', place, '--strip-components', '1']);
  const manifest = await readManifest(cwd);
  for (const file of Object.values(manifest.bin ?? {})) await chmod(join(place, file), 0o755);
  return manifest;
}

/**
 * Installs packages of this repository from their archives into `folder/node_modules`, beside links to the libraries
 * that they, and `more`, name.
 */
export async function installPacked(
  folder: string,
  paths: readonly string[],
  more: readonly string[],
): Promise<void> {
  const installed = (name: string) => join(folder, 'node_modules', name);
  const manifests = await Promise.all(
    paths.map(async (path) => {
      const { name } = await readManifest(join(repository, path));
      return unpackPackage(path, installed(name));
    }),
  );
  const own = new Set(manifests.map(({ name }) => name));
  const needed = manifests
    .flatMap(({ dependencies, peerDependencies }) => [dependencies, peerDependencies])
    .flatMap((group) => Object.keys(group ?? {}));
  await Promise.all(
    [...new Set([...needed, ...more])]
      .filter((name) => !own.has(name))
      .map(async (name) => {
        await mkdir(dirname(installed(name)), { recursive: true });
        await symlink(join(repository, 'node_modules', name), installed(name));
      }),
  );
}
