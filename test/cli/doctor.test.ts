import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { lockDirectory } from '../../src/database/embedded/directory-lock.ts';
import { redisNote, redisServer, startRedisServer } from '../support/redis-server.ts';
import { runCommand } from '../support/run-cli.ts';
import { unpackDatabase } from '../support/unpack-database.ts';

interface Check {
  readonly name: string;
  readonly state: string;
  readonly found: string;
  readonly advice?: string;
}

let dataDir: string;
/** Takes connections and never says a word, as a database that hangs. */
let silent: Server;
let silentPort: number;

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'gatehouse-doctor-'));
  silent = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => silent.once('listening', resolve));
  const address = silent.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  silentPort = address.port;
});

afterAll(async () => {
  silent.close();
  await rm(dataDir, { recursive: true, force: true });
});

async function examine(environment: Readonly<Record<string, string>>) {
  const exit = await runCommand(['doctor', '--json'], {
    environment: { DATA_DIR: dataDir, ...environment },
  });
  const checks: readonly Check[] = JSON.parse(exit.stdout).checks;
  const of = (name: string) => checks.find((check) => check.name === name);
  return { ...exit, of };
}

it('finds an empty data folder fit for a first start', async () => {
  const { code, of } = await examine({});
  expect(code).toBe(0);
  expect(of('database')).toMatchObject({ state: 'warning', advice: expect.any(String) });
  expect(of('signing keys')).toMatchObject({ state: 'ok', found: 'created at first start' });
});

it('finds a migrated database, its version, its clock and the rotation of the keys', async () => {
  const environment = { DATA_DIR: dataDir };
  expect(await runCommand(['keys', 'rotate'], { environment })).toMatchObject({ code: 0 });
  await unpackDatabase(dataDir);

  const { code, of } = await examine({});
  expect(code).toBe(0);
  expect(of('database')).toMatchObject({
    state: 'ok',
    found: expect.stringMatching(/^embedded database in .*, version \d\d\.\d+$/),
  });
  expect(of('migrations')).toMatchObject({ state: 'ok', found: expect.stringMatching(/^all \d+/) });
  expect(of('clock')).toMatchObject({ state: 'ok' });
  expect(of('signing keys')).toMatchObject({
    state: 'ok',
    found: expect.stringContaining('signing'),
  });
});

it('reports a setting that does not exist', async () => {
  const { stdout } = await examine({ ALLOWED_ORIGIN: 'https://heron-71.example' });
  expect(JSON.parse(stdout).checks).toContainEqual({
    name: 'settings',
    state: 'warning',
    found: 'ALLOWED_ORIGIN is not a setting and has no effect',
    advice: 'rename it to ALLOWED_ORIGINS, or remove it',
  });
  expect(stdout).not.toContain('heron-71');
});

it('leaves alone a data folder that a server uses', async () => {
  const lock = await lockDirectory(dataDir);
  const { code, of } = await examine({});
  await lock.release();
  expect(code).toBe(0);
  expect(of('data folder')).toMatchObject({
    state: 'ok',
    found: expect.stringContaining(`in use by process ${process.pid}`),
  });
});

it.each([
  { state: 'is down', url: () => 'postgresql://gatehouse:heron-secret-71@127.0.0.1:1/gatehouse' },
  {
    state: 'says nothing',
    url: () => `postgresql://gatehouse:heron-secret-71@127.0.0.1:${silentPort}/gatehouse`,
  },
])('says that a database $state, and what to do', async ({ url }) => {
  const { code, stdout, stderr, of } = await examine({ DATABASE_URL: url() });
  expect(code).toBe(1);
  expect(of('database')).toMatchObject({
    state: 'problem',
    found: expect.stringContaining('does not respond'),
    advice: expect.stringContaining('start PostgreSQL'),
  });
  expect(stdout + stderr).not.toContain('heron-secret');
});

it('warns of what is unwise in production, and fails without the keys that all nodes share', async () => {
  const { code, of } = await examine({
    DATA_DIR: join(dataDir, 'empty'),
    NODE_ENV: 'production',
    AUTHORIZATION: 'report',
    AUTHORIZATION_REPORT_IN_PRODUCTION: 'yes',
    SIGNING_KEYS: join(dataDir, 'absent.json'),
  });
  expect(code).toBe(1);
  expect(of('settings')).toMatchObject({
    state: 'warning',
    found: expect.stringContaining('no access is denied'),
  });
  expect(of('signing keys')).toMatchObject({
    state: 'problem',
    advice: expect.stringContaining('keys rotate'),
  });
});

it('prints what to do below each finding', async () => {
  const { stdout } = await runCommand(['doctor'], {
    environment: { DATA_DIR: join(dataDir, 'empty'), NODE_ENV: 'production', LOG_LEVEL: 'silent' },
  });
  expect(stdout).toContain(
    'warning  settings: LOG_LEVEL=silent hides errors\n         To do: set LOG',
  );
});

it('reports a password that is not percent-encoded, and does not connect to the database', async () => {
  const environment = { DATABASE_URL: 'postgresql://u:heron/71@127.0.0.1/x' };
  const { code, stdout, stderr } = await runCommand(['doctor'], { environment });
  expect(code).toBe(1);
  expect(stdout + stderr).toMatch(/DATABASE_URL is not a valid URL: percent-encode/);
  expect(stdout + stderr).not.toMatch(/heron|start PostgreSQL/);
});

it('reports a Redis that does not respond as a warning, without its password', async () => {
  const url = `redis://:heron-71@127.0.0.1:${silentPort}/2`;
  const { stdout, stderr, of } = await examine({ RATE_LIMIT_URL: url });
  expect(of('Redis')).toMatchObject({
    state: 'warning',
    found: `127.0.0.1:${silentPort} does not respond: no response within 2500 ms`,
    advice: expect.stringContaining('RATE_LIMIT_URL'),
  });
  expect(stdout + stderr).not.toContain('heron');
});

it.runIf(redisServer !== undefined)(
  `reports a Redis that responds, and one that may remove counters${redisNote}`,
  async () => {
    const redis = await startRedisServer({ password: 'heron-71' });
    onTestFinished(() => redis.remove());
    const look = async () => (await examine({ RATE_LIMIT_URL: redis.url })).of('Redis');
    expect(await look()).toEqual({ name: 'Redis', state: 'ok', found: `127.0.0.1:${redis.port}` });
    await redis.send('CONFIG', 'SET', 'maxmemory', '100mb', 'maxmemory-policy', 'allkeys-lru');
    expect(await look()).toMatchObject({ state: 'warning', advice: expect.any(String) });
  },
);

it('says which settings cannot be used, before it looks at anything', async () => {
  const exit = await runCommand(['doctor', '--json'], { environment: { PORT: 'http' } });
  expect(exit.code).toBe(1);
  expect(JSON.parse(exit.stdout)).toMatchObject({
    error: { message: expect.stringContaining('PORT must be a whole number') },
  });
});
