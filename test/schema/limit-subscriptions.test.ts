import { buildSchema, parse, subscribe } from 'graphql';
import { expect, it } from 'vitest';
import { limitSubscriptions } from '../../src/schema/limit-subscriptions.ts';

type Source = () => unknown;

/** A schema whose subscription has the given source, of which two may be open for each viewer. */
function createSubscribe(source: Source) {
  const schema = buildSchema('type Query { a: Int } type Subscription { tick: Int }');
  Object.assign(schema.getSubscriptionType()?.getFields().tick ?? {}, {
    subscribe: async () => source(),
    resolve: (event: unknown) => event,
  });
  limitSubscriptions(schema, 2);
  const document = parse('subscription { tick }');
  return async (contextValue: object) => {
    const result = await subscribe({ schema, document, contextValue });
    return Symbol.asyncIterator in result ? result : result.errors?.[0]?.message;
  };
}

const visitor = (ip: string | undefined, requestId = '1') => ({
  viewer: { kind: 'anonymous', isAuthenticated: false, reason: 'TOKEN_MISSING' },
  client: { ip, userAgent: undefined },
  requestId,
});
const withId = (viewer: object) => ({
  viewer: { isAuthenticated: true, ...viewer },
  client: { ip: '192.0.2.1', userAgent: undefined },
});
const endless: Source = async function* () {
  yield await new Promise<never>(() => {});
};
const refusal = 'You have too many open subscriptions. At most 2 are allowed.';

it.each([
  ['a user', withId({ kind: 'user', userId: '1' }), withId({ kind: 'user', userId: '2' })],
  [
    'an API client',
    withId({ kind: 'apiClient', clientId: '1' }),
    withId({ kind: 'user', userId: '1' }),
  ],
  ['the address of anonymous viewers', visitor('192.0.2.1'), visitor('192.0.2.2')],
  ['their network, by IPv6', visitor('2001:db8::1'), visitor('2001:db8:0:1::1')],
])('limits the subscriptions of %s', async (_owner, viewer, other) => {
  const open = createSubscribe(endless);
  expect([await open(viewer), await open(viewer)]).not.toContain(refusal);
  expect(await open(viewer)).toBe(refusal);
  expect(await open(other)).not.toBe(refusal);
});

it('never counts anonymous viewers of unknown addresses together', async () => {
  const open = createSubscribe(endless);
  for (const requestId of ['1', '2', '3', '4']) {
    expect(await open(visitor(undefined, requestId))).not.toBe(refusal);
  }
});

it.each<{ readonly end: string; readonly source: Source }>([
  {
    end: 'ends',
    source: async function* () {
      yield 1;
    },
  },
  {
    end: 'throws',
    source: () => ({
      [Symbol.asyncIterator]: () => ({ next: () => Promise.reject(new Error('broken')) }),
    }),
  },
  {
    end: 'cannot be opened',
    source: () => {
      throw new Error('broken');
    },
  },
  { end: 'is not a source', source: () => 1 },
])('counts no subscription whose source $end', async ({ source }) => {
  const open = createSubscribe(source);
  const viewer = visitor('192.0.2.1');
  for (let round = 0; round < 5; round += 1) {
    const found = await open(viewer).catch(() => undefined);
    expect(found).not.toBe(refusal);
    if (!(found instanceof Object)) continue;
    try {
      for await (const _event of found);
    } catch {
      // Of the broken source.
    }
  }
});

it('counts no subscription that the client has ended', async () => {
  const next = new Promise<never>(() => {});
  const open = createSubscribe(() => ({
    [Symbol.asyncIterator]: () => ({
      next: () => next,
      return: async () => ({ done: true, value: undefined }),
    }),
  }));
  for (let round = 0; round < 5; round += 1) {
    const found = await open(visitor('192.0.2.1'));
    expect(found).not.toBe(refusal);
    if (found instanceof Object) await found.return?.(undefined);
  }
});

it('counts a generator that waits after its client has left, until it has ended', async () => {
  let wake = () => {};
  const woken = new Promise<void>((resolve) => {
    wake = resolve;
  });
  const open = createSubscribe(async function* () {
    yield await woken;
  });
  const viewer = visitor('192.0.2.1');
  const ends = [];
  for (let count = 0; count < 2; count += 1) {
    const found = await open(viewer);
    if (found instanceof Object) ends.push(found.next(), found.return?.(undefined));
  }
  expect(await open(viewer)).toBe(refusal);
  wake();
  await Promise.all(ends);
  expect(await open(viewer)).not.toBe(refusal);
});

it('counts a generator that its client has left and that still waits, until it ends', async () => {
  let wake = () => {};
  const woken = new Promise<void>((resolve) => {
    wake = resolve;
  });
  const open = createSubscribe(async function* () {
    yield 1;
    await woken;
  });
  const viewer = visitor('192.0.2.1');
  const left = [];
  for (const found of [await open(viewer), await open(viewer)]) {
    if (!(found instanceof Object)) throw new Error('It was refused.');
    await found.next();
    void found.next(); // `return` is queued behind it
    left.push(found.return?.(undefined));
  }
  expect(await open(viewer)).toBe(refusal);
  wake();
  await Promise.all(left);
  expect(await open(viewer)).not.toBe(refusal);
});

it.each([1, { [Symbol.asyncIterator]: undefined }])(
  'leaves what is no source to the executor: %o',
  async (value) => {
    const open = createSubscribe(() => value);
    await expect(open(visitor('192.0.2.1'))).rejects.toThrow('must return Async Iterable');
  },
);
