import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Context } from '../../src/context/context.ts';
import { defineDomain } from '../../src/schema/domain.ts';
import { startWithDomain } from '../support/start-with-domain.ts';
import type { TestServer } from '../support/test-server.ts';
import { openTestSocket } from '../support/test-socket.ts';

/** The signals that resolvers got, in order. */
let signals: AbortSignal[] = [];

function note({ signal }: Context): AbortSignal {
  signals.push(signal);
  return signal;
}

/** The signal of the first resolver, once that runs. */
async function firstSignal(): Promise<AbortSignal> {
  await expect.poll(() => signals.length).toBeGreaterThan(0);
  const [signal = AbortSignal.abort()] = signals;
  return signal;
}

/** Returns the function that reads the outcome of the last operation of this name from the log. */
const recorded = (name: string) => (): string | undefined => {
  const line = server.logLines.findLast(
    (each) => each.includes('"operation"') && each.includes(`"${name}"`),
  );
  return line === undefined ? undefined : JSON.parse(line).outcome;
};

/** Resolves when the signal aborts. */
const aborted = (signal: AbortSignal) =>
  new Promise<void>((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve());
  });

const work = defineDomain<Context>({
  name: 'work',
  typeDefs: `
    extend type Query {
      "Works until it is aborted."
      longWork: String! @public
      "Returns whether it was aborted."
      shortWork: Boolean! @public
    }
    extend type Subscription {
      "Sends one event, and then none."
      workDone: String! @public
      "Is open once it is aborted."
      longOpening: String! @public
    }`,
  resolvers: {
    Query: {
      longWork: async (_query: unknown, _args: unknown, context: Context) => {
        await aborted(note(context));
        return 'stopped';
      },
      shortWork: (_query: unknown, _args: unknown, context: Context) => note(context).aborted,
    },
    Subscription: {
      workDone: {
        subscribe: async function* (_root: unknown, _args: unknown, context: Context) {
          const signal = note(context);
          yield { workDone: 'once' };
          await aborted(signal);
        },
        resolve: (
          { workDone }: { readonly workDone: string },
          _args: unknown,
          context: Context,
        ) => {
          note(context);
          return workDone;
        },
      },
      longOpening: {
        subscribe: async (_root: unknown, _args: unknown, context: Context) => {
          await aborted(note(context));
          return (async function* () {
            yield { longOpening: 'late' };
          })();
        },
      },
    },
  },
});

let server: TestServer;
beforeAll(async () => {
  server = await startWithDomain(work, { environment: { OPERATION_TIMEOUT_MS: '1000' } });
});
afterAll(() => server.stop());
beforeEach(() => {
  signals = [];
});

describe('the signal of the context', () => {
  it('is one for all resolvers of an operation, and aborts once that is answered', async () => {
    const { data } = await server.ask('{ shortWork again: shortWork }');
    expect(data).toEqual({ shortWork: false, again: false });
    const [one, other] = signals;
    expect(one).toBe(other);
    await expect.poll(() => one?.aborted).toBe(true);
  });

  it('aborts for a document that is known by now, too', async () => {
    await server.ask('{ shortWork }');
    await server.ask('{ shortWork }');
    const [first, second] = signals;
    expect(first).not.toBe(second);
    await expect.poll(() => second?.aborted).toBe(true);
  });

  it('aborts when the time of the request is over', async () => {
    expect(await server.ask('{ longWork }')).toMatchObject({ status: 503 });
    await aborted(await firstSignal());
  });

  it('aborts when the client disconnects', async () => {
    const client = new AbortController();
    const request = fetch(`${server.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query: '{ longWork }' }),
      signal: client.signal,
    });
    const signal = await firstSignal();
    expect(signal.aborted).toBe(false);
    client.abort();
    await expect(request).rejects.toThrow();
    await aborted(signal);
  });
});

describe('the signal of the context of a socket', () => {
  it('aborts when the time of the operation is over', async () => {
    const socket = openTestSocket(server.url, { token: server.admin.accessToken });
    await socket.connected;
    await socket.subscribe('{ longWork }').ended;
    await aborted(await firstSignal());
    await socket.close();
  });

  it.each(['client', 'socket'] as const)(
    'is one for a subscription and its events, and aborts when the %s ends it',
    async (who) => {
      const socket = openTestSocket(server.url, { token: server.admin.accessToken });
      await socket.connected;
      const subscription = socket.subscribe('subscription { workDone }');
      expect(await subscription.result()).toMatchObject({ data: { workDone: 'once' } });
      const [opened, event] = signals;
      expect([opened === event, opened?.aborted]).toEqual([true, false]);
      if (who === 'client') subscription.stop();
      else await socket.close();
      await expect.poll(() => opened?.aborted).toBe(true);
      await socket.close();
    },
  );

  it.each(['client', 'socket'] as const)(
    'aborts while a subscription is being opened, when the %s ends it',
    async (who) => {
      const socket = openTestSocket(server.url, { token: server.admin.accessToken });
      await socket.connected;
      const subscription = socket.subscribe('subscription Opening { longOpening }');
      const signal = await firstSignal();
      expect(signal.aborted).toBe(false);
      if (who === 'client') subscription.stop();
      else await socket.close();
      await aborted(signal);
      await expect.poll(recorded('Opening')).toBe('ok');
      await socket.close();
    },
  );

  it('aborts when the client completes a query', async () => {
    const socket = openTestSocket(server.url, { token: server.admin.accessToken });
    await socket.connected;
    const query = socket.subscribe('query Left { longWork }');
    const signal = await firstSignal();
    query.stop();
    await aborted(signal);
    await expect.poll(recorded('Left')).toBe('ok');
    await socket.close();
  });
});
