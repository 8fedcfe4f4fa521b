import { describe, expect, it, onTestFinished } from 'vitest';
import { connectPostgres } from '../../src/database/connect/connect-postgres.ts';
import { logIn } from '../support/log-in.ts';
import { useGatehouse } from '../support/process.ts';
import { addRooms } from '../support/relay-world.ts';
import { roomsClient } from '../support/rooms-project.ts';
import { subscribeInRounds } from '../support/subscription-rounds.ts';
import { subscribeOnNodes } from '../support/subscription-starts.ts';
import { startTcpProxy } from '../support/tcp-proxy.ts';
import { createMigratedDatabase } from '../support/test-database.ts';
import { openTestSocket } from '../support/test-socket.ts';
import { startNodeBesideTest } from '../support/two-nodes.ts';

const gatehouse = useGatehouse();
const hasPostgres = process.env.TEST_DATABASE_URL !== undefined;

/** `npm run proof -- subscriptions` runs more of them, and measures. */
describe.skipIf(!hasPostgres)('a subscription on another node', () => {
  it('delivers an entry, and ends with its right, also when a connection is cut', async () => {
    const nodes = await startNodeBesideTest(gatehouse);
    for (const fault of ['none', 'cut'] as const) {
      const { faults } = await subscribeInRounds(nodes, { rounds: 1, fault });
      expect(faults, fault).toEqual([]);
    }
  });
});

describe.skipIf(!hasPostgres)('subscriptions that are opened between transactions', () => {
  it('get nothing from before, and miss nothing after', async () => {
    const world = addRooms(gatehouse, await startNodeBesideTest(gatehouse));
    const { faults } = await subscribeOnNodes(world, { subscriptions: 4, maxRows: 50 });
    expect(faults).toEqual([]);
  });
});

describe.skipIf(!hasPostgres)('a subscription whose node loses its database', () => {
  it('goes on when the database is there again, and has missed nothing', async () => {
    const { url, nodeUrl, drop } = await createMigratedDatabase();
    onTestFinished(drop);
    const proxy = await startTcpProxy(nodeUrl);
    onTestFinished(() => proxy.close());
    const { database, adapter, close } = connectPostgres({ url, onPoolError: () => {} });
    const rooms = roomsClient({ adapter });
    onTestFinished(() => rooms.$disconnect().then(close));

    const ADMIN_PASSWORD = 'violet-otter-ladder-93-quay';
    const server = await gatehouse.serveHere({
      DATABASE_URL: proxy.url,
      MIGRATE: 'off',
      ADMIN_PASSWORD,
      // An event may wait for as long as the database is away.
      DATABASE_REQUEST_TIMEOUT_MS: '60000',
      OPERATION_TIMEOUT_MS: '60000',
    });
    const [admin] = await database.user.findMany({});
    const userId = admin?.id ?? '';
    await database.membership.create({ data: { userId, group: 'MANAGER' } });
    const room = await rooms.room.create({ data: { name: 'Lab', floor: 1, groups: [] } });
    const enter = async () => {
      const data = { roomId: room.id, userId };
      return (await rooms.roomEntry.create({ data, select: { id: true } })).id;
    };

    const { accessToken } = await logIn(server.url, 'admin', ADMIN_PASSWORD);
    const socket = openTestSocket(server.url, { token: String(accessToken) });
    const { results, result } = socket.subscribe('subscription { roomEntered { id } }');
    const seen = () => results.map(({ data }) => Object(data?.roomEntered).id);
    while (results.length === 0) {
      await enter();
      await new Promise((resolve) => setTimeout(resolve, 50));
    }

    // Slow, so that the connections break while events are being answered.
    proxy.delayMs = 20;
    const seenBefore = results.length;
    const missed = await Promise.all(Array.from({ length: 30 }, enter));
    await expect.poll(() => results.length, { interval: 1 }).toBeGreaterThan(seenBefore);
    proxy.refuses = true;
    proxy.cut();
    missed.push(await enter(), await enter());
    expect(await socket.subscribe('{ me { id } }').ended).toMatchObject([
      { extensions: { code: 'SERVICE_UNAVAILABLE' } },
    ]);
    proxy.delayMs = 0;
    proxy.refuses = false;
    await expect.poll(seen).toEqual(expect.arrayContaining(missed));
    const last = await enter();
    await expect.poll(seen).toContain(last);
    expect(seen()).toEqual([...new Set(seen())]);
    expect(await result(0)).toHaveProperty('data.roomEntered.id');
    await socket.close();
    expect(await server.stop()).toMatchObject({ code: 0 });
  });
});
