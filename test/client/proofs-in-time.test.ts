import { createGatehouseClient, type Viewer } from '@graphql-gatehouse/client';
import * as forReact from '@graphql-gatehouse/client/react';
import * as forVue from '@graphql-gatehouse/client/vue';
import { buildSchema } from 'graphql';
import { createElement } from 'react';
import { renderToString as renderReact } from 'react-dom/server';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createSSRApp, h } from 'vue';
import { renderToString as renderVue } from 'vue/server-renderer';
import { withPolicies } from '../authorization/fixtures.ts';
import { createFrontEnd } from '../support/client-documents.ts';

const frontEnd = createFrontEnd(
  buildSchema(`${withPolicies}
    type Query {
      bills: Int @auth(maxAge: 600)
      audit: Int @auth(maxAge: 60, factors: 2)
      name: Int @auth
    }`),
);
const audit = frontEnd.document('{ audit }');

const start = Date.parse('2026-05-01T12:00:00Z');
beforeEach(() => {
  vi.useFakeTimers({ now: start });
});
afterEach(() => {
  vi.useRealTimers();
});

const provedAt = (seconds: number, factor = 'PASSKEY_VERIFIED') => ({
  factor,
  at: new Date(start + seconds * 1000).toISOString(),
});

function createClient(viewer: Partial<Viewer> = {}) {
  return createGatehouseClient({
    url: '/graphql',
    session: 'cookie',
    viewer: {
      state: 'authenticated',
      groups: [],
      principal: null,
      authentications: [provedAt(0)],
      ...viewer,
    },
    ...frontEnd.generated,
  });
}

const outcomes = (client: ReturnType<typeof createClient>) => [
  client.can('Query.bills'),
  client.can(audit),
  client.can('Query.name'),
];

it('calls listeners at each moment at which a proof is too old for a rule, with one timer', async () => {
  const client = createClient();
  const seen: unknown[] = [];
  const stops = [1, 2].map(() =>
    client.subscribe(() => seen.push([(Date.now() - start) / 1000, ...outcomes(client)])),
  );
  // The timer is loaded.
  await vi.dynamicImportSettled();
  expect(vi.getTimerCount()).toBe(1);
  await vi.advanceTimersByTimeAsync(3_600_000);
  const first = [60.001, 'allowed', 'reauthenticate', 'allowed'];
  const second = [600.001, 'reauthenticate', 'reauthenticate', 'allowed'];
  expect(seen).toEqual([first, first, second, second]);
  for (const stop of stops) stop();
  client.close();
});

it('has another viewer for each change, so that frameworks render again', async () => {
  const client = createClient();
  const before = client.viewer();
  client.subscribe(() => {});
  await vi.dynamicImportSettled();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(client.viewer()).toBe(before);
  await vi.advanceTimersByTimeAsync(1);
  expect(client.viewer()).not.toBe(before);
  expect(client.viewer()).toEqual(before);
  client.close();
});

it('waits for nothing without listeners, and without proofs', async () => {
  const client = createClient();
  const stop = client.subscribe(() => {});
  await vi.dynamicImportSettled();
  stop();
  await vi.dynamicImportSettled();
  expect(vi.getTimerCount()).toBe(0);
  createClient({ authentications: [] }).subscribe(() => {});
  createClient({ state: 'anonymous', authentications: [] }).subscribe(() => {});
  await vi.dynamicImportSettled();
  expect(vi.getTimerCount()).toBe(0);
  client.close();
});

it.each<{ what: string; viewer: Partial<Viewer>; decided: readonly string[] }>([
  { what: 'a fresh passkey', viewer: {}, decided: ['allowed', 'allowed', 'allowed'] },
  {
    what: 'a viewer without times, as of an older server',
    viewer: { authentications: [] },
    decided: ['reauthenticate', 'reauthenticate', 'allowed'],
  },
  {
    what: 'an invalid time',
    viewer: { authentications: [{ factor: 'PASSKEY_VERIFIED', at: 'yesterday' }] },
    decided: ['reauthenticate', 'reauthenticate', 'allowed'],
  },
  {
    what: 'an unknown factor',
    viewer: { authentications: [provedAt(0, 'STAMP')] },
    decided: ['reauthenticate', 'reauthenticate', 'allowed'],
  },
  {
    what: 'one kind',
    viewer: { authentications: [provedAt(0, 'PASSWORD')] },
    decided: ['allowed', 'reauthenticate', 'allowed'],
  },
  {
    what: 'a second kind that is too old',
    viewer: { authentications: [provedAt(0, 'PASSWORD'), provedAt(-61, 'OTP')] },
    decided: ['allowed', 'reauthenticate', 'allowed'],
  },
  {
    what: 'an API client',
    viewer: { authentications: [], principal: { __typename: 'ApiClient', id: '1' } },
    decided: ['allowed', 'denied', 'allowed'],
  },
  {
    what: 'an anonymous viewer',
    viewer: { state: 'anonymous', authentications: [] },
    decided: ['denied', 'denied', 'denied'],
  },
])('decides for $what', ({ viewer, decided }) => {
  expect(outcomes(createClient(viewer))).toEqual(decided);
});

const hosts: Readonly<Record<string, (viewer: Partial<Viewer>) => string | Promise<string>>> = {
  React(viewer) {
    const State = () => createElement('p', null, forReact.useCan('Query.audit'));
    const can = createElement(forReact.Can, { run: audit, fallback: 'No.' }, 'The audit');
    const client = createClient(viewer);
    return renderReact(
      createElement(forReact.GatehouseProvider, { client }, createElement(State), can),
    );
  },
  Vue(viewer) {
    const Page = {
      setup() {
        const outcome = forVue.useCan('Query.audit');
        return () => [
          h('p', outcome.value),
          h(forVue.Can, { run: audit }, { default: () => 'The audit', fallback: () => 'No.' }),
        ];
      },
    };
    return renderVue(createSSRApp(Page).use(forVue.gatehousePlugin(createClient(viewer))));
  },
};

describe.each(Object.entries(hosts))('%s', (_name, render) => {
  it('shows what can be done after a proof, and passes the outcome to the component', async () => {
    const html = (await render({ authentications: [] })).replaceAll(/<!--.*?-->/g, '');
    expect(html).toBe('<p>reauthenticate</p>The audit');
  });
});
