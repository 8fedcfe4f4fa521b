import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { generateSigningKeys } from '../../src/authentication/keys/signing-keys.ts';
import { ask } from '../support/ask.ts';
import { logIn } from '../support/log-in.ts';
import { useGatehouse } from '../support/process.ts';
import { startTcpProxy } from '../support/tcp-proxy.ts';
import { createMigratedDatabase, createPostgresDatabase } from '../support/test-database.ts';

const gatehouse = useGatehouse();
const password = 'violet-otter-ladder-93-quay';

/** The address of a new, empty database. */
async function emptyDatabase(): Promise<string> {
  const { url, drop } = await createPostgresDatabase();
  onTestFinished(drop); // after the hooks, which end the processes
  return url;
}

/** What every node of a production is started with. */
async function productionOn(DATABASE_URL: string) {
  const keys = join(gatehouse.folder(), 'keys.json');
  await writeFile(keys, generateSigningKeys(), { mode: 0o600 });
  return { NODE_ENV: 'production', BCRYPT_COST: '10', SIGNING_KEYS: keys, DATABASE_URL };
}

describe.skipIf(process.env.TEST_DATABASE_URL === undefined)('serve on PostgreSQL', () => {
  it('waits for its database, and then migrates it and makes the admin, and in development its keys', async () => {
    const proxy = await startTcpProxy(await emptyDatabase());
    onTestFinished(() => proxy.close());
    proxy.refuses = true;
    const environment = { DATABASE_URL: proxy.url, ADMIN_PASSWORD: password };
    const server = await gatehouse.serveHere(environment);
    const ready = () => fetch(`${server.url}/health/ready`);
    expect((await ready()).status).toBe(503);
    expect(server.output().stdout).not.toContain('First user');
    expect(existsSync(join(gatehouse.dataDir(), 'signing-keys.json'))).toBe(true);
    proxy.refuses = false;
    await server.waitForLine(/^ {2}First user {2}admin/m);
    await expect.poll(async () => (await ready()).status).toBe(200);
    expect(await logIn(server.url, 'admin', password)).toMatchObject({ groups: ['ADMIN'] });
    expect(await server.stop()).toMatchObject({ code: 0 });
  });

  it('has the doctor warn of a superuser', async () => {
    const { url, adminUrl, drop } = await createMigratedDatabase();
    onTestFinished(drop);
    const environment = await productionOn(url);
    const warning = 'database user: is a superuser';
    const asAdmin = { ...environment, DATABASE_URL: adminUrl };
    expect((await gatehouse.runHere(['doctor'], asAdmin)).stdout).toContain(warning);
    expect((await gatehouse.runHere(['doctor'], environment)).stdout).not.toContain('superuser');
    const development = await gatehouse.runHere(['doctor'], { DATABASE_URL: adminUrl });
    expect(development.stdout).not.toContain('superuser');
  });

  it('says what to do when its role owns no table and was not granted any', async () => {
    const { url, nodeUrl, drop } = await createPostgresDatabase();
    onTestFinished(drop);
    await gatehouse.runHere(['migrate'], { DATABASE_URL: url });
    const ofNode = { DATABASE_URL: nodeUrl, MIGRATE: 'off' };
    const advice = /run `gatehouse migrate --grant gatehouse_test_node` as the owner of the tables/;
    const { code, stderr } = await gatehouse.runHere(['start'], ofNode);
    expect([code, stderr]).toEqual([1, expect.stringMatching(advice)]);
    expect((await gatehouse.runHere(['doctor'], ofNode)).stdout).toMatch(advice);
    await gatehouse.runHere(['migrate', '--grant', 'gatehouse_test_node'], { DATABASE_URL: url });
    const server = await gatehouse.serveHere({ ...ofNode, ADMIN_PASSWORD: password });
    expect(await server.stop()).toMatchObject({ code: 0 });
  });

  it('ends when the database is there, and does not let it in', async () => {
    const DATABASE_URL = `${await emptyDatabase()}_of_nobody`;
    const { code, stderr } = await gatehouse.runHere(['start'], { DATABASE_URL });
    expect([code, stderr]).toEqual([1, expect.stringContaining('does not exist')]);
  });

  it('lets two nodes start at once on an empty database, with one first admin and no data folder', async () => {
    const environment = await productionOn(await emptyDatabase());
    const { pathname } = new URL(environment.DATABASE_URL);
    const nodes = await Promise.all([gatehouse.serve(environment), gatehouse.serve(environment)]);
    const printed = nodes.map((node) => node.output().stdout).join('');
    const passwords = [...printed.matchAll(/^ {2}Password {4}(\S+) /gm)].map(([, found]) => found);
    expect(passwords).toHaveLength(1);

    const urls = nodes.map(({ url }) => url);
    for (const url of urls) {
      const admin = await logIn(url, 'admin', passwords[0] ?? '');
      expect(admin).toMatchObject({ groups: ['ADMIN'] });
      // A token of one node is good at the other.
      for (const other of urls) {
        const answer = await ask(`${other}/graphql`, '{ users { edges { node { username } } } }', {
          token: admin.accessToken ?? '',
        });
        expect(answer.data).toEqual({ users: { edges: [{ node: { username: 'admin' } }] } });
      }
    }
    for (const node of nodes) {
      const [, database] = await node.waitForLine(/^ {2}Database {4}(.*)$/m);
      expect(database).toContain(pathname.slice(1));
      expect(database).not.toContain('@'); // names no user
      expect(await node.stop()).toMatchObject({ code: 0 });
    }
    expect(existsSync(gatehouse.dataDir())).toBe(false);
  });
});
