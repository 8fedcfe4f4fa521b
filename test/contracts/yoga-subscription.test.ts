import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import sdlProject from '../../examples/invoices/gatehouse.config.ts';
import { yoga } from './hosts.ts';
import { startTimeoutMs, startWorld, type World } from './world.ts';

describe('a subscription in GraphQL Yoga', () => {
  let world: World;
  beforeAll(async () => {
    world = await startWorld({ config: sdlProject, start: yoga });
  }, startTimeoutMs);
  afterAll(() => world?.stop());

  const subscribe = (token: string, signal?: AbortSignal) =>
    fetch(world.host.graphqlUrl, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        accept: 'text/event-stream',
        authorization: `Bearer ${token}`,
      },
      body: JSON.stringify({ query: 'subscription { auditEventAdded { action } }' }),
      ...(signal === undefined ? {} : { signal }),
    });

  it('is refused to who may not see the events', async () => {
    const { accessToken } = await world.aUser([]);
    const text = await (await subscribe(accessToken)).text();
    expect(text).toContain('"code":"FORBIDDEN"');
  });

  it('gives events to who may', async () => {
    const { accessToken } = await world.aUser(['AUDITOR']);
    const end = new AbortController();
    const response = await subscribe(accessToken, end.signal);
    const events = response.body?.pipeThrough(new TextDecoderStream());
    const logsIn = world.logIn('admin');
    let seen = '';
    for await (const part of events ?? []) {
      seen += part;
      if (seen.includes('login.succeeded')) break;
    }
    await logsIn;
    end.abort();
    expect(seen).toContain('"auditEventAdded":{"action":"login.succeeded"}');
  });
});
