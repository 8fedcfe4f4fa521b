import { expect, it } from 'vitest';
import { ask } from '../support/ask.ts';
import { logIn } from '../support/log-in.ts';
import { useGatehouse } from '../support/process.ts';
import { readPeriods, readUses } from '../support/rights-tables.ts';
import { startNodeBesideTest } from '../support/two-nodes.ts';

/** A killed node: `npm run proof -- access-counts`. */
const gatehouse = useGatehouse();

it.skipIf(process.env.TEST_DATABASE_URL === undefined)(
  'two nodes add to the counts of one day, and write the last ones when they stop',
  async () => {
    const { nodes, urls, database, ...user } = await startNodeBesideTest(gatehouse);
    const query = '{ users { pageInfo { hasNextPage } } }';
    await Promise.all(
      urls.map(async (url) => {
        const { accessToken } = await logIn(url, user.username, user.password);
        const options = accessToken === undefined ? {} : { token: accessToken };
        const asking = Array.from({ length: 20 }, () => ask(`${url}/graphql`, query, options));
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
