import { ApolloServer, HeaderMap } from '@apollo/server';
import { ApolloServerPluginInlineTrace } from '@apollo/server/plugin/inlineTrace';
import type { Authorization, Viewer } from '@gatehouse/authorization';
import { createAuthorizationPlugin } from '@gatehouse/authorization/apollo';
import { createEnvelopPlugin } from '@gatehouse/authorization/envelop';
import { type ExecutionArgs, type ExecutionResult, execute, parse } from 'graphql';
import { createYoga } from 'graphql-yoga';
import { executeKnown } from './execute-known.ts';
import type { TestContext } from './fixtures.ts';

/** Runs an operation in a host. Returns the body of the answer. */
export type AskHost = (
  query: string,
  variables?: Readonly<Record<string, unknown>>,
) => Promise<string>;

/** The hosts of the library, by name, which answer for one viewer. */
export interface LibraryHosts {
  readonly hosts: Readonly<Record<string, AskHost>>;
  start(): Promise<void>;
  stop(): Promise<void>;
}

type Request = Omit<ExecutionArgs, 'schema'>;

export function createLibraryHosts(
  authorization: Authorization<TestContext>,
  viewer: Viewer,
): LibraryHosts {
  const { schema } = authorization;
  const apollo = new ApolloServer<TestContext>({
    schema,
    // A subgraph is traced by default, which Apollo Server prints.
    plugins: [
      createAuthorizationPlugin({ ...authorization, realm: 'values' }),
      ApolloServerPluginInlineTrace(),
    ],
  });
  const run =
    (executor: (request: Request) => ExecutionResult | Promise<ExecutionResult>): AskHost =>
    async (query, variableValues) =>
      JSON.stringify(
        await executor({ document: parse(query), contextValue: { viewer }, variableValues }),
      );
  return {
    hosts: {
      'graphql-js': run((request) => execute({ schema, ...request })),
      'authorization.execute': run((request) => executeKnown(authorization, request)),
      'Apollo Server': askApollo(apollo, viewer),
      'GraphQL Yoga': askYoga(authorization, viewer),
    },
    start: () => apollo.start(),
    stop: () => apollo.stop(),
  };
}

const askApollo =
  (apollo: ApolloServer<TestContext>, viewer: Viewer): AskHost =>
  async (query, variables = {}) => {
    const { body } = await apollo.executeHTTPGraphQLRequest({
      httpGraphQLRequest: {
        method: 'POST',
        headers: new HeaderMap([['content-type', 'application/json']]),
        search: '',
        body: { query, variables },
      },
      context: async () => ({ viewer }),
    });
    if (body.kind !== 'complete') throw new Error('The answer comes in parts.');
    return body.string;
  };

function askYoga(authorization: Authorization<TestContext>, viewer: Viewer): AskHost {
  const yoga = createYoga<TestContext>({
    schema: authorization.schema,
    plugins: [createEnvelopPlugin<TestContext>({ ...authorization, realm: 'values' })],
    // The guarded schema alone has to keep the promise.
    maskedErrors: false,
    logging: false,
  });
  return async (query, variables) => {
    const body = JSON.stringify({ query, variables });
    const headers = { 'content-type': 'application/json' };
    const url = 'http://yoga/graphql';
    const response = await yoga.fetch(url, { method: 'POST', headers, body }, { viewer });
    return response.text();
  };
}
