import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it, onTestFinished } from 'vitest';
import { connectPostgres } from '../../src/database/connect/connect-postgres.ts';
import { type Answer, ask } from '../support/ask.ts';
import { addEventAt, partitionsOf } from '../support/audit-partitions.ts';
import { startTraffic } from '../support/key-rotation.ts';
import { type Operations, prepareOperations, setUp } from '../support/operations-world.ts';
import { hasClients, postgresBinaries } from '../support/postgres-cluster.ts';
import { type ServingProcess, useGatehouse } from '../support/process.ts';
import { isInstalled, type ProxyKind, startProxy } from '../support/proxy.ts';
import { startRoomLoad } from '../support/room-load.ts';
import { roomsClient } from '../support/rooms-project.ts';
import { openTestSocket } from '../support/test-socket.ts';

/**
 * `npm run proof -- operations`: an operator who follows `docs/operations` from an empty PostgreSQL to two
 * nodes behind a proxy of `deploy/`, with the roles of its pages. The commands are those of its pages. Needs the programs
 * of PostgreSQL, and nginx or Caddy. `test/guides/operations.test.ts` runs the beginning.
 */
const stops = Number(process.env.ROUNDS ?? 3);
const proxies: readonly ProxyKind[] = ['nginx', 'caddy'];
/** A proxy gives no notice when it has found that a node is ready: Caddy asks every second. */
const proxyNoticesMs = 2_000;
const isPossible = postgresBinaries !== undefined && hasClients;

const gatehouse = useGatehouse();
const tell = (line: string) => void process.stdout.write(`${line}\n`);

/** Who administers it, as the commands of the pages have made her. */
interface Administrator {
  readonly url: string;
  readonly username: string;
  readonly password: string;
}

it.skipIf(!isPossible).for(proxies)(
  'from an empty database to two nodes behind %s, a rotation, stopped nodes and a restore',
  { timeout: 3_600_000 },
  async (kind, { skip }) => {
    skip(!isInstalled(kind), `${kind} is not installed`);
    const operations = await prepareOperations(gatehouse);
    const password = await setUp(operations);
    const nodes = [await operations.startNode(0), await operations.startNode(1)];
    expect(await operations.type('ready')).toBe('{"status":"ready"}'.repeat(2));
    const { folder, ports } = operations;
    const proxy = await startProxy({ kind, folder: join(folder, kind), nodes: ports });
    onTestFinished(() => proxy.stop());
    const ada = { url: proxy.url, username: 'ada', password };

    await passesWhatItMust(ada);
    await rotates(operations, ada);
    const rooms = await stopsNodes({ kind, operations, nodes, ada });
    await restores(operations, ada, rooms);
    await prunes(operations, ada);
    await handlesIncidents(operations, ada);
    for (const node of nodes) expect(await node.stop()).toMatchObject({ code: 0 });
  },
);

const loginMutation = `mutation ($username: String!, $password: String!) {
  login(username: $username, password: $password) { accessToken refreshToken } }`;

async function logIn({ url, username, password }: Administrator, headers = {}) {
  const variables = { username, password };
  const { status, text, data } = await ask(`${url}/graphql`, loginMutation, { variables, headers });
  expect({ status, text }).toMatchObject({ status: 200 });
  return data.login;
}

const refresh = (url: string, token: string): Promise<Answer> =>
  ask(
    `${url}/graphql`,
    'mutation ($token: String!) { refresh(refreshToken: $token) { accessToken refreshToken } }',
    { variables: { token } },
  );

/** HTTP, a WebSocket and the client's address; and nothing that is for those who run it. */
async function passesWhatItMust(ada: Administrator): Promise<void> {
  const { accessToken: token, refreshToken } = await logIn(ada);
  const socket = openTestSocket(ada.url, { token });
  await socket.connected;
  const subscription = socket.subscribe('subscription { auditEventAdded { action ip } }');
  await expect
    .poll(async () => {
      await logIn(ada, { 'x-forwarded-for': '203.0.113.9' });
      return subscription.results.length;
    })
    .toBeGreaterThan(0);
  expect(await subscription.result()).toMatchObject({
    data: { auditEventAdded: { action: 'login.succeeded', ip: '127.0.0.1' } },
  });
  await socket.close();
  expect(await refresh(ada.url, refreshToken)).toMatchObject({ status: 200 });
  expect((await fetch(`${ada.url}/health/ready`)).status).toBe(404);
}

async function rotates(operations: Operations, ada: Administrator): Promise<void> {
  const traffic = startTraffic({ ...ada, urls: [ada.url] });
  await expect.poll(() => traffic.tally.kids.size, { timeout: 120_000 }).toBe(1);
  expect(await operations.type('rotate')).toContain('next');
  await expect.poll(() => traffic.tally.kids.size, { timeout: 60_000 }).toBe(2);
  const { logins, requests, verifications, refusals } = await traffic.stop();
  tell(
    `a rotation: ${logins} logins, ${requests} requests and ${verifications} verifications, ` +
      `${refusals.length} refused`,
  );
  expect(refusals).toEqual([]);
}

interface StoppedNodes {
  readonly kind: ProxyKind;
  readonly operations: Operations;
  /** Those that run; who is started in the place of another takes its place here too. */
  readonly nodes: ServingProcess[];
  readonly ada: Administrator;
}

