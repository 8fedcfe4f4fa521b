// A guarded subgraph of Apollo Federation. Run: node examples/subgraph/server.mjs
import { readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { ApolloServer } from '@apollo/server';
import { startStandaloneServer } from '@apollo/server/standalone';
import { buildSubgraphSchema } from '@apollo/subgraph';
import { createAuthorization, directiveTypeDefs } from '@graphql-gatehouse/authorization';
import { createAuthorizationPlugin } from '@graphql-gatehouse/authorization/apollo';
import { printFederationSchema } from '@graphql-gatehouse/authorization/reports';
import { parse } from 'graphql';
import { createInvoices, policies, viewerOfHeader } from '../invoices.mjs';

const invoices = createInvoices();
const sdl = readFileSync(new URL('schema.graphql', import.meta.url), 'utf8');

const schema = buildSubgraphSchema({
  typeDefs: [parse(directiveTypeDefs()), parse(sdl)],
  resolvers: {
    Query: { invoices: () => invoices },
    // Reads the record by its key. Nothing else of a reference can be trusted: a client may have sent it.
    Invoice: { __resolveReference: ({ id }) => invoices.find((each) => each.id === id) ?? null },
    Product: { __resolveReference: ({ id }) => ({ id, name: `Product ${id}` }) },
  },
});

const authorization = createAuthorization(schema, {
  policies,
  viewerOf: (context) => context.viewer,
});

/** The SDL that a router's supergraph is composed from. */
export const printForRouter = () =>
  printFederationSchema(authorization.source, authorization.requirements);

export async function start(port, viewerOf = viewerOfHeader) {
  const server = new ApolloServer({
    schema: authorization.schema,
    plugins: [createAuthorizationPlugin({ ...authorization, realm: 'invoices' })],
  });
  const { url } = await startStandaloneServer(server, {
    listen: { port, host: '127.0.0.1' },
    // The router must send on the Authorization header of its client.
    context: async ({ req }) => ({ viewer: await viewerOf(req.headers.authorization) }),
  });
  return { url, stop: () => server.stop() };
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  const { url } = await start(4012);
  process.stdout.write(`${url}\n`);
}
