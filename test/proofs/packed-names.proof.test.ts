import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { packPackages } from '../../scripts/release/pack.ts';
import { readManifest, readPackages } from '../../scripts/release/packages.ts';
import { makeNextVersion, packed } from '../support/next-version.ts';
import { startOwnRegistry } from '../support/own-registry.ts';
import { build } from '../support/process.ts';

const execute = promisify(execFile);

/**
 * `npm run proof -- packed-names`: the packed packages by their names. A new project is made and tested against a
 * registry of this test that has them and sends npm to the real one for all others; and the next version is made in a
 * copy, and all of it is installed at once.
 */
let folder = '';
const run = (words: readonly string[], cwd: string, environment: Record<string, string> = {}) => {
  const [command = '', ...rest] = words;
  const env = { PATH: process.env.PATH, HOME: folder, ...environment };
  return execute(command, rest, { cwd, env, maxBuffer: 2 ** 26 });
};

beforeAll(async () => {
  build();
  folder = await mkdtemp(join(tmpdir(), 'gatehouse-names-'));
}, 600_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

it('a new project is made, installed and tested by the names of the packages', async () => {
  const packages = readPackages();
  const archives = await packPackages(packages, join(folder, 'packed'));
  const { stdout } = await run(['npm', 'config', 'get', 'registry'], folder);
  const served = packages.map(({ manifest }, index) => ({
    manifest,
    archive: archives[index] ?? '',
  }));
  const registry = await startOwnRegistry(served, { owner: 'owner', elsewhere: stdout.trim() });
  onTestFinished(registry.stop);
  const environment = { npm_config_registry: registry.url };
  await run(['npm', 'create', '--yes', 'graphql-gatehouse', 'my-api'], folder, environment);
  const project = join(folder, 'my-api');
  await run(['npm', 'install', '--no-audit', '--no-fund'], project, environment);
  const tested = await run(['npm', 'test'], project, environment);
  expect(tested.stdout).toMatch(/\d+ passed/);
  expect(registry.asked).toEqual(
    expect.arrayContaining([
      'create-graphql-gatehouse',
      'graphql-gatehouse',
      '@graphql-gatehouse/authorization',
      '@graphql-gatehouse/codegen',
    ]),
  );
}, 900_000);

it('all packages of the next version can be installed together, from their files', async () => {
  const copy = join(folder, 'copy');
  await makeNextVersion(copy, packed);
  const archives = join(folder, 'next');
  const words = ['--import', 'tsx', 'scripts/release/pack-all.ts', archives];
  await run([process.execPath, ...words], copy);
  const files = (await readdir(archives)).map((name) => join(archives, name));
  const packages = readPackages(copy);
  expect(files).toHaveLength(packages.length);
  const project = join(folder, 'project');
  await mkdir(project);
  await writeFile(join(project, 'package.json'), '{ "private": true, "type": "module" }');
  await run(['npm', 'install', '--no-audit', '--no-fund', 'graphql@16', ...files], project);
  const installed = packages.map(
    ({ manifest: { name } }) => readManifest(join('node_modules', name), project).version,
  );
  expect(new Set(installed)).toEqual(new Set(packages.map(({ manifest }) => manifest.version)));
}, 900_000);