/** Stops each node in turn amid requests, as an upgrade does. @returns how many rooms were made */
async function stopsNodes({ kind, operations, nodes, ada }: StoppedNodes): Promise<number> {
  const { load, stop } = await startRoomLoad(ada);
  for (let round = 0; round < stops * nodes.length; round += 1) {
    const place = round % nodes.length;
    const made = load.rooms.length;
    await expect.poll(() => load.rooms.length, { timeout: 60_000 }).toBeGreaterThan(made + 50);
    expect(await nodes[place]?.stop()).toMatchObject({ code: 0 });
    nodes[place] = await operations.startNode(place);
    await sleep(proxyNoticesMs);
  }
  const { rooms, refreshes, failures } = await stop();
  tell(
    `${stops * nodes.length} nodes stopped under load behind ${kind}: ${rooms.length} rooms and ` +
      `${refreshes} refreshes acknowledged, not answered with 200: ${JSON.stringify(failures)}`,
  );
  // nginx does not ask for readiness: what reaches a node as it closes its port is 502, and not begun.
  const isTold = (failure: string) => kind === 'nginx' && failure.startsWith('502 ');
  expect(Object.keys(failures).filter((failure) => !isTold(failure))).toEqual([]);
  expect(await countRooms(operations.environment.DATABASE_URL)).toBe(rooms.length);
  return rooms.length;
}

async function countRooms(url = ''): Promise<number> {
  const connection = connectPostgres({ url, onPoolError: () => {}, maxConnections: 1 });
  const rooms = roomsClient(connection);
  try {
    return await rooms.room.count();
  } finally {
    await rooms.$disconnect();
    await connection.close();
  }
}

/** Backs up, restores into an empty database, and goes on there with what was there before. */
async function restores(operations: Operations, ada: Administrator, rooms: number): Promise<void> {
  const { refreshToken } = await logIn(ada);
  await operations.type('backup');
  await operations.type('empty database');
  await operations.type('restore');
  await operations.type('restore keys');
  expect(await operations.type('check the restored')).not.toMatch(/^(problem|pending)/im);
  expect(await countRooms(operations.restored.url)).toBe(rooms);

  const { environment, restored } = operations;
  const node = await gatehouse.serve({
    ...environment,
    DATABASE_URL: restored.nodeUrl,
    PORT: '0',
  });
  const next = await refresh(node.url, refreshToken);
  expect(next.status).toBe(200);
  const { accessToken: token } = next.data.refresh;
  const query = '{ auditEvents(action: "user.created") { edges { node { action } } } }';
  const audit = await ask(`${node.url}/graphql`, query, { token });
  expect(audit.data.auditEvents.edges).toHaveLength(1);
  await logIn({ ...ada, url: node.url });

  await operations.type('end every session', [
    ['$DATABASE_URL', restored.url], // by then the one that is in use
  ]);
  expect(await refresh(node.url, next.data.refresh.refreshToken)).toMatchObject({ status: 401 });
  expect(await node.stop()).toMatchObject({ code: 0 });
  tell(`restored: ${rooms} rooms, sessions and the audit log`);
}

/** Prunes events of a whole month and a single one, while the nodes run. */
async function prunes(operations: Operations, ada: Administrator): Promise<void> {
  const owner = connectPostgres({ url: operations.ownerUrl, onPoolError: () => {} });
  onTestFinished(() => owner.close());
  const makeMonths = () =>
    owner.migrations.query("SELECT gatehouse.make_audit_partitions('2025-09-01')").then(
      () => true,
      () => false, // the log was in use
    );
  await expect.poll(makeMonths).toBe(true);
  for (const day of ['2025-06-01', '2025-09-01', '2025-12-31']) {
    await addEventAt(owner.database, `${day}T00:00:00Z`);
  }
  expect(await operations.type('prune')).toContain('deleted 3 events before 2026-01-01');
  expect(await partitionsOf(owner.database)).not.toContain('audit_events_202509');
  expect(await owner.database.auditEvent.count({ where: { action: 'test.added' } })).toBe(0);
  await logIn(ada);
}

/** What to do when something has leaked or a user is locked out, as the pages say. */
async function handlesIncidents(operations: Operations, ada: Administrator): Promise<void> {
  const { accessToken: token, refreshToken } = await logIn(ada);
  const me = () => ask(`${ada.url}/graphql`, '{ me { id } }', { token });
  expect(await me()).toMatchObject({ status: 200 });
  await operations.type('leaked key');
  await expect.poll(async () => (await me()).reason, { timeout: 10_000 }).toBe('TOKEN_INVALID');
  const next = await refresh(ada.url, refreshToken);
  expect(next.status).toBe(200);

  const guess = () =>
    ask(`${ada.url}/graphql`, loginMutation, { variables: { ...ada, password: 'x' } });
  await expect.poll(async () => (await guess()).status, { timeout: 120_000 }).toBe(429);
  await operations.type('forget failures');
  await logIn(ada);

  await operations.type('end sessions');
  expect(await refresh(ada.url, next.data.refresh.refreshToken)).toMatchObject({ status: 401 });
  const said = await operations.type('new password');
  const [, password = ''] = /password: (\S+)/.exec(said) ?? [];
  await operations.type('admin again');
  await logIn({ ...ada, password });
}
