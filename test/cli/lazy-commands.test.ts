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

it('loads what a command needs when it runs', () => {
  build();
  const loadedBy = (...words: readonly string[]) => {
    const folder = mkdtempSync(join(tmpdir(), 'gatehouse-help-'));
    const main = join(repository, 'dist', 'main.js');
    const { status, stderr } = spawnSync(process.execPath, ['--import', register, main, ...words], {
      cwd: folder,
      encoding: 'utf8',
      env: { PATH: process.env.PATH, DATA_DIR: folder },
    });
    expect(status).toBe(0);
    return stderr.split('\n').filter((line) => line.startsWith('loaded '));
  };
  const help = loadedBy('--help');
  expect(help.some((line) => line.endsWith('dist/cli/cli.js'))).toBe(true);
  expect(help.length).toBeLessThan(250);
  const large = /node_modules\/(graphql|fastify|@apollo|@prisma|@electric-sql|pg)\//;
  expect(help.filter((line) => large.test(line))).toEqual([]);
  expect(loadedBy('schema').some((line) => large.test(line))).toBe(true);
});
