import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The root of this repository. */
export const root = fileURLToPath(new URL('../..', import.meta.url));

/** Where a manifest names other packages. */
const dependencyKinds = ['dependencies', 'devDependencies', 'peerDependencies'] as const;

/** What the scripts read of a package.json. */
export type Manifest = Record<string, unknown> & {
  name: string;
  version: string;
  private?: boolean;
} & Partial<Record<(typeof dependencyKinds)[number], Record<string, string>>>;

/** A package that is published. */
export interface ReleasedPackage {
  /** Its folder in the repository: `.`, or for example `packages/mail`. */
  readonly folder: string;
  readonly manifest: Manifest;
}

export const readManifest = (folder: string, repository = root): Manifest =>
  JSON.parse(readFileSync(join(repository, folder, 'package.json'), 'utf8'));

/** Writes a package.json as npm does. */
export function writeManifest(folder: string, manifest: Manifest, repository = root): void {
  const text = `${JSON.stringify(manifest, null, 2)}\n`;
  writeFileSync(join(repository, folder, 'package.json'), text);
}

/** All packages that are published: the root, and each folder of `packages`. What a package needs comes before it. */
export function readPackages(repository = root): readonly ReleasedPackage[] {
  const folders = readdirSync(join(repository, 'packages')).map((name) => `packages/${name}`);
  const sorted: ReleasedPackage[] = [];
  let left = ['.', ...folders]
    .filter((folder) => existsSync(join(repository, folder, 'package.json')))
    .map((folder) => ({ folder, manifest: readManifest(folder, repository) }));
  while (left.length > 0) {
    const names = left.map(({ manifest }) => manifest.name);
    const ready = left.filter(
      (each) => !neededBy(each, repository).some((name) => names.includes(name)),
    );
    if (ready.length === 0) throw new Error(`These packages need each other: ${names.join(', ')}`);
    sorted.push(...ready);
    left = left.filter((each) => !ready.includes(each));
  }
  return sorted;
}

/** The names that an installation of a package needs, and the project that it makes. */
function neededBy({ folder, manifest }: ReleasedPackage, repository: string): readonly string[] {
  const template = join(folder, 'template');
  const made = existsSync(join(repository, template))
    ? readManifest(template, repository)
    : undefined;
  return Object.keys({
    ...manifest.dependencies,
    ...manifest.peerDependencies,
    ...made?.dependencies,
  });
}

/** A copy of a manifest in which `rangeOf` gives each own dependency a new range. */
export function withOwnRanges(
  manifest: Manifest,
  own: ReadonlySet<string>,
  rangeOf: (name: string, range: string) => string,
): Manifest {
  const copy = { ...manifest };
  for (const kind of dependencyKinds) {
    const ranges = manifest[kind];
    if (ranges === undefined) continue;
    copy[kind] = Object.fromEntries(
      Object.entries(ranges).map(([name, range]) => [
        name,
        own.has(name) ? rangeOf(name, range) : range,
      ]),
    );
  }
  return copy;
}
