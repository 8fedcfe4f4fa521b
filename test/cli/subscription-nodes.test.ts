import { describe, expect, it, onTestFinished } from 'vitest';
import { addNodesRoom, followAsAdmin } from '../support/entries.ts';
import { useGatehouse } from '../support/process.ts';
import { hasPostgres, numbered, run } from '../support/rounds.ts';
import { subscriptions } from '../support/subscription-rounds.ts';
import { onNodes, subscriptionStarts } from '../support/subscription-starts.ts';
import { startTcpProxy } from '../support/tcp-proxy.ts';
import { prepareNodes, startNodeBesideTest } from '../support/two-nodes.ts';

const gatehouse = useGatehouse();

/** `npm run proof -- subscriptions` runs more of them, and measures. */
describe.skipIf(!hasPostgres)('a subscription on another node', () => {
  it('delivers an entry, and ends with its right, also when a connection is cut', async () => {
    const nodes = await startNodeBesideTest(gatehouse);
    for (const fault of ['none', 'cut'] as const) {
      const { faults } = await run(subscriptions(nodes, fault), [0]);
      expect(faults, fault).toEqual([]);
    }
  });
});

describe.skipIf(!hasPostgres)('subscriptions that are opened between transactions', () => {
  it('get nothing from before, and miss nothing after', async () => {
    const starts = subscriptionStarts(onNodes(await startNodeBesideTest(gatehouse)));
    expect((await run(starts, numbered(4))).faults).toEqual([]);
  });
});

describe.skipIf(!hasPostgres)('a subscription whose node loses its database', () => {
  it('goes on when the database is there again, and has missed nothing', async () => {
    const nodes = await prepareNodes(gatehouse);
    const proxy = await startTcpProxy(nodes.nodeUrl);
    onTestFinished(() => proxy.close());
    const server = await gatehouse.serveHere({ ...nodes.environment, DATABASE_URL: proxy.url });
    const { enter } = await addNodesRoom(nodes);
    const { socket, ids, more } = await followAsAdmin(server.url);
    await Promise.all([more(1), enter()]);

    // Slow, so that the connections break while events are being answered.
    proxy.delayMs = 20;
    const oneMore = more(1);
    const missed = await Promise.all(Array.from({ length: 30 }, enter));
    await oneMore;
    proxy.refuses = true;
    proxy.cut();
    missed.push(await enter(), await enter());
    expect(await socket.subscribe('{ me { id } }').ended).toMatchObject([
      { extensions: { code: 'SERVICE_UNAVAILABLE' } },
    ]);
    proxy.delayMs = 0;
    proxy.refuses = false;
    await expect.poll(() => ids).toEqual(expect.arrayContaining(missed));
    const last = await enter();
    await expect.poll(() => ids).toContain(last);
    expect(ids).toEqual([...new Set(ids)]);
    expect(ids).not.toContain('nothing');
    await socket.close();
    expect(await server.stop()).toMatchObject({ code: 0 });
  });
});
