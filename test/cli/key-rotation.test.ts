import { expect, it } from 'vitest';
import { rotate, shortTimes, startTraffic } from '../support/key-rotation.ts';
import { useGatehouse } from '../support/process.ts';
import { startNodeBesideTest } from '../support/two-nodes.ts';

const gatehouse = useGatehouse();

/** Five rotations, and what one with a gap would do: `npm run proof -- key-rotation`. */
it.skipIf(process.env.TEST_DATABASE_URL === undefined)(
  'a rotation refuses no token, at two nodes and at third parties that keep the public keys',
  async () => {
    const { nodes, environment, ...world } = await startNodeBesideTest(gatehouse, shortTimes);
    const traffic = startTraffic({ ...world, clients: 2, pauseMs: 20 });
    const kid = await rotate(gatehouse, environment);
    await expect.poll(() => traffic.tally.kids.has(kid), { timeout: 60_000 }).toBe(true);
    const { refusals, kids } = await traffic.stop();
    expect(refusals).toEqual([]);
    expect(kids.size).toBe(2);
    for (const node of nodes) expect(await node.stop()).toMatchObject({ code: 0 });
  },
);
