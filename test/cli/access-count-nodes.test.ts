import { expect, it } from 'vitest';
import { createNodeClient } from '../support/node-client.ts';
import { useGatehouse } from '../support/process.ts';
import { readPeriods, readUses } from '../support/rights-tables.ts';
import { hasPostgres } from '../support/rounds.ts';
import { startNodeBesideTest } from '../support/two-nodes.ts';

/** A killed node: `npm run proof -- access-counts`. */
const gatehouse = useGatehouse();

it.skipIf(!hasPostgres)(
  'two nodes add to the counts of one day, and write the last ones when they stop',
  async () => {
    const { nodes, urls, database } = await startNodeBesideTest(gatehouse);
    const query = '{ users { pageInfo { hasNextPage } } }';
    await Promise.all(
      urls.map(async (url) => {
        const { anAdmin, ask } = createNodeClient(url);
        const { accessToken: token } = await anAdmin();
        const asking = Array.from({ length: 20 }, () => ask(query, { token }));
        for (const { status } of await Promise.all(asking)) expect(status).toBe(200);
      }),
    );
    await Promise.all(nodes.map((node) => node.stop()));
    const counts = (await readUses(database)).filter(
      ({ coordinate }) => coordinate === 'Query.users',
    );
    // At midnight in UTC, there are two days.
    expect(new Set(counts.map(({ group }) => group))).toEqual(new Set(['ADMIN']));
    expect(counts.reduce((sum, { alone }) => sum + alone, 0)).toBe(40);
    expect(await readPeriods(database)).toMatchObject([{ isCounting: true }, { isCounting: true }]);
  },
);
