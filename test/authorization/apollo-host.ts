import { ApolloServer, type ApolloServerPlugin, HeaderMap } from '@apollo/server';
import { ApolloServerPluginInlineTrace } from '@apollo/server/plugin/inlineTrace';
import type { Authorization } from '@graphql-gatehouse/authorization';
import { createAuthorizationPlugin } from '@graphql-gatehouse/authorization/apollo';
import { accept, contentType, type LibraryHost, realm, toAnswer } from './host-answer.ts';

/** An Apollo Server; `plugins` come after the library's. */
export function createApolloHost<Context extends object>(
  authorization: Authorization<Context>,
  plugins: readonly ApolloServerPlugin<Context>[] = [],
): LibraryHost<Context> {
  const server = new ApolloServer<Context>({
    schema: authorization.schema,
    plugins: [createAuthorizationPlugin<Context>({ ...authorization, realm }), ...plugins],
    introspection: true,
    includeStacktraceInErrorResponses: false,
  });
  return {
    name: 'Apollo Server',
    async ask(query, contextValue, { prefer, ...operation } = {}) {
      const headers = new HeaderMap([
        ['content-type', contentType],
        ['accept', accept],
        ...(prefer === undefined ? [] : [['prefer', prefer] as const]),
      ]);
      const answer = await server.executeHTTPGraphQLRequest({
        httpGraphQLRequest: {
          method: 'POST',
          headers,
          search: '',
          body: JSON.parse(JSON.stringify({ query, ...operation })),
        },
        context: async () => contextValue,
      });
      if (answer.body.kind !== 'complete') throw new Error('The answer comes in parts.');
      return toAnswer(answer.status ?? 200, (name) => answer.headers.get(name), answer.body.string);
    },
    start: () => server.start(),
    stop: () => server.stop(),
  };
}

/** One that says how it traces: a subgraph is traced by default, which it prints. */
export const createTracedApolloHost = <Context extends object>(
  authorization: Authorization<Context>,
) => createApolloHost(authorization, [ApolloServerPluginInlineTrace()]);
