import fc from 'fast-check';
import { defineConfig, defineDomain, type GatehouseContext } from 'graphql-gatehouse';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { seed } from '../authorization/property-run.ts';
import {
  findQuote,
  marker,
  operationOf,
  subscriptionOf,
  valueCases,
  valueResolvers,
  valueSubscriptions,
  valueTypeDefs,
} from '../authorization/values-world.ts';
import { roomsProject } from '../support/rooms-project.ts';
import { startTestServer, type TestServer } from '../support/test-server.ts';
import { openTestSocket, type TestSocket } from '../support/test-socket.ts';

const { Query = {}, Mutation = {}, ...types } = valueResolvers;
const config = defineConfig({
  domains: [
    defineDomain<GatehouseContext>({
      name: 'values',
      typeDefs: [
        valueTypeDefs.replaceAll(/type (Query|Mutation) /g, 'extend type $1 '),
        valueSubscriptions.typeDefs,
      ].join('\n'),
      resolvers: { Query, Mutation, ...types, Subscription: valueSubscriptions.resolvers },
    }),
  ],
});

let server: TestServer;
let socket: TestSocket;
beforeAll(async () => {
  server = await startTestServer({ project: { ...roomsProject, config } });
});
afterAll(() => server.stop());
// A socket may send so many messages at once, and a fast machine sends those of all tests in a few seconds.
beforeEach(async () => {
  socket = openTestSocket(server.url);
  await socket.connected;
});
afterEach(() => socket.close());

const samples = fc.sample(valueCases, { numRuns: 150, seed });

/** Everything that a socket sends about one operation. */
async function overSocket(operation: string): Promise<unknown> {
  const running = socket.subscribe(operation);
  const end = await running.ended;
  return { results: running.results, end };
}

it(`quotes no value of a resolver in an error, whichever way the operation runs (seed ${seed})`, async () => {
  let errors = 0;
  for (const valueCase of samples) {
    const operation = operationOf(valueCase);
    const first = await server.ask(operation);
    const second = await server.ask(operation);
    const { results, end } = Object(await overSocket(operation));
    for (const { errors: sent, extensions } of [first, second, { errors: end }, ...results]) {
      expect(findQuote({ sent, extensions }), JSON.stringify(valueCase)).toBeUndefined();
    }
    if (first.errors !== undefined) errors += 1;
  }
  expect(errors).toBeGreaterThan(samples.length / 4);
});

it(`quotes no value of a resolver in an error of an event (seed ${seed})`, async () => {
  let errors = 0;
  for (const valueCase of samples) {
    const { results, end } = Object(await overSocket(subscriptionOf(valueCase)));
    for (const { errors: sent, extensions } of [{ errors: end }, ...results]) {
      expect(findQuote({ sent, extensions }), JSON.stringify(valueCase)).toBeUndefined();
      if (JSON.stringify({ sent }).includes('INTERNAL_SERVER_ERROR')) errors += 1;
    }
  }
  expect(errors).toBeGreaterThan(samples.length / 4);
});

it('quotes nothing that the source of events throws', async () => {
  for (const operation of ['eventsThenError', 'noEvents']) {
    const sent = await overSocket(`subscription { ${operation} }`);
    expect(JSON.stringify(sent), operation).toContain('INTERNAL_SERVER_ERROR');
    expect(JSON.stringify(sent), operation).not.toContain(marker);
  }
});
