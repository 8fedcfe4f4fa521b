import { on, once } from 'node:events';
import { makeExecutableSchema } from '@graphql-tools/schema';
import { defineConfig, defineDomain } from 'graphql-gatehouse';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { isWhole } from '../support/sample.ts';
import { type Stream, type Transport, transports } from './streams.ts';
import { type Person, startTimeoutMs, startWorld, userPassword, type World } from './world.ts';

/** The sources of the project that are open, by their fields. */
const open = { silent: 0, waiting: 0, listening: 0 };

/** A source without events, which graphql-js ends by `return`. */
function silent(): AsyncIterableIterator<string> {
  open.silent += 1;
  const source: AsyncIterableIterator<string> = {
    next: () => new Promise(() => {}),
    async return() {
      open.silent -= 1;
      return { done: true, value: undefined };
    },
    [Symbol.asyncIterator]: () => source,
  };
  return source;
}

let wake = () => {};

/** A generator, which ends only after what it waits for. */
async function* waiting(): AsyncGenerator<string> {
  open.waiting += 1;
  try {
    for (;;) {
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
      yield 'woken';
    }
  } finally {
    open.waiting -= 1;
  }
}

type SignalContext = { readonly signal: AbortSignal };

/** A generator that ends when the signal of its context aborts. */
async function* listening(
  _source: unknown,
  _args: unknown,
  { signal }: SignalContext,
): AsyncGenerator<unknown> {
  open.listening += 1;
  try {
    yield* on(new EventTarget(), 'event', { signal });
  } finally {
    open.listening -= 1;
  }
}

/** How many streams of "slow" are being opened, and have been opened after their clients had left. */
const slow = { opening: 0, opened: 0 };

/** A source that is there only when its client has left. */
async function openSlowly(_source: unknown, _args: unknown, { signal }: SignalContext) {
  slow.opening += 1;
  if (!signal.aborted) await once(signal, 'abort');
  slow.opening -= 1;
  slow.opened += 1;
  return silent();
}

const schema = makeExecutableSchema({
  typeDefs: `directive @auth(requires: [Group!]) repeatable on FIELD_DEFINITION | OBJECT
    directive @public on FIELD_DEFINITION
    enum Group { STAFF }
    type Query { version: String @public }
    type Reading { value: String text: String @auth(requires: [STAFF]) }
    type Subscription {
      silent: String @auth(requires: [STAFF])
      slow: String @auth(requires: [STAFF])
      waiting: String @auth(requires: [STAFF])
      listening: String @auth(requires: [STAFF])
      reading: Reading @auth
      news: String @public
    }`,
  resolvers: {
    Query: { version: () => '1.0' },
    Subscription: {
      silent: { subscribe: silent, resolve: (text: string) => text },
      slow: { subscribe: openSlowly, resolve: (text: string) => text },
      waiting: { subscribe: waiting, resolve: (text: string) => text },
      listening: { subscribe: listening, resolve: (text: string) => text },
      reading: { subscribe: silent, resolve: (text: string) => ({ value: text, text }) },
      news: { subscribe: waiting, resolve: (text: string) => text },
    },
  },
});
const config = defineConfig({ schema, domains: [defineDomain({ name: 'none', typeDefs: [] })] });

let world: World;

const asAdmin = async (mutation: string) => {
  const answer = await world.ask(`mutation { ${mutation} }`, { token: world.admin.accessToken });
  expect(answer.status, answer.text).toBe(200);
};
const asUser = (mutation: string) => async (user: Person) => {
  const answer = await world.ask(`mutation { ${mutation} }`, { token: user.accessToken });
  expect(answer.status, answer.text).toBe(200);
};

interface Cause {
  readonly cause: string;
  /** Makes it happen to the user, who has a session and the group STAFF. */
  readonly make: (user: Person) => Promise<unknown>;
  readonly code: string;
  readonly reason: string;
}

const revoked = { code: 'UNAUTHENTICATED', reason: 'TOKEN_REVOKED' };
const forbidden = { code: 'FORBIDDEN', reason: 'GROUP_REQUIRED' };

