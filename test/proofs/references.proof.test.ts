import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { recordFigure } from '../../scripts/figures/figures.ts';
import { guardBuilt, holding } from '../authorization/fixtures.ts';
import { type AskHost, createLibraryHosts } from '../authorization/library-hosts.ts';
import { withoutUnhandledRejections } from '../authorization/property-run.ts';
import {
  buildReferences,
  findProblemOf,
  ownerPolicy,
  referenceLists,
  referencesQuery,
  variablesOf,
} from '../authorization/references-world.ts';
import { subgraphHosts } from '../hosts/subgraph-hosts.ts';
import { print } from './login-world.ts';

/**
 * `npm run proof -- references`: lists of references, of which many are wrong, to the subgraph of `references-world.ts`,
 * whose resolvers return and throw values that do not fit. No answer of any host has a text of them.
 *
 * `CASES` sets the number of lists for each host, and `SEED` draws the same ones again.
 */
const seed = Number(process.env.SEED ?? Date.now() % 1_000_000);
const count = Number(process.env.CASES ?? 5_000);

async function askAll(host: string, ask: AskHost): Promise<void> {
  const tally = { resolved: 0, 'with errors of resolvers': 0, refused: 0 };
  let references = 0;
  const startedMs = performance.now();
  await withoutUnhandledRejections(async () => {
    for (const list of fc.sample(referenceLists, { numRuns: count, seed })) {
      const text = await ask(referencesQuery, variablesOf(list));
      expect(findProblemOf(list, text), JSON.stringify(list)).toBeUndefined();
      references += list.length;
      const isRefused = text.includes('BAD_USER_INPUT') || !text.includes('"_entities":[');
      const hasErrors = text.includes('INTERNAL_SERVER_ERROR');
      tally[isRefused ? 'refused' : hasErrors ? 'with errors of resolvers' : 'resolved'] += 1;
    }
  });
  const seconds = Math.round((performance.now() - startedMs) / 1000);
  print(
    `${host} (${seconds} s): ${count} lists, ${references} references ${JSON.stringify(tally)}`,
  );
  for (const answers of Object.values(tally)) expect(answers).toBeGreaterThan(count / 20);
}

describe('the hosts of the library', () => {
  const policies = { SELF: () => true, OWNER: ownerPolicy };
  const authorization = guardBuilt(buildReferences(), { policies });
  const { hosts, start, stop } = createLibraryHosts(authorization, holding('STAFF'));
  beforeAll(start);
  afterAll(stop);

  it.each(Object.entries(hosts))(`%s quotes no value, with SEED=${seed}`, askAll);
});

describe('the hosts of Gatehouse', () => {
  it.each(subgraphHosts)(`$name quotes no value, with SEED=${seed}`, async ({ name, start }) => {
    const server = await start();
    const token = server.admin.accessToken;
    await askAll(name, async (query, variables) => {
      const { text } = await server.ask(query, { token, ...(variables && { variables }) });
      return text;
    });
    await server.stop();
    recordFigure('references.lists', count);
  });
});
