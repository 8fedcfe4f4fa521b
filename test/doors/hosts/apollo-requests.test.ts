import { createHash } from 'node:crypto';
import { ApolloServer } from '@apollo/server';
import { startStandaloneServer } from '@apollo/server/standalone';
import type { Gatehouse } from 'graphql-gatehouse';
import { apolloPlugin } from 'graphql-gatehouse/apollo';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import config from '../../../examples/invoices/gatehouse.config.ts';
import { startTimeoutMs, startWorld, type World } from '../../contracts/world.ts';

/** An Apollo Server that takes batches and persisted queries. */
async function start(gatehouse: Gatehouse) {
  const { schema, contextOf } = gatehouse;
  const plugins = [apolloPlugin(gatehouse)];
  const server = new ApolloServer({ schema, plugins, allowBatchedHttpRequests: true });
  const { url } = await startStandaloneServer(server, {
    listen: { port: 0, host: '127.0.0.1' },
    context: ({ req }) => contextOf(req),
  });
  return { graphqlUrl: url, rootUrl: undefined, stop: () => server.stop() };
}

let world: World;
beforeAll(async () => {
  world = await startWorld({ config, start });
}, startTimeoutMs);
afterAll(() => world.stop());

const query = '{ version }';
const sha256Hash = createHash('sha256').update(query).digest('hex');
const extensions = { persistedQuery: { version: 1, sha256Hash } };

async function send(body: unknown) {
  const response = await fetch(world.host.graphqlUrl, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  return { status: response.status, body: await response.json() };
}

describe('an Apollo Server with the plugin of Gatehouse', () => {
  it('refuses a batch with 400, where the server takes batches', async () => {
    const refused = { errors: [{ extensions: { code: 'BATCHING_NOT_SUPPORTED' } }] };
    const answer = await send([{ query }, { query }]);
    expect(answer).toMatchObject({ status: 400, body: [refused, refused] });
  });

  it('asks for the document of an unknown persisted query, and knows it afterwards', async () => {
    const asking = {
      message: 'PersistedQueryNotFound',
      extensions: { code: 'PERSISTED_QUERY_NOT_FOUND' },
    };
    expect(await send({ extensions })).toMatchObject({ status: 200, body: { errors: [asking] } });
    const known = { status: 200, body: { data: { version: '1.0' } } };
    expect(await send({ query, extensions })).toEqual(known);
    expect(await send({ extensions })).toEqual(known);
  });
});
