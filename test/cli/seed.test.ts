import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ask } from '../support/ask.ts';
import { useGatehouse } from '../support/process.ts';
import { logIn } from './log-in.ts';

const gatehouse = useGatehouse();
const password = 'violet-otter-ladder-93-quay';

/** The lines of users: group, name, and what stands in the place of the password. */
const usersIn = (stdout: string) =>
  [...stdout.matchAll(/^ {2}([A-Z]+) +(demo-\S+) +(.+)$/gm)].map(([, group, username, rest]) => ({
    group,
    username,
    rest,
  }));

describe('seed', () => {
  it('adds a user for each group, whose printed password logs in, and a few rooms; once', async () => {
    await gatehouse.prepareDataDir();
    const first = await gatehouse.runHere(['seed'], { ADMIN_PASSWORD: password });
    expect(first.code).toBe(0);
    expect(first.stdout).toContain('  First user  admin, in the group ADMIN\n');
    const users = usersIn(first.stdout);
    expect(users.map(({ group, username }) => [group, username])).toEqual([
      ['ADMIN', 'demo-admin'],
      ['AUDITOR', 'demo-auditor'],
      ['MANAGER', 'demo-manager'],
      ['STAFF', 'demo-staff'],
    ]);

    const second = await gatehouse.runHere(['seed']);
    expect(second.code).toBe(0);
    expect(usersIn(second.stdout)).toEqual(
      users.map((user) => ({ ...user, rest: '(created by an earlier run)' })),
    );
    expect(second.stdout).not.toMatch(/First user|Password/);

    const server = await gatehouse.serveHere();
    for (const { username = '', group, rest = '' } of users) {
      expect(await logIn(server.url, username, rest)).toMatchObject({ groups: [group] });
    }
    const { accessToken = '' } = await logIn(server.url, 'admin', password);
    const counted = await ask(
      `${server.url}/graphql`,
      '{ users { edges { node { username } } } rooms { edges { node { name } } } }',
      { token: accessToken },
    );
    expect(counted.data.users.edges).toHaveLength(5);
    expect(counted.data.rooms.edges).toHaveLength(3);
  });

  it('prints passwords as long as the settings ask for', async () => {
    await gatehouse.prepareDataDir();
    const { code, stdout } = await gatehouse.runHere(['seed'], { MIN_PASSWORD_LENGTH: '64' });
    expect(code).toBe(0);
    expect(stdout).toMatch(/^ {2}Password +[\w-]{64,} /m);
    const lengths = usersIn(stdout).map(({ rest = '' }) => rest.split(' ')[0]?.length ?? 0);
    expect(lengths).toHaveLength(4);
    expect(Math.min(...lengths)).toBeGreaterThanOrEqual(64);
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
