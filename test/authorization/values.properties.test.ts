import { createAuthorization, type Viewer } from '@graphql-gatehouse/authorization';
import { makeExecutableSchema } from '@graphql-tools/schema';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { anonymous, groupsOnly, type TestContext } from './fixtures.ts';
import { createLibraryHosts } from './library-hosts.ts';
import { forAll, runs, seed, withoutUnhandledRejections } from './property-run.ts';
import {
  findQuote,
  operationOf,
  purpose,
  type ValueCase,
  valueCases,
  valueResolvers,
  valueTypeDefs,
} from './values-world.ts';

/** Whatever a resolver returns or throws: no error of an answer quotes it, in any host. */
const authorization = createAuthorization<Viewer, TestContext>(
  makeExecutableSchema({ typeDefs: [groupsOnly, valueTypeDefs], resolvers: valueResolvers }),
  { policies: {}, viewerOf: ({ viewer }) => viewer },
);
const { hosts, start, stop } = createLibraryHosts(authorization, anonymous);
beforeAll(start);
afterAll(stop);

/** An error that a resolver wrote for clients keeps its message. */
const isOnPurpose = ({ value, delivery, place }: ValueCase): boolean =>
  value.startsWith('an error on purpose') &&
  (delivery === 'thrown' || delivery === 'rejected') &&
  place !== 'property';

async function findProblem(valueCase: ValueCase): Promise<string | undefined> {
  for (const [host, ask] of Object.entries(hosts)) {
    const text = await ask(operationOf(valueCase));
    const isMissing = isOnPurpose(valueCase) && !text.includes(purpose);
    const problem = isMissing ? `hides the message: ${text}` : findQuote(JSON.parse(text));
    if (problem !== undefined) return `${host} ${problem}\n${JSON.stringify(valueCase)}`;
  }
  return undefined;
}

describe(`values and errors of resolvers (seed ${seed})`, () => {
  it(
    'are not quoted by an error of any host',
    () =>
      withoutUnhandledRejections(() =>
        forAll({
          file: 'test/authorization/values.properties.test.ts',
          arbitrary: valueCases,
          numRuns: 20 * runs,
          check: findProblem,
        }),
      ),
    600_000,
  );
});
