import { ApolloServer, HeaderMap } from '@apollo/server';
import { createAuthorization, type Viewer } from '@gatehouse/authorization';
import { createAuthorizationPlugin } from '@gatehouse/authorization/apollo';
import { createEnvelopPlugin } from '@gatehouse/authorization/envelop';
import { makeExecutableSchema } from '@graphql-tools/schema';
import { execute, parse } from 'graphql';
import { createYoga } from 'graphql-yoga';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { anonymous, groupsOnly, type TestContext } from './fixtures.ts';
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
const apollo = new ApolloServer<TestContext>({
  schema: authorization.schema,
  plugins: [createAuthorizationPlugin({ ...authorization, realm: 'values' })],
});
const yoga = createYoga<TestContext>({
  schema: authorization.schema,
  plugins: [createEnvelopPlugin<TestContext>({ ...authorization, realm: 'values' })],
  // The guarded schema alone has to keep the promise.
  maskedErrors: false,
  logging: false,
});
beforeAll(() => apollo.start());
afterAll(() => apollo.stop());

type Ask = (query: string) => Promise<string>;

const request = (query: string) => ({
  schema: authorization.schema,
  document: parse(query),
  contextValue: { viewer: anonymous },
});

const askApollo: Ask = async (query) => {
  const { body } = await apollo.executeHTTPGraphQLRequest({
    httpGraphQLRequest: {
      method: 'POST',
      headers: new HeaderMap([['content-type', 'application/json']]),
      search: '',
      body: { query },
    },
    context: async () => ({ viewer: anonymous }),
  });
  if (body.kind !== 'complete') throw new Error('The answer comes in parts.');
  return body.string;
};

const askYoga: Ask = async (query) => {
  const body = JSON.stringify({ query });
  const headers = { 'content-type': 'application/json' };
  const url = 'http://yoga/graphql';
  const response = await yoga.fetch(url, { method: 'POST', headers, body }, { viewer: anonymous });
  return response.text();
};

const hosts: Readonly<Record<string, Ask>> = {
  'graphql-js': async (query) => JSON.stringify(await execute(request(query))),
  'authorization.execute': async (query) =>
    JSON.stringify(await authorization.execute(request(query))),
  'Apollo Server': askApollo,
  'GraphQL Yoga': askYoga,
};

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
