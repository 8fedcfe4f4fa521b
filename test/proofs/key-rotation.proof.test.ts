import { rename, writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { recordFigure } from '../../scripts/figures/figures.ts';
import { keysWithoutLead, rotate, shortTimes, startTraffic } from '../support/key-rotation.ts';
import { useGatehouse } from '../support/process.ts';
import { hasPostgres, print, roundsOf } from '../support/rounds.ts';
import { startTwoNodes } from '../support/two-nodes.ts';

/**
 * `npm run proof -- key-rotation`: two nodes over PostgreSQL with one key file, of which
 * `test/cli/key-rotation.test.ts` runs a few seconds. Needs `TEST_DATABASE_URL`.
 */
const rotations = roundsOf(5);
const gatehouse = useGatehouse();

it.skipIf(!hasPostgres)(
  `refuses no token while the keys rotate ${rotations} times, and would notice a rotation with a gap`,
  async () => {
    const { nodes, environment, keysFile, ...world } = await startTwoNodes(gatehouse, shortTimes);
    const traffic = startTraffic(world);

    for (let round = 0; round < rotations; round += 1) {
      const kid = await rotate(gatehouse, environment);
      await expect.poll(() => traffic.tally.kids.has(kid), { timeout: 120_000 }).toBe(true);
    }
    const { logins, requests, verifications, kids } = traffic.tally;
    print(
      `${rotations} rotations, ${kids.size} keys signed: ${logins} logins, ${requests} requests, ` +
        `${verifications} verifications by third parties, ${traffic.tally.refusals.length} refused`,
    );
    expect(traffic.tally.refusals).toEqual([]);
    expect(kids.size).toBe(rotations + 1);
    recordFigure('key-rotation.requests', requests);
    recordFigure('key-rotation.verifications', verifications);

    await writeFile(`${keysFile}.other`, await keysWithoutLead(keysFile), { mode: 0o600 });
    await rename(`${keysFile}.other`, keysFile);
    await sleep(3000); // as long as verifiers keep the old set, and a little more
    const { refusals } = await traffic.stop();
    print(`without a lead: ${refusals.length} refused`);
    expect(refusals.length).toBeGreaterThan(0);
    for (const node of nodes) expect(await node.stop()).toMatchObject({ code: 0 });
  },
);
