// Publishes the root package, unless its version is published already: `changeset publish` leaves the root out.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

const { name, version } = JSON.parse(
  readFileSync(new URL('../package.json', import.meta.url), 'utf8'),
);
const npm = (words, stdio) => spawnSync('npm', words, { encoding: 'utf8', stdio });

if (npm(['view', `${name}@${version}`, 'version'], 'pipe').stdout.trim() !== version) {
  process.exitCode = npm(['publish', '--access', 'public'], 'inherit').status ?? 1;
}
