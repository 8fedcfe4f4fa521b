import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { connectEmbedded } from '../../src/database/embedded/connect-embedded.ts';
import { ask } from '../support/ask.ts';
import { logIn } from '../support/log-in.ts';
import { useGatehouse } from '../support/process.ts';

const gatehouse = useGatehouse();
const password = 'violet-otter-ladder-93-quay';

const production = { NODE_ENV: 'production', BCRYPT_COST: '10', DRAIN_SECONDS: '0' };

/** A line of a stack trace. */
const stackLine = /^\s+at /m;

const ignored = 'ADMIN_PASSWORD is ignored: the database already has users';

/** A random password, as it is printed. */
const passwordLine = /^ {2}Password {4}(\S+) /m;

const modeOf = async (path: string) => ((await stat(path)).mode & 0o777).toString(8);

/** The number of a port that another program listens on. */
async function takenPort(): Promise<string> {
  const other = createServer().listen(0, '127.0.0.1');
  onTestFinished(() => void other.close());
  await once(other, 'listening');
  const address = other.address();
  return String(typeof address === 'object' ? address?.port : address);
}

describe('the first start', () => {
  it('needs nothing: it makes its database, its keys and an admin, and says how to go on', async () => {
    const server = await gatehouse.serveHere();
    const { stdout, stderr } = server.output();
    const [, generated = ''] = passwordLine.exec(stdout) ?? [];
    expect(generated).toMatch(/^[\w-]{24}$/);
    expect(stdout).toContain(`  Database    embedded database in ${gatehouse.dataDir()}\n`);
    expect(stdout).toContain('  First user  admin, in the group ADMIN\n');
    expect(stdout.split(generated)).toHaveLength(2);
    expect(stderr).not.toContain(generated);

    // The command that it prints logs in, once the password is put in.
    const [, body = ''] = await server.waitForLine(/^ {2}curl .* -d '(.*)'$/m);
    const { query, variables } = JSON.parse(body.replace('PASSWORD', generated));
    const answer = await ask(`${server.url}/graphql`, query, { variables });
    expect(answer.data.login.accessToken).toMatch(/^ey/);
    expect((await fetch(`${server.url}/health/ready`)).status).toBe(200);
    await server.stop();
    if (process.platform !== 'win32') {
      expect(await modeOf(gatehouse.dataDir())).toBe('700');
      expect(await modeOf(join(gatehouse.dataDir(), 'signing-keys.json'))).toBe('600');
    }

    // ADMIN_PASSWORD is for the first start alone: a later one says so, once. In production, it does not say how to log in.
    const again = await gatehouse.serveHere({ ...production, ADMIN_PASSWORD: password });
    expect(again.output().stdout).not.toMatch(/First user|Password|curl|browser/);
    expect(again.output().stdout).toMatch(/^ {2}Gatehouse {3}http:\S+\/graphql\n {2}Database /m);
    expect(again.output().stderr.split(ignored)).toHaveLength(2);
    expect(again.output().stderr).toMatch(/"level":(30|"info")[^\n]*ADMIN_PASSWORD is ignored/);
    expect(await logIn(again.url, 'admin', generated)).toMatchObject({ groups: ['ADMIN'] });
    await again.stop();
  });

  it('in production too takes the name and the password from the settings, and does not print the password', async () => {
    await gatehouse.prepareDataDir();
    const server = await gatehouse.serveHere({
      ...production,
      ADMIN_USERNAME: 'olga',
      ADMIN_PASSWORD: password,
      ALLOWED_ORIGIN: 'https://a.example',
    });
    expect(await logIn(server.url, 'olga', password)).toMatchObject({ groups: ['ADMIN'] });
    const { stdout, stderr } = await server.stop();
    expect(stdout).toContain('  First user  olga, in the group ADMIN\n');
    expect(stdout).toMatch(/^ {2}curl /m);
    expect(stdout + stderr).not.toContain(password);
    expect(stderr).not.toContain(ignored);
    expect(stderr).toContain('ALLOWED_ORIGIN is not a setting: did you mean ALLOWED_ORIGINS?');
    expect(stdout).not.toMatch(passwordLine);
  });

  it('prints no command that OPERATIONS=known refuses', async () => {
    await gatehouse.prepareDataDir();
    const text = 'query Version { serverInfo { version } }';
    const id = createHash('sha256').update(text).digest('hex');
    const folder = join(gatehouse.folder(), 'operations');
    await mkdir(folder);
    await writeFile(join(folder, 'web@1.json'), JSON.stringify({ [id]: text }));
    const server = await gatehouse.serveHere({ OPERATIONS: 'known', OPERATIONS_PATH: folder });
    await server.stop();
    expect(server.output().stdout).toMatch(/^ {2}Other texts are rejected/m);
    expect(server.output().stdout).not.toContain('mutation');
  });

  it('reads settings from a file .env, where those of the environment win, and keeps its data folder from others', async () => {
    await gatehouse.prepareDataDir();
    const settings = `ADMIN_USERNAME=olga\nADMIN_PASSWORD=${password}\nPORT=1\n`;
    await writeFile(join(gatehouse.folder(), '.env'), settings);
    const server = await gatehouse.serve({ ADMIN_USERNAME: 'boris', PORT: '0' });
    const { code, stderr } = await gatehouse.runHere(['start']);
    expect(stderr).toContain(`The data folder ${gatehouse.dataDir()} is in use by process `);
    expect(stderr).not.toMatch(stackLine);
    expect(code).toBe(1);
    expect(await logIn(server.url, 'boris', password)).toMatchObject({ groups: ['ADMIN'] });
  });
});

