import { ApolloServer, HeaderMap } from '@apollo/server';
import { ApolloServerPluginInlineTrace } from '@apollo/server/plugin/inlineTrace';
import type { Authorization, Viewer } from '@gatehouse/authorization';
import { createAuthorizationPlugin } from '@gatehouse/authorization/apollo';
import { createEnvelopPlugin } from '@gatehouse/authorization/envelop';
import { execute, parse } from 'graphql';
import { createYoga } from 'graphql-yoga';
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

export function createLibraryHosts(
  authorization: Authorization<TestContext>,
  viewer: Viewer,
): LibraryHosts {
  const apollo = new ApolloServer<TestContext>({
    schema: authorization.schema,
    // A subgraph is traced by default, which Apollo Server prints.
    plugins: [
      createAuthorizationPlugin({ ...authorization, realm: 'values' }),
      ApolloServerPluginInlineTrace(),
    ],
  });
  const run =
    (executor: typeof execute): AskHost =>
    async (query, variableValues) =>
      JSON.stringify(
        await executor({
          schema: authorization.schema,
          document: parse(query),
          contextValue: { viewer },
          variableValues,
        }),
      );
  return {
    hosts: {
      'graphql-js': run(execute),
      'authorization.execute': run(authorization.execute),
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
