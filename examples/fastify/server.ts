import { ApolloServer } from '@apollo/server';
import { fastifyApolloHandler } from '@as-integrations/fastify';
import Fastify from 'fastify';
import type { Gatehouse } from 'graphql-gatehouse';
import { apolloPlugin } from 'graphql-gatehouse/apollo';

/** Adds Gatehouse to a Fastify application that has Apollo Server. */
export async function createServer(gatehouse: Gatehouse) {
  const { schema, contextOf, handler } = gatehouse;
  const apollo = new ApolloServer({ schema, plugins: [apolloPlugin(gatehouse)] });
  await apollo.start();
  const app = Fastify();
  app.post('/graphql', fastifyApolloHandler(apollo, { context: (request) => contextOf(request) }));
  app.get('/*', (request, reply) => handler(request.raw, reply.hijack().raw));
  return app;
}
