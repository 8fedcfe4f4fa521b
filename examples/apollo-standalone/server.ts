import { ApolloServer } from '@apollo/server';
import { startStandaloneServer } from '@apollo/server/standalone';
import type { Gatehouse } from 'graphql-gatehouse';
import { apolloPlugin } from 'graphql-gatehouse/apollo';

/** Serves Gatehouse in a standalone Apollo Server. */
export async function start(gatehouse: Gatehouse, port: number) {
  const { schema, contextOf } = gatehouse;
  const server = new ApolloServer({ schema, plugins: [apolloPlugin(gatehouse)] });
  const { url } = await startStandaloneServer(server, {
    listen: { port, host: '127.0.0.1' },
    context: ({ req }) => contextOf(req),
  });
  return { url, stop: () => server.stop() };
}