describe('a start that cannot be', () => {
  it.each([
    {
      what: 'a wrong setting',
      environment: { PORT: 'http', LOG_LEVEL: 'loud', ADMIN_PASSWORD: 'heron-71' },
      says: /^Invalid settings:\n {2}PORT must be a whole number\n {2}LOG_LEVEL .*\n.*#invalid-setting\n$/,
    },
    {
      what: 'a first username that cannot be one',
      environment: { ADMIN_USERNAME: 'olga olga', ADMIN_PASSWORD: 'heron-71-heron-71' },
      says: /^ADMIN_USERNAME: .*\n.*#invalid-first-admin\n$/,
    },
    {
      what: 'a file of signing keys that is not there',
      environment: { SIGNING_KEYS: '/nowhere/keys.json' },
      says: /^SIGNING_KEYS: .*\/nowhere\/keys\.json.*\n.*#invalid-signing-keys\n$/,
    },
  ])('ends with code 1 and the reason: $what', async ({ environment, says }) => {
    await gatehouse.prepareDataDir();
    const { code, stdout, stderr } = await gatehouse.runHere(['start'], environment);
    expect(stderr).toMatch(says);
    expect(stderr).not.toMatch(stackLine);
    expect(stderr).not.toContain('heron-71');
    expect([code, stdout]).toEqual([1, '']);
  });

  it('runs without its database, answers with 503, and ends at a signal', async () => {
    const DATABASE_URL = 'postgresql://olga:heron-71@127.0.0.1:1/gatehouse';
    const server = await gatehouse.serveHere({ DATABASE_URL });
    expect((await fetch(`${server.url}/health/live`)).status).toBe(200);
    expect((await fetch(`${server.url}/health/ready`)).status).toBe(503);
    const { status, code, headers } = await ask(`${server.url}/graphql`, '{ viewer { groups } }');
    expect([status, code, headers.get('retry-after')]).toEqual([503, 'SERVICE_UNAVAILABLE', '1']);
    const { code: exitCode, stdout, stderr } = await server.stop();
    expect(exitCode).toBe(0);
    expect(stderr).toContain('the database is unavailable');
    expect(stdout + stderr).not.toContain('heron-71');
  });

  it('reports a first password that is too short, and then an address that another program listens on, but prints the random password of the admin that it has created', async () => {
    await gatehouse.prepareDataDir();
    const short = await gatehouse.runHere(['start'], { ADMIN_PASSWORD: 'heron-71' });
    expect(short.stderr).toMatch(/^ADMIN_PASSWORD: .*15.*\n.*#invalid-first-admin\n$/);
    expect(short.stdout + short.stderr).not.toMatch(/heron-71|First user/);
    expect(short.code).toBe(1);

    const port = await takenPort();
    const failed = await gatehouse.runHere(['start'], { PORT: port });
    expect(failed.stderr).toContain(
      `address already in use 127.0.0.1:${port}. To do: stop the other process, or set PORT.\n`,
    );
    expect(failed.stderr).not.toMatch(stackLine);
    expect(failed.code).toBe(1);

    const server = await gatehouse.serveHere();
    const printed = failed.stdout + server.output().stdout;
    const [, generated = ''] = passwordLine.exec(printed) ?? [];
    expect(await logIn(server.url, 'admin', generated)).toMatchObject({ groups: ['ADMIN'] });
  });

  it('in production creates no database without a setting for it', async () => {
    const environment = { ...production, LOG_LEVEL: 'silent' };
    const { code, stdout, stderr } = await gatehouse.runHere(['start'], environment);
    expect(stderr).toMatch(
      /^DATABASE_URL is not set, .* or DATABASE=embedded .*\n.*#no-database-chosen\n$/,
    );
    expect([code, stdout]).toEqual([1, '']);
    expect(existsSync(gatehouse.dataDir())).toBe(false);
    const examined = await gatehouse.runHere(['doctor'], environment);
    expect(examined.stdout).toMatch(/^problem {2}database: none in .*\n.*DATABASE=embedded/m);

    await gatehouse.prepareDataDir(); // making one would take seconds
    const chosen = { ...environment, DATABASE: 'embedded' };
    const migrated = await gatehouse.runHere(['migrate'], chosen);
    expect(migrated).toMatchObject({ code: 0 });
  });

  it('names the migrations that are pending when it may not apply them', async () => {
    await gatehouse.prepareDataDir();
    const connection = await connectEmbedded(gatehouse.dataDir());
    await connection.database.$executeRaw`DELETE FROM gatehouse._prisma_migrations`;
    await connection.close();
    const { code, stderr } = await gatehouse.runHere(['start'], { MIGRATE: 'off' });
    expect(stderr).toMatch(/migrat/);
    expect(stderr).not.toMatch(stackLine);
    expect(code).toBe(1);
  });
});
