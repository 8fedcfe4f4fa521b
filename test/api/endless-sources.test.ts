import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { defineDomain } from '../../src/schema/domain.ts';
import { startWithDomain } from '../support/start-with-domain.ts';
import type { TestServer } from '../support/test-server.ts';
import { openTestSocket } from '../support/test-socket.ts';

let opened = 0;

/** A source without events. `release` is called when its client has left. */
const sourceOf = (release: () => Promise<unknown>) => () => {
  opened += 1;
  const source = {
    next: () => new Promise(() => {}),
    return: release,
    [Symbol.asyncIterator]: () => source,
  };
  return source;
};

const sources = defineDomain({
  name: 'sources',
  typeDefs: `extend type Subscription {
    "Never ends."
    endless: String @auth
    "Throws when it is released."
    broken: String @auth
  }`,
  resolvers: {
    Subscription: {
      endless: { subscribe: sourceOf(() => new Promise(() => {})) },
      broken: { subscribe: sourceOf(() => Promise.reject(new Error('The source is broken.'))) },
    },
  },
});

describe('a source of events', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startWithDomain(sources, {
      environment: { MAX_SUBSCRIPTIONS_PER_VIEWER: '3', MAX_SOCKETS_PER_VIEWER: '1' },
    });
  });
  afterAll(() => server.stop());

  /** Subscribes on a socket of its own. */
  async function subscribe(field: string, token: string) {
    const before = opened;
    const socket = openTestSocket(server.url, { token });
    await socket.connected;
    const subscription = socket.subscribe(`subscription { ${field} }`);
    await expect.poll(() => opened).toBe(before + 1);
    return { socket, subscription };
  }

  it('that never ends keeps no socket open, and counts as a subscription', async () => {
    const { accessToken } = await server.aUser();
    for (const _round of [1, 2, 3]) {
      const { socket } = await subscribe('endless', accessToken);
      await socket.close();
    }
    const socket = openTestSocket(server.url, { token: accessToken });
    await socket.connected;
    expect(await socket.subscribe('subscription { endless }').ended).toMatchObject([
      { extensions: { code: 'TOO_MANY_SUBSCRIPTIONS' } },
    ]);
    await socket.close();
  });

  it('that throws when it is released is logged, and its socket stays open', async () => {
    const { accessToken } = await server.aUser();
    const { socket, subscription } = await subscribe('broken', accessToken);
    subscription.stop();
    await expect.poll(() => server.logLines.join('\n')).toContain('The source is broken.');
    expect(await socket.subscribe('{ __typename }').result()).toMatchObject({
      data: { __typename: 'Query' },
    });
    await socket.close();
  });
});
