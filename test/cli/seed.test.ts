import { existsSync } from 'node:fs';
import { describe, expect, it, onTestFinished } from 'vitest';
import { ask } from '../support/ask.ts';
import { logIn } from '../support/log-in.ts';
import { useGatehouse } from '../support/process.ts';
import { startCommand } from '../support/run-cli.ts';
import { sampleOf } from '../support/sample.ts';

const gatehouse = useGatehouse();
const password = 'violet-otter-ladder-93-quay';

/** The lines of users: group, name, and what stands in the place of the password. */
const usersIn = (stdout: string) =>
  [...stdout.matchAll(/^ {2}([A-Z]+) +(demo-\S+) +(.+)$/gm)].map(([, group, username, rest]) => ({
    group,
    username,
    rest,
  }));

const list = '{ edges { node { id } } }';

async function countIn(url: string, token = '') {
  const { data } = await ask(`${url}/graphql`, `{ users ${list} rooms ${list} }`, { token });
  return { users: data.users.edges.length, rooms: data.rooms.edges.length };
}

/** Returns the secret of the sample API client, or what stands in its place. */
const secretIn = (stdout: string): string => /^ {2}Secret +(.+)$/m.exec(stdout)?.[1] ?? '';

/** How many entries a sample user sees, who may see all. */
async function countEntries(url: string, users: ReturnType<typeof usersIn>): Promise<number> {
  const { username = '', rest = '' } = users.find(({ group }) => group === 'MANAGER') ?? {};
  const { accessToken: token = '' } = await logIn(url, username, rest);
  const { data } = await ask(`${url}/graphql`, `{ roomEntries ${list} }`, { token });
  return data.roomEntries.edges.length;
}

/** Runs `start --seed` in this process, and waits until it serves. */
async function startSeeded(environment: Record<string, string> = {}) {
  const settings = { DATA_DIR: gatehouse.dataDir(), PORT: '0', BCRYPT_COST: '4', ...environment };
  const started = startCommand(['start', '--seed'], { environment: settings });
  const stop = () => {
    started.terminate();
    return started.exited;
  };
  onTestFinished(async () => void (await stop()));
  const [, url = ''] = await started.waitForLine(/^ {2}Gatehouse {3}(http:\S+)\/graphql/m);
  return { ...started, url, stop };
}

const production = {
  NODE_ENV: 'production',
  DATABASE: 'embedded',
  BCRYPT_COST: '10',
  DRAIN_SECONDS: '0',
};

describe('start --seed', () => {
  it('adds sample data to a new database, with passwords of its own, and only there', async () => {
    await gatehouse.prepareDataDir();
    const first = await startSeeded();
    const users = usersIn(first.output().stdout);
    expect(users.map(({ group }) => group)).toEqual(['ADMIN', 'AUDITOR', 'MANAGER', 'STAFF']);
    expect(new Set(users.map(({ rest }) => rest)).size).toBe(4);
    await expect.poll(() => first.output().stderr).toContain('"msg":"added sample data"');
    const { username = '', rest = '' } = users[0] ?? {};
    const { accessToken = '' } = await logIn(first.url, username, rest);
    expect(await countIn(first.url, accessToken)).toEqual({ users: 5, rooms: 3 });
    expect(await countEntries(first.url, users)).toBe(7);
    await first.stop();

    const again = await startSeeded();
    expect(usersIn(again.output().stdout)).toEqual([]);
    await again.stop();
  });

  it.each(
    sampleOf([
      { where: 'where ADMIN_PASSWORD is set', environment: {} },
      { where: 'in production', environment: production },
    ]),
  )('adds nothing $where', async ({ environment }) => {
    await gatehouse.prepareDataDir();
    const started = await startSeeded({ ...environment, ADMIN_PASSWORD: password });
    const { accessToken = '' } = await logIn(started.url, 'admin', password);
    expect(await countIn(started.url, accessToken)).toEqual({ users: 1, rooms: 0 });
    expect(usersIn(started.output().stdout)).toEqual([]);
    await started.stop();
  });

  it('adds nothing in production where the password is generated', async () => {
    await gatehouse.prepareDataDir();
    const started = await startSeeded(production);
    const { stdout } = await started.stop();
    expect(usersIn(stdout)).toEqual([]);
  });
});

describe('seed', () => {
  it('adds a user for each group, whose printed password logs in and is as long as asked for, an API client, and a few rooms; once', async () => {
    await gatehouse.prepareDataDir();
    const first = await gatehouse.runHere(['seed'], { MIN_PASSWORD_LENGTH: '64' });
    expect(first.code).toBe(0);
    expect(first.stdout).toContain('  First user  admin, in the group ADMIN\n');
    const [, generated = ''] = /^ {2}Password +([\w-]{64,}) /m.exec(first.stdout) ?? [];
    const users = usersIn(first.stdout);
    expect(users.map(({ group, username }) => [group, username])).toEqual([
      ['ADMIN', 'demo-admin'],
      ['AUDITOR', 'demo-auditor'],
      ['MANAGER', 'demo-manager'],
      ['STAFF', 'demo-staff'],
    ]);
    const lengths = users.map(({ rest = '' }) => rest.split(' ')[0]?.length ?? 0);
    expect(Math.min(...lengths)).toBeGreaterThanOrEqual(64);

    const second = await gatehouse.runHere(['seed']);
    expect(second.code).toBe(0);
    expect(usersIn(second.stdout)).toEqual(
      users.map((user) => ({ ...user, rest: '(created by an earlier run)' })),
    );
    expect(secretIn(second.stdout)).toBe('(created by an earlier run)');
    expect(second.stdout).not.toMatch(/First user|Password/);

    const server = await gatehouse.serveHere();
    for (const { username = '', group, rest = '' } of users) {
      expect(await logIn(server.url, username, rest)).toMatchObject({ groups: [group] });
    }
    const { accessToken = '' } = await logIn(server.url, 'admin', generated);
    expect(await countIn(server.url, accessToken)).toEqual({ users: 5, rooms: 3 });
    expect(await countEntries(server.url, users)).toBe(7);
    const { data } = await ask(
      `${server.url}/graphql`,
      '{ viewer { principal { __typename groups } } }',
      {
        token: secretIn(first.stdout),
      },
    );
    expect(data.viewer.principal).toEqual({ __typename: 'ApiClient', groups: ['STAFF'] });
  });

  it('refuses in production, before it touches anything', async () => {
    const { code, stdout, stderr } = await gatehouse.runHere(['seed'], {
      NODE_ENV: 'production',
      BCRYPT_COST: '10',
    });
    expect(stderr).toMatch(/must not run with NODE_ENV=production/);
    expect([code, stdout]).toEqual([1, '']);
    expect(existsSync(gatehouse.dataDir())).toBe(false);
  });
});
