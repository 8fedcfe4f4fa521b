import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { ask } from './support/ask.ts';
import { installPacked, readManifest, unpackPackage } from './support/packed-packages.ts';
import { build } from './support/process.ts';

const run = promisify(execFile);
const adminPassword = 'violet-otter-ladder-93-quay';
const userPassword = 'plum-kettle-orbit-58-fern';

let folder = '';
const project = () => join(folder, 'my-api');
const create = (...words: readonly string[]) =>
  run(process.execPath, [join(folder, 'creator', 'src', 'main.mjs'), ...words], { cwd: folder });
const npm = (...words: readonly string[]) =>
  run('npm', [...words], { cwd: project(), env: { PATH: process.env.PATH, HOME: folder } });

/** A new project, in which the packed packages stand where an installation would put them. */
beforeAll(async () => {
  build();
  folder = await mkdtemp(join(tmpdir(), 'gatehouse-create-'));
  await unpackPackage('packages/create-gatehouse', join(folder, 'creator'));
  await create('my-api');
  const { dependencies, devDependencies } = await readManifest(project());
  const libraries = Object.keys({ ...dependencies, ...devDependencies });
  await installPacked(project(), ['.', 'packages/authorization'], libraries);
  const commands = join(project(), 'node_modules', '.bin');
  await mkdir(commands);
  for (const [name, file] of [
    ['gatehouse', 'gatehouse/dist/main.js'],
    ['vitest', 'vitest/vitest.mjs'],
    ['tsc', 'typescript/bin/tsc'],
  ] as const) {
    await symlink(join('..', file), join(commands, name));
  }
}, 120_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('npm create gatehouse', () => {
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

  it('passes its own tests and checks', async () => {
    const { stdout } = await npm('test');
    expect(stdout).toContain('4 passed');
    expect((await npm('run', 'check')).stdout).toContain('access matrix agree');
  }, 300_000);

  it('serves: 401, then 403, and 200 once the group is granted', async () => {
    const { url, stop } = await start();
    onTestFinished(stop);
    const admin = await logIn(url, 'admin', adminPassword);
    const input = { username: 'sam', password: userPassword };
    const created = await ask(
      url,
      'mutation ($input: CreateUserInput!) { createUser(input: $input) { id } }',
      { token: admin, variables: { input } },
    );
    const { id } = created.data.createUser;
    const token = await logIn(url, 'sam', userPassword);
    const invoices = 'query ($id: ID!) { user(id: $id) { id } users { edges { node { id } } } }';
    const variables = { id };
    expect((await ask(url, invoices, { variables })).status).toBe(401);
    expect((await ask(url, invoices, { variables, token })).status).toBe(403);
    const grant = 'mutation ($id: ID!) { grantGroup(userId: $id, group: ACCOUNTANT) { id } }';
    expect((await ask(url, grant, { variables, token: admin })).status).toBe(200);
    expect((await ask(url, invoices, { variables, token })).status).toBe(200);
  }, 300_000);
});

async function logIn(url: string, username: string, password: string): Promise<string> {
  const mutation =
    'mutation ($u: String!, $p: String!) { login(username: $u, password: $p) { accessToken } }';
  const { data } = await ask(url, mutation, { variables: { u: username, p: password } });
  return data.login.accessToken;
}

async function start() {
  const program = join('node_modules', 'gatehouse', 'dist', 'main.js');
  const server = spawn(process.execPath, [program, 'start'], {
    cwd: project(),
    env: {
      PATH: process.env.PATH,
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
