import { execFile, spawnSync } from 'node:child_process';
import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it, onTestFinished } from 'vitest';
import { ask } from '../support/ask.ts';
import { createPostgresDatabase, roles } from '../support/postgres-database.ts';
import { useGatehouse } from '../support/process.ts';

const run = promisify(execFile);
const gatehouse = useGatehouse();
const password = 'violet-otter-ladder-93-quay';

const credentials = 'accessToken refreshToken';

const logIn = (url: string) =>
  ask(
    `${url}/graphql`,
    `mutation { login(username: "admin", password: "${password}") { ${credentials} } }`,
  );

const refresh = (url: string, token: string) =>
  ask(
    `${url}/graphql`,
    `mutation ($token: String!) { refresh(refreshToken: $token) { ${credentials} } }`,
    { variables: { token } },
  );

/** Someone logs in and makes a user. @returns the refresh token, with which the session can go on */
async function useServer(url: string): Promise<string> {
  const { accessToken: token, refreshToken } = (await logIn(url)).data.login;
  const input = { username: 'sam', password: 'plum-kettle-orbit-58-fern' };
  const query = 'mutation ($input: CreateUserInput!) { createUser(input: $input) { id } }';
  const { status } = await ask(`${url}/graphql`, query, { token, variables: { input } });
  expect(status).toBe(200);
  return refreshToken;
}

/** The session goes on, the user is there, and the log says who made it; others can log in. */
async function expectAllThere(url: string, refreshToken: string): Promise<void> {
  const { status, data } = await refresh(url, refreshToken);
  expect(status).toBe(200);
  const { accessToken: token } = data.refresh;
  const me = await ask(`${url}/graphql`, '{ me { id } }', { token });
  await ask(
    `${url}/graphql`,
    `mutation { grantGroup(userId: "${me.data.me.id}", group: AUDITOR) { id } }`,
    { token },
  );
  const query = `{ users { edges { node { username } } }
    auditEvents(action: "user.created") { edges { node { actor { ... on User { username } } } } } }`;
  const found = (await ask(`${url}/graphql`, query, { token })).data;
  expect(found.users.edges).toEqual([
    { node: { username: 'admin' } },
    { node: { username: 'sam' } },
  ]);
  expect(found.auditEvents.edges).toContainEqual({ node: { actor: { username: 'admin' } } });
  expect(await logIn(url)).toMatchObject({ status: 200 });
}

const isInstalled = spawnSync('pg_restore', ['--version']).status === 0;

it.skipIf(process.env.TEST_DATABASE_URL === undefined || !isInstalled)(
  'a dump of PostgreSQL, restored into an empty database, has users, sessions and the audit log',
  async () => {
    const [used, empty] = [await createPostgresDatabase(), await createPostgresDatabase()];
    onTestFinished(() => Promise.all([used.drop(), empty.drop()]).then(() => undefined));
    const asOwner = { DATABASE_URL: used.url };
    await gatehouse.runHere(['migrate', '--grant', roles.node], asOwner);
    const environment = { ADMIN_PASSWORD: password, MIGRATE: 'off' };
    const server = await gatehouse.serveHere({ ...environment, DATABASE_URL: used.nodeUrl });
    const refreshToken = await useServer(server.url);
    const dump = join(gatehouse.folder(), 'database.dump');
    await run('pg_dump', ['--format=custom', `--file=${dump}`, used.url]);
    await server.stop();

    await run('pg_restore', ['--single-transaction', '--no-owner', `--dbname=${empty.url}`, dump]);
    const restored = await gatehouse.serveHere({ ...environment, DATABASE_URL: empty.nodeUrl });
    await expectAllThere(restored.url, refreshToken);
  },
);

it('a copy of the folder of an embedded database has them too, and the keys', async () => {
  await gatehouse.prepareDataDir();
  const server = await gatehouse.serveHere({ ADMIN_PASSWORD: password });
  const refreshToken = await useServer(server.url);
  await server.stop();
  const copy = join(gatehouse.folder(), 'copy');
  await cp(gatehouse.dataDir(), copy, { recursive: true, preserveTimestamps: true });

  const restored = await gatehouse.serveHere({ DATA_DIR: copy });
  await expectAllThere(restored.url, refreshToken);
});
