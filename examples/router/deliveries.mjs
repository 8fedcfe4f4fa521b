// A second subgraph, which has its own fields of the type Invoice of ../subgraph. Run: node deliveries.mjs
import { readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { ApolloServer } from '@apollo/server';
import { startStandaloneServer } from '@apollo/server/standalone';
import { buildSubgraphSchema } from '@apollo/subgraph';
import { createAuthorization, directiveTypeDefs } from '@graphql-gatehouse/authorization';
import { createAuthorizationPlugin } from '@graphql-gatehouse/authorization/apollo';
import { printFederationSchema } from '@graphql-gatehouse/authorization/reports';
import { parse } from 'graphql';
import { viewerOfHeader } from '../invoices.mjs';

const sdl = readFileSync(new URL('deliveries.graphql', import.meta.url), 'utf8');
const delivered = new Set();
const deliveryOf = ({ id }) => ({
  id,
  isDelivered: delivered.has(id),
  address: `${id} Harbour Street`,
});

const schema = buildSubgraphSchema({
  typeDefs: [parse(directiveTypeDefs({ policy: undefined })), parse(sdl)],
  resolvers: {
    Query: {
      deliveries: () => ['1', '2'].map((id) => deliveryOf({ id })),
      parcels: () => [
        { __typename: 'Letter', id: '1', weightGrams: 20 },
        { __typename: 'Registered', id: '2', weightGrams: 150 },
      ],
    },
    Mutation: {
      deliver: (_mutation, { invoiceId: id }) => {
        delivered.add(id);
        return deliveryOf({ id });
      },
    },
    Invoice: { __resolveReference: deliveryOf },
  },
});

const authorization = createAuthorization(schema, {
  policies: {},
  viewerOf: ({ viewer }) => viewer,
});

/** The SDL that a router's supergraph is composed from. */
export const printForRouter = () =>
  printFederationSchema(authorization.source, authorization.requirements);

export async function start(port, viewerOf = viewerOfHeader) {
  const server = new ApolloServer({
    schema: authorization.schema,
    plugins: [createAuthorizationPlugin({ ...authorization, realm: 'deliveries' })],
  });
  const { url } = await startStandaloneServer(server, {
    listen: { port, host: '127.0.0.1' },
    context: async ({ req }) => ({ viewer: await viewerOf(req.headers.authorization) }),
  });
  return { url, stop: () => server.stop() };
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  const { url } = await start(4013);
  process.stdout.write(`${url}\n`);
}
