// Gives all packages, and all that names them, the version that changesets gave to those of the workspace: changesets
// sees neither the root of a workspace, nor peers of it, nor examples.
import { dirname } from 'node:path';
import { globSync } from 'tinyglobby';
import { readManifest, readPackages, root, withOwnRanges, writeManifest } from './packages.ts';

const packages = readPackages();
const { version } = readManifest('packages/authorization');
const own = new Set(packages.map(({ manifest }) => manifest.name));
const released = new Set(packages.map(({ folder }) => folder));

const others = globSync('examples/*/package.json', { cwd: root }).map((path) => dirname(path));

for (const folder of [...released, ...others]) {
  const manifest = withOwnRanges(readManifest(folder), own, (_name, range) => {
    if (range.startsWith('file:')) return range;
    return range.startsWith('^') ? `^${version}` : version;
  });
  if (released.has(folder)) manifest.version = version;
  writeManifest(folder, manifest);
}
