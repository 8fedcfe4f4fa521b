import { afterAll, beforeAll, describe, it } from 'vitest';
import { guardBuilt, holding } from './fixtures.ts';
import { createLibraryHosts } from './library-hosts.ts';
import { forAll, runs, seed, withoutUnhandledRejections } from './property-run.ts';
import {
  buildReferences,
  findProblemOf,
  ownerPolicy,
  type Reference,
  referenceLists,
  referencesQuery,
  variablesOf,
} from './references-world.ts';

const authorization = guardBuilt(buildReferences(), {
  policies: { SELF: () => true, OWNER: ownerPolicy },
});
const { hosts, start, stop } = createLibraryHosts(authorization, holding('STAFF'));
beforeAll(start);
afterAll(stop);

async function findProblem(references: readonly Reference[]): Promise<string | undefined> {
  for (const [host, ask] of Object.entries(hosts)) {
    const variables = variablesOf(references);
    const problem = findProblemOf(references, await ask(referencesQuery, variables));
    if (problem !== undefined) return `${host} ${problem}\n${JSON.stringify(references)}`;
  }
  return undefined;
}

describe(`references (seed ${seed})`, () => {
  it(
    'are resolved or refused, and no answer of any host quotes a value of a resolver or a client',
    () =>
      withoutUnhandledRejections(() =>
        forAll({
          file: 'test/authorization/representations.properties.test.ts',
          arbitrary: referenceLists,
          numRuns: 5 * runs,
          check: findProblem,
        }),
      ),
    600_000,
  );
});
