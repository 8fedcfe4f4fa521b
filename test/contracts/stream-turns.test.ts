import { on, setMaxListeners } from 'node:events';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { makeExecutableSchema } from '@graphql-tools/schema';
import { parse } from 'graphql';
import { defineConfig, defineDomain } from 'graphql-gatehouse';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { yoga } from './hosts.ts';
import { startTimeoutMs, startWorld, type World } from './world.ts';

const news = new EventTarget();
setMaxListeners(0, news);
/** The answers that were started in each turn of the event loop. */
const startedByTurn: number[] = [];
let startedInTurn = 0;

/** Counts an answer. */
function start(): void {
  startedInTurn += 1;
  if (startedInTurn > 1) return;
  setImmediate(() => {
    startedByTurn.push(startedInTurn);
    startedInTurn = 0;
  });
}

type SignalContext = { readonly signal: AbortSignal };

const subscribe = (_source: unknown, _args: unknown, { signal }: SignalContext) =>
  on(news, 'published', { signal });

const schema = makeExecutableSchema({
  typeDefs: `directive @public on FIELD_DEFINITION
    type Query { version: String @public }
    type Subscription { news: String @public slow: String @public }`,
  resolvers: {
    Query: { version: () => '1.0' },
    Subscription: {
      news: {
        subscribe,
        resolve() {
          start();
          return 'published';
        },
      },
      slow: { subscribe, resolve: () => new Promise(() => {}) },
    },
  },
});
const config = defineConfig({ schema, domains: [defineDomain({ name: 'none', typeDefs: [] })] });

describe('the subscriptions of an existing server', () => {
  let world: World;
  beforeAll(async () => {
    const environment = { OPERATION_TIMEOUT_MS: '1000' };
    world = await startWorld({ config, start: yoga }, { environment });
  }, startTimeoutMs);
  afterAll(() => world?.stop());

  /** The request of one connection, on which all subscriptions are opened. */
  const request = { headers: {}, socket: { remoteAddress: '192.0.2.1', once: () => {} } };

  /** Opens a subscription as servers do that take `subscribe` of graphql-js. */
  async function open(field: string) {
    const { contextOf, run } = world.gatehouse;
    const contextValue = await contextOf(request);
    const document = parse(`subscription { ${field} }`);
    const results = await run({ schema: world.gatehouse.schema, document, contextValue });
    if (!(Symbol.asyncIterator in results)) throw new Error(JSON.stringify(results));
    return results;
  }

  it('cause no warning of Node.js, however many one connection has', async () => {
    const warnings: Error[] = [];
    const note = (warning: Error) => warnings.push(warning);
    process.on('warning', note);
    const streams = await Promise.all(Array.from({ length: 12 }, () => open('news')));
    await Promise.all(streams.map((stream) => stream.return?.()));
    await nextTurn(); // Node.js reports warnings later
    process.off('warning', note);
    expect(warnings).toEqual([]);
  });

  it('answer events a few at a time, and other work of the event loop runs in between', async () => {
    const streams = await Promise.all(Array.from({ length: 40 }, () => open('news')));
    const answers = streams.map((stream) => stream.next());
    news.dispatchEvent(new Event('published'));
    const value = { data: { news: 'published' } };
    for (const answer of answers) expect(await answer).toEqual({ done: false, value });
    await expect.poll(() => startedByTurn.reduce((sum, count) => sum + count, 0)).toBe(40);
    expect(Math.max(...startedByTurn)).toBeLessThanOrEqual(8); // two steps of four can share a turn
    await Promise.all(streams.map((stream) => stream.return?.()));
  });

  it('end when an answer exceeds the time of an operation', async () => {
    const stream = await open('slow');
    const answer = stream.next();
    news.dispatchEvent(new Event('published'));
    expect(await answer).toMatchObject({
      value: { errors: [{ extensions: { code: 'SERVICE_UNAVAILABLE' } }] },
    });
    expect(await stream.next()).toEqual({ done: true, value: undefined });
  });
});
