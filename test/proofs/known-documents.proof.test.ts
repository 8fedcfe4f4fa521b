import { expect, it } from 'vitest';
import { recordFigure } from '../../scripts/figures/figures.ts';
import { createRandom } from '../support/fuzz/random.ts';
import { makeFuzzWorld } from '../support/fuzz/world.ts';
import { adminPassword, startTestServer } from '../support/test-server.ts';
import { createTwoWays, drawQuery } from '../support/two-ways.ts';
import { print } from './login-world.ts';

/**
 * `npm run proof -- known-documents`: each generated query is asked twice, in a form that Apollo Server reads and in the
 * usual one: both give the same status, headers, bytes and lines of the log.
 *
 * `QUERIES` sets their number, and `SEED` draws the same ones again.
 */
const queries = Number(process.env.QUERIES ?? 100_000);
/** Each request waits up to 50 ms for its lines in the log. */
const concurrency = 32;
const seed = Number(process.env.SEED ?? Date.now() % 1_000_000);

it(`gives ${queries} queries the same answers in both ways with SEED=${seed}`, async () => {
  // Times of use are in answers.
  const at = new Date();
  const server = await startTestServer({ now: () => at });
  const ways = createTwoWays(server);
  const random = createRandom(seed);
  const world = await makeFuzzWorld(server.url, { username: 'admin', password: adminPassword });
  const statuses: Record<number, number> = {};
  let left = queries;
  const askNext = async (): Promise<void> => {
    while (left > 0) {
      left -= 1;
      const asked = drawQuery(random, world);
      const seen = await ways.ask(asked);
      expect(seen.directly, JSON.stringify(asked)).toEqual(seen.byApollo);
      const { status } = seen.directly;
      statuses[status] = (statuses[status] ?? 0) + 1;
    }
  };
  await Promise.all(Array.from({ length: concurrency }, askNext));
  ways.restore();
  await server.stop();
  print(`${queries} queries: ${JSON.stringify(statuses)}`);
  recordFigure('known-documents.queries', queries);
});
