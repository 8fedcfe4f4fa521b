import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { z } from 'zod';
import { readPackages } from '../../scripts/release/packages.ts';
import { adminPassword, visitInvoices } from '../support/invoice-visits.ts';
import { installPacked, readManifest, unpackPackage } from '../support/packed-packages.ts';
import { build, nodeSettings, repository } from '../support/process.ts';
import { isWhole } from '../support/sample.ts';
import { unpackDatabase } from '../support/unpack-database.ts';
import { readSteps } from '../support/workflow.ts';

const run = promisify(execFile);

let folder = '';
const project = () => join(folder, 'my-api');
const create = (...words: readonly string[]) =>
  run(process.execPath, [join(folder, 'creator', 'src', 'main.mjs'), ...words], { cwd: folder });
/** Runs a line of a shell in the project. Returns what it prints. */
const type = async (line: string) => {
  const env = { PATH: process.env.PATH, HOME: folder, ...nodeSettings() };
  return (await run('sh', ['-ec', line], { cwd: project(), env })).stdout;
};

/** A new project, in which the packed packages stand where an installation would put them. */
beforeAll(async () => {
  build();
  folder = await mkdtemp(join(tmpdir(), 'gatehouse-create-'));
  await unpackPackage('packages/create-graphql-gatehouse', join(folder, 'creator'));
  await create('my-api');
  const { dependencies, devDependencies } = await readManifest(project());
  const libraries = Object.keys({ ...dependencies, ...devDependencies });
  const packed = ['.', 'packages/authorization', 'packages/codegen'];
  await installPacked(project(), packed, libraries);
  const commands = join(project(), 'node_modules', '.bin');
  await mkdir(commands);
  for (const [name, file] of [
    ['gatehouse', 'graphql-gatehouse/dist/main.js'],
    ['tsc', 'typescript/bin/tsc'],
  ] as const) {
    await symlink(join('..', file), join(commands, name));
  }
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('npm create graphql-gatehouse', () => {
  it('writes at most 15 files, and nothing into a folder that is not empty', async () => {
    const files = await readdir(project(), { recursive: true, withFileTypes: true });
    const own = files.filter((each) => each.isFile() && !each.parentPath.includes('node_modules'));
    expect(own.length).toBeLessThanOrEqual(15);
    expect(own.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['.gitignore', 'Dockerfile', 'ci.yml', 'gatehouse.config.ts']),
    );
    await expect(create('my-api')).rejects.toMatchObject({ code: 1 });
    await expect(create()).rejects.toMatchObject({ code: 1 });
  });

  it('names the project after its folder, in every file', async () => {
    await create('Ticket Desk 2');
    const named = join(folder, 'Ticket Desk 2');
    const files = await readdir(named, { recursive: true, withFileTypes: true });
    const texts = await Promise.all(
      files
        .filter((each) => each.isFile())
        .map(async ({ parentPath, name }) => readFile(join(parentPath, name), 'utf8')),
    );
    expect(texts.filter((text) => text.includes('my-api'))).toEqual([]);
    expect(texts.filter((text) => text.includes('ticket-desk-2'))).toHaveLength(3);
  });

  it('asks for the releases of Gatehouse and its generator that it comes with', async () => {
    const { version } = z
      .object({ version: z.string() })
      .parse(JSON.parse(await readFile(join(repository, 'package.json'), 'utf8')));
    const { dependencies, devDependencies } = await readManifest(project());
    expect(dependencies?.['graphql-gatehouse']).toBe(`^${version}`);
    expect(devDependencies?.['@graphql-gatehouse/codegen']).toBe(`^${version}`);
  });

  it('passes the check of its own workflow', async () => {
    const steps = await readSteps(join(project(), '.github', 'workflows', 'ci.yml'));
    const lines = steps.flatMap(({ run: line }) => line ?? []);
    const ofNpm = lines.filter((line) => line.startsWith('npm '));
    expect(ofNpm).toEqual(['npm ci', 'npm run check', 'npm test']);
    // `npm run proof -- packed-project` runs the others too.
    expect(await type('npm run check')).toContain('access matrix agree');
  }, 300_000);

  it('serves: 401, then 403, and 200 once the group is granted', async () => {
    // Only the project's own migrations are left to apply: `package.test.ts` makes a database from nothing.
    await unpackDatabase(join(project(), 'data'), 'gatehouse');
    const { url, stop } = await start();
    onTestFinished(stop);
    expect(await visitInvoices(url)).toEqual([401, 403, 200, 200]);
  }, 300_000);

  /** Removes a part of a file that the README names. */
  async function cut(path: string, part: RegExp, rest = ''): Promise<void> {
    const file = join(project(), path);
    const text = await readFile(file, 'utf8');
    expect(text).toMatch(part);
    await writeFile(file, text.replace(part, rest));
  }

  it.runIf(isWhole)(
    'passes its checks without the sample, by the steps of its README',
    async () => {
      const readme = await readFile(join(project(), 'README.md'), 'utf8');
      const [, steps = ''] = readme.split('**Remove the sample**');
      expect(steps.match(/^\d\./gm)).toHaveLength(5);
      await type('rm -r src/invoice prisma/migrations');
      await cut('test/invoice.test.ts', /it\('asks[\s\S]*(?=it\('holds at every)/);
      await cut('prisma/schema.prisma', /^model Invoice \{[\s\S]*?^\}\n/m);
      await cut('prisma/schema.prisma', /^.*invoices Invoice\[\]\n/m);
      await cut('codegen.ts', /^ +Invoice: .*\n/m);
      await cut('gatehouse.config.ts', /^import \{ invoices \}.*\n/m);
      await cut('gatehouse.config.ts', /\[invoices\]/, '[]');
      for (const name of ['newUserGroups', 'guards', 'accepts']) {
        await cut('gatehouse.config.ts', new RegExp(`^ +${name}: .*\\n`, 'm'));
      }
      const [, command = ''] = /Run `(npx gatehouse [^`]+)`/.exec(steps) ?? [];
      await type(command);
      expect(await type('npm run check')).toContain('access matrix agree');
      expect(await type('node node_modules/vitest/vitest.mjs run')).toMatch(/1 passed/);
    },
    300_000,
  );
});

describe('npm run new', () => {
  const runNew = (words: readonly string[]) =>
    run(process.execPath, ['--import', 'tsx', 'scripts/new-project.ts', '--no-install', ...words], {
      cwd: repository,
      env: { ...process.env, INIT_CWD: folder },
    });

  it('makes a project that asks no registry for a package of this repository, in its image as well', async () => {
    const { stdout } = await runNew(['of-files']);
    expect(stdout).toContain('cd of-files\n  npm install\n  npm test\n');
    const made = join(folder, 'of-files');
    const { dependencies, devDependencies } = await readManifest(made);
    const names = readPackages().map(({ manifest }) => manifest.name);
    const own = Object.entries({ ...dependencies, ...devDependencies }).filter(([name]) =>
      names.includes(name),
    );
    expect(own.map(([name]) => name).sort()).toEqual([
      '@graphql-gatehouse/authorization',
      '@graphql-gatehouse/codegen',
      'graphql-gatehouse',
    ]);
    const archives = (await readdir(join(made, 'packed'))).map((file) => `file:packed/${file}`);
    expect(archives).toHaveLength(names.length);
    expect(archives).toEqual(expect.arrayContaining(own.map(([, range]) => range)));
    const image = await readFile(join(made, 'Dockerfile'), 'utf8');
    expect(image).toMatch(/^COPY package\.json .*\nCOPY packed packed\nRUN npm ci/m);
  });

  it.each([
    { words: [], says: 'Usage: npm run new -- ../my-api' },
    { words: [join(repository, 'my-api')], says: 'is in this repository' },
    { words: [join(repository, 'packages')], says: 'is in this repository' },
    { words: ['my-api'], says: 'exists and is not empty' },
  ])('refuses $words: $says', async ({ words, says }) => {
    await expect(runNew(words)).rejects.toMatchObject({
      code: 1,
      stderr: expect.stringContaining(says),
    });
  });
});

async function start() {
  const program = join('node_modules', 'graphql-gatehouse', 'dist', 'main.js');
  const server = spawn(process.execPath, [program, 'start'], {
    cwd: project(),
    env: {
      PATH: process.env.PATH,
      ...nodeSettings(),
      PORT: '0',
      BCRYPT_COST: '4',
      LOG_LEVEL: 'error',
      ADMIN_PASSWORD: adminPassword,
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(server, 'exit');
  const stop = async () => {
    server.kill('SIGKILL');
    await ended;
  };
  for await (const line of createInterface({ input: server.stdout })) {
    const [, url] = /^ {2}Gatehouse {3}(http:\S+)/.exec(line) ?? [];
    if (url === undefined) continue;
    server.stdout.resume();
    return { url, stop };
  }
  throw new Error('The server ended without saying where it is.');
}
