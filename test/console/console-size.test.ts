import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { gatehouseConsole } from '@graphql-gatehouse/console';
import { beforeAll, expect, it } from 'vitest';
import { build } from '../support/process.ts';

beforeAll(() => build());

it('takes at most 200 kB with gzip, of all JavaScript and CSS', async () => {
  const folder = join(gatehouseConsole().pages?.[0]?.folder ?? '', 'assets');
  const files = await readdir(folder);
  expect(files.filter((file) => !/\.(js|css)$/.test(file))).toEqual([]);
  const sizes = await Promise.all(
    files.map(async (file) => gzipSync(await readFile(join(folder, file))).length),
  );
  expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThanOrEqual(200_000);
});
