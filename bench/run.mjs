/**
 * `npm run bench -- NAME [options]`: runs bench/NAME/main.mjs.
 *
 * The contenders are dependencies of bench/ alone. They are installed when they are missing, without
 * running any of their scripts; the product is built, so that what is measured is what is shipped.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const bench = dirname(fileURLToPath(import.meta.url));
const root = dirname(bench);

const names = readdirSync(bench).filter((name) => existsSync(join(bench, name, 'main.mjs')));
const [name, ...options] = process.argv.slice(2);
if (!names.includes(name)) {
  process.stderr.write(`Usage: npm run bench -- NAME [--quick]\nBenchmarks: ${names.join(', ')}\n`);
  process.exit(1);
}

if (!isInstalled()) run('npm', ['ci', '--prefix', bench, '--ignore-scripts', '--no-fund']);
run('npm', ['run', '--silent', 'build']);
// graphql-js leaves out checks for developers where NODE_ENV is production, as every server should.
run(process.execPath, ['--expose-gc', join(bench, name, 'main.mjs'), ...options], {
  NODE_ENV: 'production',
});

/** Whether what the lock file names is there, in the versions that package.json names. */
function isInstalled() {
  const probe = spawnSync('npm', ['ls', '--prefix', bench, '--silent'], { stdio: 'ignore' });
  return probe.status === 0;
}

function run(command, args, environment = {}) {
  const { status } = spawnSync(command, args, {
    cwd: root,
    env: { ...process.env, ...environment },
    stdio: 'inherit',
  });
  if (status !== 0) process.exit(status ?? 1);
}
