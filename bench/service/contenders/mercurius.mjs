/** Mercurius with its compiler, with the same token, statement and log line. */
import Fastify from 'fastify';
import mercurius from 'mercurius';
import { announce, logOperation, resolvers, typeDefs, viewerOf } from './identity.mjs';

const fastify = Fastify();
await fastify.register(mercurius, {
  schema: typeDefs,
  resolvers,
  jit: 1,
  context: async ({ headers }) => ({
    startedAt: performance.now(),
    viewer: await viewerOf(headers.authorization),
  }),
});
fastify.graphql.addHook(
  'onResolution',
  async (_execution, { viewer, startedAt, operationName }) => {
    logOperation({ viewer, startedAt, operationName });
  },
);
announce(await fastify.listen({ host: '127.0.0.1', port: 0 }));
