// Hive Gateway in front of guarded subgraphs. Run: node gateway.mjs supergraph.graphql
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createGatewayRuntime } from '@graphql-hive/gateway-runtime';
import { gatehouseAuth } from './gatehouse-auth.mjs';

const [file] = process.argv.slice(2);
const { ISSUER_URL = 'http://127.0.0.1:4000', PORT = '4001' } = process.env;

const gateway = createGatewayRuntime({
  supergraph: readFileSync(file, 'utf8'),
  ...gatehouseAuth({
    issuer: 'gatehouse',
    audience: 'gatehouse',
    jwks: `${ISSUER_URL}/.well-known/jwks.json`,
    passesSecrets: true,
  }),
  // Gatehouse sends events over WebSockets, and reads the token from the parameters of the connection.
  transportEntries: {
    rooms: {
      options: {
        subscriptions: {
          kind: 'ws',
          options: { connectionParams: { authorization: '{context.headers.authorization}' } },
        },
      },
    },
  },
  disableIntrospection: true,
  graphiql: false,
  logging: 'error',
});

const server = createServer(gateway).listen(Number(PORT), '127.0.0.1', () =>
  process.stdout.write(`http://127.0.0.1:${server.address().port}/graphql\n`),
);
