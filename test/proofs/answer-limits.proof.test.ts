import { expect, it } from 'vitest';
import { addVisits, measureNeighbour, startVisits } from '../support/large-answers.ts';

/**
 * `npm run proof -- answer-limits`: eight users ask again and again for lists in lists, each of 1,000 rows, with the default
 * limits. A neighbour asks for `me` meanwhile. `TEST_DATABASE_KIND=postgresql` runs it on PostgreSQL. `npm test` runs a short sample: test/api/answer-limits.test.ts.
 */
const seconds = Number(process.env.ANSWER_SECONDS ?? 20);
const mostMs = 20;
/** On a machine that does other things too, as a multiple of what as many honest lists of 1,000 rows cost. */
const mostTimes = 6;

it('answers a neighbour of attackers in time', async () => {
  const server = await startVisits();
  const attackers = await Promise.all(Array.from({ length: 8 }, () => server.aUser()));
  for (const each of attackers) await addVisits(server, each, 1_000);
  const neighbour = await server.aUser();
  const quiet = await measureNeighbour(server, { attackers: [], neighbour, seconds: 3 });
  const query = '{ me { visits { id } } }';
  const honest = await measureNeighbour(server, { attackers, neighbour, seconds: 5, query });
  const before = process.memoryUsage().rss;
  const noticed = await measureNeighbour(server, { attackers, neighbour, seconds });
  const grownMb = (process.memoryUsage().rss - before) / 1e6;
  await server.stop();
  const { medianMs, p99Ms, refused, asked, attacks } = noticed;
  process.stdout.write(
    `me: median ${medianMs.toFixed(1)} ms (quiet ${quiet.medianMs.toFixed(1)} ms, beside as many honest lists ${honest.medianMs.toFixed(1)} ms), p99 ${p99Ms.toFixed(0)} ms, ` +
      `${refused} of ${asked} refused; attacks ${JSON.stringify(attacks)}; ${grownMb.toFixed(0)} MB more\n`,
  );
  expect(refused).toBe(0);
  expect(Object.keys(attacks)).toEqual(['400']);
  expect(medianMs).toBeLessThan(Math.max(mostMs, mostTimes * honest.medianMs));
});
