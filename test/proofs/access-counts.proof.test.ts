import { setTimeout } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { recordFigure } from '../../scripts/figures/figures.ts';
import { createNodeClient } from '../support/node-client.ts';
import { useGatehouse } from '../support/process.ts';
import { readUses } from '../support/rights-tables.ts';
import { hasPostgres, kill, print } from '../support/rounds.ts';
import { startTwoNodes } from '../support/two-nodes.ts';

/**
 * `npm run proof -- access-counts`: two nodes over PostgreSQL answer for SECONDS. Then one is killed, and the other one is
 * stopped. Needs `TEST_DATABASE_URL`.
 */
const seconds = Number(process.env.SECONDS ?? 150);

const gatehouse = useGatehouse();

it.skipIf(!hasPostgres)(
  'a killed node has lost the counts of a minute at most, and a stopped one none',
  async () => {
    const { nodes, urls, database } = await startTwoNodes(gatehouse);
    const [killed, stopped] = nodes;
    const untilMs = Date.now() + seconds * 1000;
    /** When each request was answered. */
    async function askUntilEnd(url: string, query: string): Promise<readonly number[]> {
      const { anAdmin, ask } = createNodeClient(url);
      let { accessToken: token } = await anAdmin();
      const answeredAtMs: number[] = [];
      while (Date.now() < untilMs) {
        const { status } = await ask(query, { token });
        if (status === 200) answeredAtMs.push(Date.now());
        else token = (await anAdmin()).accessToken;
        await setTimeout(20);
      }
      return answeredAtMs;
    }
    const [ofKilled = [], ofStopped = []] = await Promise.all(
      ['{ users { pageInfo { hasNextPage } } }', '{ apiClients { id } }'].map((query, node) =>
        askUntilEnd(urls[node] ?? '', query),
      ),
    );
    const killedAtMs = Date.now();
    await kill(killed);
    await stopped.stop();
    const uses = await readUses(database);
    const countAt = (counted: string) =>
      uses
        .filter(({ coordinate }) => coordinate === counted)
        .reduce((sum, { alone }) => sum + alone, 0);
    const [counted, countedOfStopped] = [countAt('Query.users'), countAt('Query.apiClients')];
    // A write takes a moment.
    const older = ofKilled.filter((atMs) => atMs < killedAtMs - 62_000).length;
    print(
      `killed: ${counted} of ${ofKilled.length} counted, of which ${older} were older than a minute; ` +
        `stopped: ${countedOfStopped} of ${ofStopped.length}`,
    );
    expect(countedOfStopped).toBe(ofStopped.length);
    expect(counted).toBeGreaterThanOrEqual(older);
    expect(counted).toBeLessThanOrEqual(ofKilled.length);
    expect(older).toBeGreaterThan(100);
    recordFigure('access-counts.operations', ofKilled.length);
    recordFigure('access-counts.counted', counted);
  },
);
