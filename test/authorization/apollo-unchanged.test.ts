import { ApolloServer, HeaderMap } from '@apollo/server';
import {
  createAuthDirective,
  createAuthorization,
  createPublicDirective,
} from '@graphql-gatehouse/authorization';
import { createAuthorizationPlugin } from '@graphql-gatehouse/authorization/apollo';
import {
  GraphQLEnumType,
  GraphQLError,
  GraphQLInt,
  GraphQLNonNull,
  GraphQLObjectType,
  GraphQLSchema,
  GraphQLString,
} from 'graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const extensions = { directives: { public: {} } };
const unpaid: Record<string, unknown> = {
  code: 'UNPAID',
  http: { status: 402, headers: new HeaderMap([['x-price', '1']]) },
};

/** Everything is public, so that the plugin refuses nothing. */
const source = new GraphQLSchema({
  query: new GraphQLObjectType({
    name: 'Query',
    fields: {
      greet: {
        type: GraphQLString,
        args: { who: { type: new GraphQLNonNull(GraphQLString) } },
        resolve: (_query, { who }) => `Hello ${who}`,
        extensions,
      },
      size: { type: GraphQLInt, resolve: () => 1, extensions },
      paid: {
        type: GraphQLString,
        resolve() {
          throw new GraphQLError('Pay first.', { extensions: unpaid });
        },
        extensions,
      },
    },
  }),
  mutation: new GraphQLObjectType({
    name: 'Mutation',
    fields: { count: { type: GraphQLInt, resolve: () => 1, extensions } },
  }),
  directives: [
    createAuthDirective({ group: new GraphQLEnumType({ name: 'Group', values: { MEMBER: {} } }) }),
    createPublicDirective(),
  ],
});

const authorization = createAuthorization(source, {
  policies: {},
  viewerOf: () => ({ isAuthenticated: false, reason: 'TOKEN_MISSING' }),
});
const options = { stopOnTerminationSignals: false, includeStacktraceInErrorResponses: false };
const plain = new ApolloServer({ ...options, schema: source });
const guarded = new ApolloServer({
  ...options,
  schema: authorization.schema,
  plugins: [createAuthorizationPlugin({ ...authorization, realm: 'public' })],
});

beforeAll(() => Promise.all([plain.start(), guarded.start()]));
afterAll(() => Promise.all([plain.stop(), guarded.stop()]));

interface Sent {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly search?: string;
  readonly body?: unknown;
}

async function answerOf(server: ApolloServer, { method = 'POST', headers, search, body }: Sent) {
  const answer = await server.executeHTTPGraphQLRequest({
    httpGraphQLRequest: {
      method,
      headers: new HeaderMap(
        Object.entries({ 'content-type': 'application/json', accept: '*/*', ...headers }),
      ),
      search: search ?? '',
      body,
    },
    context: async () => ({}),
  });
  return { ...answer, headers: [...answer.headers] };
}

const hash = 'a'.repeat(64);
const get = (text: string): Sent => ({
  method: 'GET',
  search: `?query=${encodeURIComponent(text)}`,
});

/** Forms of requests that Apollo's own suite sends to each integration. */
const requests: readonly (readonly [string, number, Sent])[] = [
  ['a query', 200, { body: { query: '{ size }' } }],
  ['a query by GET', 200, get('{ size }')],
  ['a mutation', 200, { body: { query: 'mutation { count }' } }],
  ['a mutation by GET', 405, get('mutation { count }')],
  ['another method', 405, { method: 'PUT', body: { query: '{ size }' } }],
  [
    'a GET request that any page could make',
    400,
    { ...get('{ size }'), headers: { 'content-type': 'text/plain' } },
  ],
  [
    'an answer of the newer type',
    200,
    { body: { query: '{ size }' }, headers: { accept: 'application/graphql-response+json' } },
  ],
  [
    'a type that is not offered',
    406,
    { body: { query: '{ size }' }, headers: { accept: 'text/csv' } },
  ],
  ['no query', 400, { body: {} }],
  ['a syntax error', 400, { body: { query: '{' } }],
  ['an unknown field', 400, { body: { query: '{ none }' } }],
  ['an unknown operation', 400, { body: { query: 'query A { size }', operationName: 'B' } }],
  ['two operations without a name', 400, { body: { query: 'query A { size } query B { size }' } }],
  [
    'a variable',
    200,
    { body: { query: 'query ($who: String!) { greet(who: $who) }', variables: { who: 'Ada' } } },
  ],
  [
    'a variable of the wrong type',
    400,
    { body: { query: 'query ($who: String!) { greet(who: $who) }', variables: { who: 1 } } },
  ],
  ['variables as a text', 400, { body: { query: '{ size }', variables: '{}' } }],
  ['a batch that the server does not take', 400, { body: [{ query: '{ size }' }] }],
  ['an error with a status and headers', 402, { body: { query: '{ paid }' } }],
  [
    'an unknown persisted query',
    200,
    { body: { extensions: { persistedQuery: { version: 1, sha256Hash: hash } } } },
  ],
  [
    'a hash that does not match',
    400,
    {
      body: { query: '{ size }', extensions: { persistedQuery: { version: 1, sha256Hash: hash } } },
    },
  ],
];

describe('an Apollo Server with the plugin of the library', () => {
  it.each(requests)('answers %s as without it: %i', async (_what, status, sent) => {
    const expected = await answerOf(plain, sent);
    expect(expected.status ?? 200).toBe(status);
    expect(await answerOf(guarded, sent)).toEqual(expected);
  });
});
