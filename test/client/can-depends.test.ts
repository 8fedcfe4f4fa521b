import { createGatehouseClient, type Viewer } from '@graphql-gatehouse/client';
import * as forReact from '@graphql-gatehouse/client/react';
import * as forVue from '@graphql-gatehouse/client/vue';
import { buildSchema } from 'graphql';
import { createElement } from 'react';
import { renderToString as renderReact } from 'react-dom/server';
import { describe, expect, it } from 'vitest';
import { createSSRApp, h } from 'vue';
import { renderToString as renderVue } from 'vue/server-renderer';
import { withPolicies } from '../authorization/fixtures.ts';
import { createFrontEnd } from '../support/client-documents.ts';

const frontEnd = createFrontEnd(
  buildSchema(`${withPolicies} type Query { bill: Int @auth(requires: [ADMIN], or: [SELF]) }`),
);
const bill = frontEnd.document('{ bill }');

function createClient(state: Viewer['state'], ...groups: readonly string[]) {
  let requests = 0;
  const client = createGatehouseClient({
    url: '/graphql',
    session: 'cookie',
    viewer: { state, groups, principal: null },
    ...frontEnd.generated,
    async fetch() {
      requests += 1;
      return Response.json({ extensions: { decision: {} } });
    },
  });
  return { client, requests: () => requests };
}

type Client = ReturnType<typeof createClient>['client'];
type Depends = 'ask' | 'show' | 'hide' | undefined;

const hosts = {
  React(client: Client, depends: Depends) {
    const can = createElement(
      forReact.Can,
      { run: bill, fallback: 'No.', ...(depends && { depends }) },
      'The bill',
    );
    return renderReact(createElement(forReact.GatehouseProvider, { client }, can));
  },
  Vue(client: Client, depends: Depends) {
    const slots = { default: () => 'The bill', fallback: () => 'No.' };
    const Page = () => h(forVue.Can, { run: bill, ...(depends && { depends }) }, slots);
    return renderVue(createSSRApp(Page).use(forVue.gatehousePlugin(client)));
  },
};

describe.each(Object.entries(hosts))('<Can> of %s', (_name, host) => {
  const render = async (client: Client, depends: Depends) =>
    (await host(client, depends)).replaceAll(/<!--.*?-->/g, '');

  it.each([
    [undefined, 'No.'],
    ['ask', 'No.'],
    ['hide', 'No.'],
    ['show', 'The bill'],
  ] as const)('with depends %s shows %s where a policy decides', async (depends, shown) => {
    expect(await render(createClient('authenticated').client, depends)).toBe(shown);
  });

  it.each(['show', 'hide'] as const)('asks nothing with depends %s', async (depends) => {
    const { client, requests } = createClient('authenticated');
    await render(client, depends);
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(requests()).toBe(0);
  });

  it('decides what does not depend, whatever is shown otherwise', async () => {
    expect(await render(createClient('authenticated', 'ADMIN').client, 'hide')).toBe('The bill');
    expect(await render(createClient('anonymous').client, 'show')).toBe('No.');
  });

  it('shows nothing before the viewer is known', async () => {
    expect(await render(createClient('loading').client, 'show')).toBe('No.');
  });
});
