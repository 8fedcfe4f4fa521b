// Gatehouse's authorization in an Apollo Server of your own. Run: node examples/apollo-server.mjs
import { pathToFileURL } from 'node:url';
import { ApolloServer } from '@apollo/server';
import { startStandaloneServer } from '@apollo/server/standalone';
import { createAuthorization } from '@graphql-gatehouse/authorization';
import { createAuthorizationPlugin } from '@graphql-gatehouse/authorization/apollo';
import { makeExecutableSchema } from '@graphql-tools/schema';
import {
  createInvoices,
  createResolvers,
  policies,
  typeDefs,
  viewerOfHeader,
} from './invoices.mjs';

export async function start(port) {
  const authorization = createAuthorization(
    makeExecutableSchema({ typeDefs, resolvers: createResolvers(createInvoices()) }),
    { policies, viewerOf: (context) => context.viewer },
  );
  const server = new ApolloServer({
    schema: authorization.schema,
    plugins: [createAuthorizationPlugin({ ...authorization, realm: 'invoices' })],
  });
  const { url } = await startStandaloneServer(server, {
    listen: { port, host: '127.0.0.1' },
    context: async ({ req }) => ({ viewer: viewerOfHeader(req.headers.authorization) }),
  });
  return { url, stop: () => server.stop() };
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  const { url } = await start(4010);
  process.stdout.write(`${url}\n`);
}
