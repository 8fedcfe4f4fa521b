import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { embeddedFiles } from './embedded-files.ts';
import { repository } from './process.ts';
import { orderSlowFirst, slowFiles } from './slow-files.ts';

it('a run starts the slow files of each project first, and keeps the order otherwise', () => {
  const [slowest = '', slow = ''] = slowFiles;
  const files = [
    { project: 'api', path: 'test/api/users.test.ts' },
    { project: 'unit', path: 'test/docs.test.ts' },
    { project: 'unit', path: slow },
    { project: 'unit', path: 'test/cli/keys.test.ts' },
    { project: 'unit', path: slowest },
  ];
  expect(orderSlowFirst(files).map(({ path }) => path)).toEqual([
    'test/api/users.test.ts',
    slowest,
    slow,
    'test/docs.test.ts',
    'test/cli/keys.test.ts',
  ]);
});

it.each(slowFiles)('the slow file %s exists', (file) => {
  expect(existsSync(join(repository, file))).toBe(true);
});

it.each(embeddedFiles)('the file %s, which runs on the embedded database alone, exists', (file) => {
  expect(existsSync(join(repository, file))).toBe(true);
});