const causes: readonly Cause[] = [
  { cause: 'a logout', make: asUser('logout'), ...revoked },
  { cause: 'a logout everywhere', make: asUser('logoutEverywhere'), ...revoked },
  {
    cause: 'a revoked group',
    make: ({ id }) => asAdmin(`revokeGroup(userId: "${id}", group: STAFF) { id }`),
    ...forbidden,
  },
  {
    cause: 'an expired membership',
    make: ({ id }) => {
      const expiresAt = new Date(Date.now() + 3_000).toISOString();
      return asAdmin(`grantGroup(userId: "${id}", group: STAFF, expiresAt: "${expiresAt}") { id }`);
    },
    ...forbidden,
  },
  {
    cause: 'a disabled user',
    make: ({ id }) => asAdmin(`disableUser(id: "${id}") { id }`),
    ...revoked,
  },
  {
    cause: 'a deleted user',
    make: ({ id }) => asAdmin(`deleteUser(id: "${id}")`),
    ...revoked,
  },
  {
    cause: 'a password that an admin replaces',
    make: ({ id }) =>
      asAdmin(`resetPassword(userId: "${id}", newPassword: "basalt-otter-17-quill") { id }`),
    ...revoked,
  },
  {
    cause: 'a password that the user changes in another session',
    make: async ({ username }) => {
      const other = await world.logIn(username);
      await asUser(
        `changePassword(currentPassword: "${userPassword}", newPassword: "basalt-otter-17-quill") { accessToken }`,
      )(other);
    },
    ...revoked,
  },
];

/** The result with which a stream ends to which the right has ended. */
const lastResult = ({ code, reason }: Pick<Cause, 'code' | 'reason'>) => ({
  errors: [{ message: 'The right to this subscription has ended.', extensions: { code, reason } }],
});

/** Where streams come over server-sent events, and over sockets. `npm test` tries the other hosts more briefly. */
const ofEachKind = transports.slice(0, 2);

