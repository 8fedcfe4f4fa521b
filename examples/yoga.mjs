// Gatehouse's authorization in a GraphQL Yoga of your own. Run: node examples/yoga.mjs
import { createServer } from 'node:http';
import { pathToFileURL } from 'node:url';
import { createAuthorization } from '@graphql-gatehouse/authorization';
import { createEnvelopPlugin } from '@graphql-gatehouse/authorization/envelop';
import { makeExecutableSchema } from '@graphql-tools/schema';
import { createYoga } from 'graphql-yoga';
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
  const yoga = createYoga({
    schema: authorization.schema,
    context: ({ request }) => ({ viewer: viewerOfHeader(request.headers.get('authorization')) }),
    plugins: [createEnvelopPlugin({ ...authorization, realm: 'invoices' })],
    graphqlEndpoint: '/',
    logging: 'error',
  });
  const server = createServer(yoga);
  await new Promise((resolve) => server.listen(port, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${server.address().port}/`;
  return { url, stop: () => new Promise((resolve) => server.close(resolve)) };
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  const { url } = await start(4011);
  process.stdout.write(`${url}\n`);
}
