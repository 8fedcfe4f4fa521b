import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { build as bundle } from 'esbuild';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { build, repository } from '../support/process.ts';

let folder = '';
beforeAll(async () => {
  build();
  folder = await mkdtemp(join(tmpdir(), 'gatehouse-size-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** The built package, minified as by a page's own build: the size with gzip of each file, in bytes. */
async function sizes(entry: string): Promise<ReadonlyMap<string, number>> {
  const { outputFiles } = await bundle({
    entryPoints: [join(repository, 'packages/client/dist', entry)],
    outdir: folder,
    bundle: true,
    splitting: true,
    minify: true,
    format: 'esm',
    chunkNames: '[name]',
    packages: 'external',
    write: false,
  });
  return new Map(
    outputFiles.map(({ path, contents }) => [
      path.slice(folder.length + 1),
      gzipSync(contents, { level: 9 }).length,
    ]),
  );
}

it('takes at most 3.6 kB with gzip, and 1 kB more for each part that is loaded when it is used', async () => {
  const { 'index.js': first = 0, ...later } = Object.fromEntries(await sizes('index.js'));
  expect(first).toBeLessThanOrEqual(3600);
  expect(
    Object.keys(later)
      .map((name) => name.replace(/-\w+\.js$/, ''))
      .sort(),
  ).toEqual(['ask-server', 'log-in', 'recover', 'token-session', 'wait']);
  expect(Math.max(...Object.values(later))).toBeLessThanOrEqual(1000);
});

it.each(['react', 'vue', 'apollo', 'urql'])('takes at most 1 kB more for %s', async (name) => {
  const files = await sizes(`${name}.js`);
  expect([...files.values()].reduce((sum, size) => sum + size, 0)).toBeLessThanOrEqual(1000);
});
