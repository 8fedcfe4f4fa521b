import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { runInOrder } from '../../src/database/time/run-in-order.ts';
import { replicaBinaries } from '../support/postgres-cluster.ts';
import { type ReplicaWorld, startReplicaWorld } from '../support/replica-world.ts';
import type { TestServer, TestUser } from '../support/test-server.ts';

const roomInput = (name: string) => `{ name: "${name}", floor: 1, groups: [STAFF] }`;

async function addRoom(node: TestServer, name: string, { accessToken }: TestUser): Promise<void> {
  const mutation = `mutation { createRoom(input: ${roomInput(name)}) { id } }`;
  expect((await node.ask(mutation, { token: accessToken })).status).toBe(200);
}

/** The names of the rooms, as a node lists them to someone. */
async function roomsOf(
  node: TestServer,
  { accessToken }: Pick<TestUser, 'accessToken'>,
  fields = 'name',
): Promise<readonly string[]> {
  const query = `{ rooms(first: 100) { edges { node { ${fields} } } } }`;
  const { status, errors, data } = await node.ask(query, { token: accessToken });
  expect({ status, errors }).toEqual({ status: 200, errors: [] });
  return data?.rooms.edges.map((edge: { node: { name: string } }) => edge.node.name);
}

/** A paused replica that has the room `old`, and a primary that also has the room `new`, made by `writer`. */
async function aheadOf(world: ReplicaWorld) {
  const [node] = world.nodes;
  const reader = await world.aReader('STAFF', 'AUDITOR');
  const writer = await node.aUser('MANAGER');
  await addRoom(node, 'old', writer);
  await world.untilUsed(reader);
  await world.pause();
  await addRoom(node, 'new', writer);
  return { reader, writer };
}

describe.skipIf(replicaBinaries === undefined)('lists on a replica that lags', () => {
  let world: ReplicaWorld;
  const ends: (() => Promise<void>)[] = [];
  beforeAll(async () => {
    world = await startReplicaWorld({ atEnd: (end) => void ends.unshift(end) });
  });
  afterAll(() => runInOrder(ends));
  beforeEach(async () => {
    await world.resume();
    await world.removeRooms();
  });

  it('are a little old for others, and never for who has just written, on any node', async () => {
    const [node, other] = world.nodes;
    const { reader, writer } = await aheadOf(world);
    expect(await roomsOf(node, reader)).toEqual(['old']);
    expect(await roomsOf(node, writer)).toEqual(['old', 'new']);
    expect(await roomsOf(other, writer)).toEqual(['old', 'new']);
    const users = '{ users(first: 100) { edges { node { username } } } }';
    const late = await node.aUser();
    const asked = await Promise.all(
      [reader, node.admin].map(async ({ accessToken }) =>
        JSON.stringify((await other.ask(users, { token: accessToken })).data),
      ),
    );
    expect(asked.map((text) => text.includes(late.username))).toEqual([false, true]);
    await world.resume();
    await expect.poll(() => roomsOf(node, reader)).toEqual(['old', 'new']);
  });

  it('are new for an API client that has just written', async () => {
    const [node, other] = world.nodes;
    const { data } = await node.ask(
      'mutation { createApiClient(name: "tool", groups: [MANAGER]) { secret client { id } } }',
      { token: node.admin.accessToken },
    );
    const tool = { accessToken: data?.createApiClient.secret };
    await aheadOf(world);
    expect(await roomsOf(node, tool)).toEqual(['old']);
    const mutation = `mutation { createRoom(input: ${roomInput('mine')}) { id } }`;
    expect((await node.ask(mutation, { token: tool.accessToken })).status).toBe(200);
    expect(await roomsOf(other, tool)).toEqual(['old', 'new', 'mine']);
  });

  it('are denied at once to a viewer whose group was revoked', async () => {
    const [node, other] = world.nodes;
    const { reader } = await aheadOf(world);
    const list = '{ auditEvents { edges { cursor } } }';
    expect((await other.ask(list, { token: reader.accessToken })).status).toBe(200);
    const revoke = `mutation { revokeGroup(userId: "${reader.id}", group: AUDITOR) { id } }`;
    expect((await node.ask(revoke, { token: node.admin.accessToken })).status).toBe(200);
    expect((await other.ask(list, { token: reader.accessToken })).status).toBe(403);
    expect(await roomsOf(other, reader)).toEqual(['old']);
  });

  it('are new where a policy or a filter of rows reads them', async () => {
    const [node] = world.nodes;
    const staff = await world.aReader('STAFF');
    const { reader } = await aheadOf(world);
    expect(await roomsOf(node, staff)).toEqual(['old']);
    expect(await roomsOf(node, staff, 'name accessCode')).toEqual(['old', 'new']);
    expect(await roomsOf(node, reader, 'name floor')).toEqual(['old']);
  });
});

describe.skipIf(replicaBinaries === undefined)('lists beside a replica that is of no use', () => {
  it('come from the primary when the replica is too far behind', async () => {
    const world = await startReplicaWorld({ maxLagMs: 2_000 });
    const [node] = world.nodes;
    const { reader } = await aheadOf(world);
    await expect.poll(() => roomsOf(node, reader)).toEqual(['old', 'new']);
    const reason = 'the replica is more than 2000 ms behind';
    await expect.poll(() => roomsOf(node, reader).then(() => world.changes.at(-1))).toBe(reason);
    await world.resume();
    await world.untilUsed(reader);
  });

  it('come from the primary while the replica is down or does not respond', async () => {
    const world = await startReplicaWorld({ patienceMs: 700 });
    const [node, other] = world.nodes;
    const { reader } = await aheadOf(world);
    world.replica.freeze();
    // A read that waited for the replica for as long as it may take would be refused.
    expect(await roomsOf(other, reader)).toEqual(['old', 'new']);
    world.replica.thaw();
    await world.replica.stopAtOnce();
    expect(await roomsOf(node, reader)).toEqual(['old', 'new']);
    expect(world.changes.at(-1)).toBeTypeOf('string');
  });
});

describe.skipIf(replicaBinaries === undefined)('a read of a replica', () => {
  it('is repeated on the primary when recovery cancels it', async () => {
    const settings = ['max_standby_streaming_delay=0'];
    const world = await startReplicaWorld({ settings });
    const reader = await world.aReader('STAFF');
    await world.primary.query(
      'CREATE TABLE gone AS SELECT 1 AS one; GRANT SELECT ON gone TO PUBLIC',
    );
    await world.untilUsed(reader);
    const [{ replica }] = world.connections;
    if (replica === undefined) throw new Error('There is no replica.');
    const { database } = replica.connection;
    const failures: unknown[] = [];
    const reading = replica.read(
      () =>
        database.$queryRaw`SELECT one, pg_sleep(15) FROM gone`
          .then(() => 'replica')
          .catch((error: unknown) => {
            failures.push(error);
            throw error;
          }),
      async () => 'primary',
    );
    const isReading = async () =>
      (await world.replica.query("SELECT 1 FROM pg_stat_activity WHERE wait_event = 'PgSleep'"))
        .length;
    await expect.poll(isReading).toBe(1);
    await world.primary.query('DROP TABLE gone');
    expect(await reading).toBe('primary');
    expect(JSON.stringify(failures)).toContain('40001');
    // Other reads go on with the replica.
    expect(world.changes.at(-1)).toBeUndefined();
  });
});