describe.each(transports)('$name', ({ name, start, subscribe }: Transport) => {
  const isInFull = isWhole || ofEachKind.some((each) => each.name === name);
  const streams: Stream[] = [];
  beforeAll(async () => {
    world = await startWorld({ config, start });
  }, startTimeoutMs);
  afterAll(() => world?.stop());
  beforeEach(() => expect(open.silent).toBe(0));
  afterEach(async () => {
    for (const stream of streams.splice(0)) stream.close();
    await expect
      .poll(() => {
        wake();
        return open;
      })
      .toEqual({ silent: 0, waiting: 0, listening: 0 });
  });

  /** Subscribes, and waits until the source is open. */
  async function watching(query: string, token?: string): Promise<Stream> {
    const count = () => open.silent + open.waiting + open.listening;
    const before = count();
    const stream = subscribe(world, query, token);
    stream.completed.catch(() => {}); // the test reads the results
    streams.push(stream);
    await expect.poll(() => [count(), stream.results], { interval: 5 }).toEqual([before + 1, []]);
    return stream;
  }

  const inShort = causes.filter((_each, index) => isInFull || index % 4 === 0);
  it.each(inShort)('ends a stream after $cause, and releases its source', async (each) => {
    const user = await world.aUser(['STAFF']);
    const stream = await watching('subscription { silent }', user.accessToken);
    await each.make(user);
    await stream.completed;
    expect(stream.results).toEqual([lastResult(each)]);
    await expect.poll(() => open.silent).toBe(0);
  });

  it('ends a stream of which a field below is refused from now on', async () => {
    const user = await world.aUser(['STAFF']);
    const stream = await watching('subscription { reading { value text } }', user.accessToken);
    await asAdmin(`revokeGroup(userId: "${user.id}", group: STAFF) { id }`);
    await stream.completed;
    expect(stream.results).toEqual([lastResult(forbidden)]);
  });

  it('ends a stream whose source waits for an event, and delivers none that comes later', async () => {
    const user = await world.aUser(['STAFF']);
    const stream = await watching('subscription { waiting }', user.accessToken);
    await asAdmin(`revokeGroup(userId: "${user.id}", group: STAFF) { id }`);
    wake();
    await stream.completed;
    expect(stream.results).toEqual([lastResult(forbidden)]);
  });

  it('aborts the signal of a stream that has ended, while its connection stays open', async () => {
    const user = await world.aUser(['STAFF']);
    const stream = await watching('subscription { listening }', user.accessToken);
    await asUser('logout')(user);
    await stream.completed;
    expect(stream.results).toEqual([lastResult(revoked)]);
    await expect.poll(() => open.listening).toBe(0);
  });

  it('keeps a stream that does not need the group that was revoked', async () => {
    const user = await world.aUser(['STAFF', 'AUDITOR']);
    const stream = await watching('subscription { waiting }', user.accessToken);
    await asAdmin(`revokeGroup(userId: "${user.id}", group: AUDITOR) { id }`);
    wake();
    await expect.poll(() => stream.results).toEqual([{ data: { waiting: 'woken' } }]);
  });

  it('keeps a stream that needs no login', async () => {
    const stream = await watching('subscription { news }');
    const user = await world.aUser(['STAFF']);
    await asUser('logout')(user);
    wake();
    await expect.poll(() => stream.results).toEqual([{ data: { news: 'woken' } }]);
  });

  it.runIf(isInFull)('ends a stream when the token of its request expires', async () => {
    const short = await startWorld(
      { config, start },
      { environment: { ACCESS_TOKEN_SECONDS: '2' } },
    );
    try {
      const stream = subscribe(short, 'subscription { news }', short.admin.accessToken);
      await stream.completed;
      expect(stream.results).toEqual([
        lastResult({ code: 'UNAUTHENTICATED', reason: 'TOKEN_EXPIRED' }),
      ]);
    } finally {
      await short.stop();
    }
  });

  it('refuses a stream beyond the maximum of its user, until one ends, and no other user', async () => {
    const limited = await startWorld(
      { config, start },
      { environment: { MAX_SUBSCRIPTIONS_PER_VIEWER: '1' } },
    );
    try {
      const [user, other] = [await limited.aUser(['STAFF']), await limited.aUser(['STAFF'])];
      const watch = ({ accessToken }: Person) => {
        const stream = subscribe(limited, 'subscription { silent }', accessToken);
        stream.completed.catch(() => {}); // the test reads the results
        return stream;
      };
      const first = watch(user);
      await expect.poll(() => open.silent).toBe(1);
      const second = watch(user);
      await second.completed;
      const extensions = { code: 'TOO_MANY_SUBSCRIPTIONS', max: 1 };
      expect(second.results).toMatchObject([{ errors: [{ extensions }] }]);
      const others = watch(other);
      await expect.poll(() => open.silent).toBe(2);
      first.close();
      await expect.poll(() => open.silent).toBe(1);
      watch(user);
      await expect.poll(() => open.silent).toBe(2);
      others.close();
    } finally {
      await limited.stop();
    }
  });

  it.runIf(isInFull)(
    'ends every stream when Gatehouse is closed, and reads no viewer afterwards',
    async () => {
      const closed = await startWorld({ config, start });
      try {
        const { accessToken } = await closed.aUser(['STAFF']);
        const streams = ['silent', 'reading { value }'].map((field) =>
          subscribe(closed, `subscription { ${field} }`, accessToken),
        );
        await expect.poll(() => open.silent).toBe(2);
        await closed.gatehouse.close();
        await Promise.all(streams.map(({ completed }) => completed));
        const stopped = [{ errors: [{ extensions: { code: 'SERVICE_UNAVAILABLE' } }] }];
        expect(streams.map(({ results }) => results)).toMatchObject([stopped, stopped]);
        await expect.poll(() => open.silent).toBe(0);
        expect(closed.logLines.join('\n')).not.toContain('looking up a viewer failed');
      } finally {
        await closed.stop();
      }
    },
  );

  it('releases the source of a stream that its client leaves', async () => {
    const user = await world.aUser(['STAFF']);
    (await watching('subscription { silent }', user.accessToken)).close();
    await expect.poll(() => open.silent).toBe(0);
  });

  it('releases the source of a stream whose client leaves while it opens', async () => {
    const user = await world.aUser(['STAFF']);
    const { opened } = slow;
    const stream = subscribe(world, 'subscription { slow }', user.accessToken);
    stream.completed.catch(() => {}); // the test reads the sources
    await expect.poll(() => slow.opening).toBe(1);
    stream.close();
    await expect.poll(() => slow.opened).toBe(opened + 1);
    await expect.poll(() => open.silent).toBe(0);
  });

  it('does not open a stream that is refused', async () => {
    const user = await world.aUser([]);
    const stream = subscribe(world, 'subscription { silent }', user.accessToken);
    await stream.completed;
    expect(stream.results).toMatchObject([{ errors: [{ extensions: forbidden }] }]);
  });
});
