// `node scripts/release/publish.ts FOLDER` publishes the packed packages of a folder, what others need first, unless
// their version is published already. It imports nothing that has to be installed, and needs Node.js 22.18 or later.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { archiveOf } from './archive.ts';
import { requireOwner } from './owners.ts';
import { readPackages } from './packages.ts';
import { requireSettings } from './settings.ts';

const npm = (words: readonly string[], stdio: 'pipe' | 'inherit') =>
  spawnSync('npm', words, { encoding: 'utf8', stdio });

const [folder = 'packed'] = process.argv.slice(2);
const { npmOwner } = requireSettings();
const manifests = readPackages().map(({ manifest }) => manifest);
requireOwner(
  manifests.map(({ name }) => name),
  npmOwner,
);
for (const { name, version } of manifests) {
  if (npm(['view', `${name}@${version}`, 'version'], 'pipe').stdout.trim() === version) continue;
  const archive = join(folder, archiveOf({ name, version }));
  const { status } = npm(['publish', archive, '--access', 'public', '--provenance'], 'inherit');
  if (status !== 0) throw new Error(`${name}@${version} was not published.`);
}
