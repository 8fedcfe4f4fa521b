/** GraphQL Yoga alone, with the same token, statement and log line. */
import { createServer } from 'node:http';
import { createSchema, createYoga } from 'graphql-yoga';
import { announce, logOperation, resolvers, typeDefs, viewerOf } from './identity.mjs';

const logPlugin = {
  onExecute: ({ args: { contextValue } }) => ({
    onExecuteDone() {
      const { viewer, startedAt, params } = contextValue;
      logOperation({ viewer, startedAt, operationName: params.operationName });
    },
  }),
};
const yoga = createYoga({
  schema: createSchema({ typeDefs, resolvers }),
  context: async ({ request }) => ({
    startedAt: performance.now(),
    viewer: await viewerOf(request.headers.get('authorization') ?? undefined),
  }),
  plugins: [logPlugin],
  logging: false,
  graphiql: false,
});
const server = createServer(yoga).listen(0, '127.0.0.1', () => {
  announce(`http://127.0.0.1:${server.address().port}`);
});
