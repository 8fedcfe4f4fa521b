import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, posix } from 'node:path';
import { promisify } from 'node:util';
import { rewriteLinks } from './links.ts';
import {
  type ReleasedPackage,
  readManifest,
  readPackages,
  root,
  withOwnRanges,
  writeManifest,
} from './packages.ts';
import { addressOf, releaseSettings, withAddresses } from './settings.ts';

const run = promisify(execFile);

/** What `npm pack --json` says of an archive. */
interface NpmArchive {
  readonly filename: string;
  readonly files: readonly { readonly path: string }[];
}

/**
 * Packs built packages as they are published, into a folder: with the addresses of the repository, and without links to
 * files that the archive does not have. Returns the paths of the archives, in the order of the packages.
 */
export async function packPackages(
  packages: readonly ReleasedPackage[],
  destination: string,
): Promise<readonly string[]> {
  await mkdir(destination, { recursive: true });
  const work = await mkdtemp(join(tmpdir(), 'gatehouse-pack-'));
  try {
    const folders = packages.map(({ folder }) => join(root, folder));
    const words = ['pack', '--ignore-scripts', '--json', '--pack-destination', work, ...folders];
    const { stdout } = await run('npm', words, { cwd: root, maxBuffer: 2 ** 26 });
    const archives: readonly NpmArchive[] = JSON.parse(stdout);
    return await Promise.all(
      packages.map((each, index) => finish(each, archives[index], work, destination)),
    );
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

async function finish(
  { folder, manifest }: ReleasedPackage,
  archive: NpmArchive | undefined,
  work: string,
  destination: string,
): Promise<string> {
  if (archive === undefined) throw new Error(`npm packed nothing of ${folder}.`);
  const unpacked = await mkdtemp(join(work, 'unpacked-'));
  const inside = join(unpacked, 'package');
  await run('tar', ['-xf', join(work, archive.filename), '-C', unpacked]);
  const paths = new Set(archive.files.map(({ path }) => posix.join(folder, path)));
  const places = {
    isPacked: (path: string) => paths.has(posix.normalize(path)) || isFolderOf(paths, path),
    addressOf: (path: string) => addressOf(path, manifest.version),
  };
  for (const { path } of archive.files) {
    if (!path.endsWith('.md')) continue;
    const file = join(inside, path);
    const text = await readFile(file, 'utf8');
    await writeFile(file, rewriteLinks(text, { path: posix.join(folder, path), ...places }));
  }
  // Who installs a package does not get them, and some are links within this repository.
  const { devDependencies: _ownTools, ...published } = withAddresses(manifest, folder);
  writeManifest('.', published, inside);
  if (paths.has(posix.join(folder, 'template/package.json'))) askForReleased(inside);
  if (paths.has(posix.join(folder, homepageFile))) await writeHomepage(join(inside, homepageFile));
  const file = join(destination, archive.filename);
  await run('tar', ['-czf', file, '-C', unpacked, 'package']);
  return file;
}

/** The address to which messages of startup errors link. */
const homepageFile = 'dist/pages/homepage.js';

/** Writes the address of the site. Without one, messages name paths in the repository. */
export async function writeHomepage(file: string, { homepage } = releaseSettings): Promise<void> {
  if (homepage === null) return;
  await writeFile(file, `export const homepage = ${JSON.stringify(homepage)};\n`);
}

/** Lets the template of a new project ask for the releases with which it is packed, in place of files. */
function askForReleased(inside: string): void {
  const own = new Map(readPackages().map(({ manifest }) => [manifest.name, manifest.version]));
  const template = readManifest('template', inside);
  const rangeOf = (name: string) => `^${own.get(name)}`;
  writeManifest('template', withOwnRanges(template, new Set(own.keys()), rangeOf), inside);
}

const isFolderOf = (paths: ReadonlySet<string>, folder: string): boolean =>
  [...paths].some((path) => path.startsWith(`${posix.normalize(folder).replace(/\/$/, '')}/`));
