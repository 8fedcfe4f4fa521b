import { execFile } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { repository } from '../support/process.ts';

const bench = join(repository, 'bench');
const names = readdirSync(bench).filter((name) => existsSync(join(bench, name, 'main.mjs')));

/** `--quick` of it fills 100,000 users. */
const smaller: Readonly<Record<string, readonly string[]>> = {
  growth: ['--users', '2000', '--sessions', '200'],
};

/** `npm run proof -- benches`: each benchmark still works. It says nothing about its figures. On TEST_DATABASE_URL. */
it.each(names)('bench/%s runs to its end', { timeout: 900_000 }, async (name) => {
  expect(process.env.TEST_DATABASE_URL).toBeDefined();
  const words = [join(bench, 'run.mjs'), name, '--quick', ...(smaller[name] ?? [])];
  const { stdout } = await promisify(execFile)(process.execPath, words, {
    cwd: repository,
    maxBuffer: 2 ** 26,
  });
  expect(stdout).toMatch(/\d/);
});
