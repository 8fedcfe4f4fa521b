/** Apollo Server alone, with the same token, statement and log line. */
import { ApolloServer } from '@apollo/server';
import { startStandaloneServer } from '@apollo/server/standalone';
import { announce, logOperation, resolvers, typeDefs, viewerOf } from './identity.mjs';

const logPlugin = {
  async requestDidStart() {
    const startedAt = performance.now();
    return {
      async willSendResponse({ operationName, contextValue: { viewer } }) {
        logOperation({ viewer, startedAt, operationName });
      },
    };
  },
};
const apollo = new ApolloServer({ typeDefs, resolvers, plugins: [logPlugin] });
const { url } = await startStandaloneServer(apollo, {
  listen: { host: '127.0.0.1', port: 0 },
  context: async ({ req }) => ({ viewer: await viewerOf(req.headers.authorization) }),
});
announce(url);
