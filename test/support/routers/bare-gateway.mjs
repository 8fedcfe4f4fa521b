// Hive Gateway with its own checks alone: the claim `scope`, and no plugin that keeps answers.
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tokenViewer } from '@graphql-gatehouse/authorization/tokens';
import { createGatewayRuntime } from '@graphql-hive/gateway-runtime';

const [file] = process.argv.slice(2);
const viewerOf = tokenViewer({
  issuer: 'gatehouse',
  audience: 'gatehouse',
  jwks: `${process.env.ISSUER_URL}/.well-known/jwks.json`,
  groups: () => [],
});
const gateway = createGatewayRuntime({
  supergraph: readFileSync(file, 'utf8'),
  genericAuth: {
    mode: 'protect-granular',
    resolveUserFn: async ({ headers }) => {
      const viewer = await viewerOf(headers?.authorization);
      return viewer.isAuthenticated ? viewer.claims : null;
    },
  },
  propagateHeaders: {
    fromClientToSubgraphs: ({ request }) => {
      const authorization = request.headers.get('authorization');
      return authorization === null ? {} : { authorization };
    },
  },
  graphiql: false,
  logging: 'error',
});
const server = createServer(gateway).listen(0, '127.0.0.1', () =>
  process.stdout.write(`http://127.0.0.1:${server.address().port}/graphql\n`),
);
