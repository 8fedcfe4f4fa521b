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

  const query = 'subscription { auditEventAdded { action } }';
  const subscribe = (
    token: string,
    body: object = { query },
    {
      headers,
      ...options
    }: Pick<RequestInit, 'signal'> & { headers?: Record<string, string> } = {},
  ) =>
    fetch(world.host.graphqlUrl, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        accept: 'text/event-stream',
        authorization: `Bearer ${token}`,
        ...headers,
      },
      body: JSON.stringify(body),
      ...options,
    });

  it('is refused for a variable that does not match, in words of our own', async () => {
    const { accessToken } = await world.aUser(['AUDITOR']);
    const text = await (
      await subscribe(accessToken, {
        query: 'subscription ($s: Boolean!) { auditEventAdded { action @skip(if: $s) } }',
        variables: { s: 'hunter2' },
      })
    ).text();
    expect(text).toContain('The variable \\"$s\\" does not match its type Boolean!.');
    expect(text).not.toContain('hunter2');
  });

  it.each([
    { groups: ['AUDITOR'], allowed: true },
    { groups: [], allowed: false },
  ])(
    'is decided and not opened, if only a decision is asked for: $groups',
    async ({ groups, allowed }) => {
      const { accessToken } = await world.aUser(groups);
      const response = await subscribe(
        accessToken,
        { query },
        { headers: { prefer: 'decide-only' } },
      );
      expect(response.headers.get('preference-applied')).toBe('decide-only');
      const events = (await response.text()).match(/^event: \w+|^data: .+/gm);
      expect(events).toEqual([
        'event: next',
        expect.stringContaining(`{"extensions":{"decision":{"allowed":${allowed},`),
        'event: complete',
      ]);
    },
  );

  it('gives events to who may', async () => {
    const { accessToken } = await world.aUser(['AUDITOR']);
    const end = new AbortController();
    const response = await subscribe(accessToken, { query }, { signal: end.signal });
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
