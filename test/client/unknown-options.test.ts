import { createGatehouseClient } from '@graphql-gatehouse/client';
import { buildSchema } from 'graphql';
import { expect, it } from 'vitest';
import type { FetchOptions } from '../../packages/client/src/answers.ts';
import type { GatehouseClientOptions } from '../../packages/client/src/gatehouse-client.ts';
import { createFrontEnd } from '../support/client-documents.ts';
import { misspell } from '../support/misspelt-options.ts';
import { readTypeDefs } from '../support/rooms-project.ts';

const { generated, document } = createFrontEnd(buildSchema(readTypeDefs().join('\n')));
const me = document('query Me { me { username } }');

/** The requests that a client has sent. */
const sent: unknown[] = [];
const whole: Required<GatehouseClientOptions<string>> = {
  url: 'http://127.0.0.1/graphql',
  rules: generated.rules,
  schemaHash: generated.schemaHash,
  session: 'cookie',
  viewer: { state: 'anonymous', groups: [], principal: null },
  fetch: async (...request: unknown[]) => {
    sent.push(request);
    return Response.json({ data: { me: null } });
  },
  onReauthenticate: async () => false,
  factorKinds: new Map(),
  now: () => 0,
};

/** Calls a function as JavaScript does. */
const call = (caller: unknown, ...given: readonly unknown[]): unknown =>
  typeof caller === 'function' ? Reflect.apply(caller, undefined, given) : undefined;

it('refuses an option of a client that is misspelt', () => {
  expect(() => call(createGatehouseClient, whole)).not.toThrow();
  for (const { options, name } of misspell(whole, ['rules'])) {
    if (!Object.hasOwn(options, name)) continue;
    expect(() => call(createGatehouseClient, options)).toThrow(`Unknown option: ${name}`);
  }
});

it('refuses an option of a request that is misspelt, and sends nothing', async () => {
  const client = createGatehouseClient(whole);
  const every: Required<FetchOptions> = {
    headers: { prefer: 'decide-only' },
    signal: new AbortController().signal,
  };
  await client.fetch(me, {}, every);
  expect(sent.splice(0)).toHaveLength(1);
  // It would run in place of being decided.
  const header = { header: { prefer: 'decide-only' } };
  await expect(call(client.fetch, me, {}, header)).rejects.toThrow('Unknown option: header');
  await expect(call(client.logOut, { everywere: true })).rejects.toThrow(
    'Unknown option: everywere',
  );
  expect(sent).toEqual([]);
});
