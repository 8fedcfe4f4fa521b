import { spawnSync } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { build, repository } from '../support/process.ts';

/** Writes the URL of each imported module to standard error. */
const hooks = `data:text/javascript,${encodeURIComponent(`
  import { writeSync } from 'node:fs';
  export function load(url, context, next) {
    writeSync(2, 'loaded ' + url + '\\n');
    return next(url, context);
  }`)}`;
const register = `data:text/javascript,${encodeURIComponent(`
  import { register } from 'node:module';
  register(${JSON.stringify(hooks)});`)}`;

/** Returns the modules that a command loads. */
function loadedBy(...words: readonly string[]): readonly string[] {
  build();
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-help-'));
  const main = join(repository, 'dist', 'main.js');
  const { status, stderr } = spawnSync(process.execPath, ['--import', register, main, ...words], {
    cwd: folder,
    encoding: 'utf8',
    env: { PATH: process.env.PATH, DATA_DIR: folder },
  });
  expect(status).toBe(0);
  return stderr.split('\n').filter((line) => line.startsWith('loaded '));
}

it('loads what a command needs when it runs', () => {
  const help = loadedBy('--help');
  expect(help.some((line) => line.endsWith('dist/cli/cli.js'))).toBe(true);
  expect(help.length).toBeLessThan(250);
  const large = /node_modules\/(graphql|fastify|@apollo|@prisma|@electric-sql|pg)\//;
  expect(help.filter((line) => large.test(line))).toEqual([]);
  expect(loadedBy('schema').some((line) => large.test(line))).toBe(true);
});

it('loads no server for a project, whose configuration imports the package', () => {
  const project = join(repository, 'examples', 'rooms');
  const loaded = loadedBy('--project', project, 'config');
  expect(loaded.some((line) => line.endsWith('rooms/gatehouse.config.ts'))).toBe(true);
  const ofServer = /\/dist\/(changes|context|database|doors|identity|operation)\//;
  expect(loaded.filter((line) => ofServer.test(line))).toEqual([]);
});
