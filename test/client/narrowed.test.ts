import { createGatehouseClient, type Viewer } from '@graphql-gatehouse/client';
import * as forReact from '@graphql-gatehouse/client/react';
import * as forVue from '@graphql-gatehouse/client/vue';
import { buildSchema, parse } from 'graphql';
import { createElement } from 'react';
import { renderToString as renderReact } from 'react-dom/server';
import { describe, expect, it } from 'vitest';
import { createSSRApp, h } from 'vue';
import { renderToString as renderVue } from 'vue/server-renderer';
import { guard, holding, withPolicies } from '../authorization/fixtures.ts';
import { createFrontEnd } from '../support/client-documents.ts';

const sdl = `${withPolicies}
  type Query {
    bills: [Bill!] @auth(requires: [ADMIN], rows: [SELF])
    billsOf(holder: ID): [Bill!] @auth(requires: [ADMIN], or: [BOSS]) @auth(rows: [SELF])
    total: Int @auth(requires: [USER], or: [BOSS])
    found: Found @public
  }
  union Found = Bill | Folder
  type Folder { id: ID  bills: [Bill!] @auth(requires: [ADMIN], rows: [SELF]) }
  type Bill { id: ID }`;
const frontEnd = createFrontEnd(buildSchema(sdl));
const bills = frontEnd.document('{ bills { id } }');

const both = { reads: [], admits: () => true, where: () => ({}) };
const server = guard(sdl, { policies: { SELF: both, BOSS: both } });

const viewerIn = (...groups: readonly string[]): Viewer => ({
  state: 'authenticated',
  groups,
  principal: null,
});

/** A client whose server decides for a viewer in these groups, and counts the requests. */
function createClient(...groups: readonly string[]) {
  let requests = 0;
  async function decide(text: string) {
    const request = { document: parse(text), contextValue: { viewer: holding(...groups) } };
    const decided = await server.decideOperation(request);
    if (decided.kind !== 'decided') throw new Error('The operation cannot run.');
    return decided.decision;
  }
  const client = createGatehouseClient({
    url: '/graphql',
    session: 'cookie',
    viewer: viewerIn(...groups),
    ...frontEnd.generated,
    async fetch(_url, init) {
      requests += 1;
      const { query } = JSON.parse(String(init?.body));
      return Response.json({ extensions: { decision: await decide(query) } });
    },
  });
  return { client, decide, requests: () => requests };
}

describe('a list of which the viewer gets a part', () => {
  it('is narrowed in `can`, and allowed for the group that gets all rows', () => {
    const outcomes = [[], ['ADMIN']].map((groups) => {
      const { client } = createClient(...groups);
      return [client.can('Query.bills'), client.can(bills)];
    });
    expect(outcomes).toEqual([
      ['narrowed', 'narrowed'],
      ['allowed', 'allowed'],
    ]);
  });

  it('needs no request to the server', async () => {
    const { client, requests } = createClient();
    expect([await client.ask(bills), requests()]).toEqual(['narrowed', 0]);
  });

  it('is narrowed, as the server decides, where only the data says whether it is reached', async () => {
    const { client, requests, decide } = createClient();
    const text = '{ found { ... on Folder { bills { id } } } }';
    expect(await decide(text)).toMatchObject({ depends: [], narrowed: ['Folder.bills'] });
    const inFolder = frontEnd.document(text);
    expect([client.can(inFolder), await client.ask(inFolder)]).toEqual(['narrowed', 'narrowed']);
    expect(requests()).toBe(0);
  });

  it('is narrowed by the answer of the server where a policy decides whether there is one', async () => {
    const { client, requests } = createClient();
    const ofHolder = frontEnd.document('{ billsOf(holder: 1) { id } }');
    expect([client.can(ofHolder), await client.ask(ofHolder)]).toEqual(['depends', 'narrowed']);
    const total = frontEnd.document('{ total }');
    expect([client.can(total), await client.ask(total)]).toEqual(['depends', 'allowed']);
    expect(requests()).toBe(2);
  });
});

const hosts = {
  React(client: ReturnType<typeof createClient>['client']) {
    const State = () => createElement('p', null, forReact.useCan('Query.bills'));
    const list = createElement(forReact.Can, { run: bills, fallback: 'No.' }, 'The bills');
    return renderReact(
      createElement(forReact.GatehouseProvider, { client }, createElement(State), list),
    );
  },
  Vue(client: ReturnType<typeof createClient>['client']) {
    const Page = {
      setup() {
        const outcome = forVue.useCan('Query.bills');
        return () => [
          h('p', outcome.value),
          h(forVue.Can, { run: bills }, { default: () => 'The bills', fallback: () => 'No.' }),
        ];
      },
    };
    return renderVue(createSSRApp(Page).use(forVue.gatehousePlugin(client)));
  },
};

describe.each(Object.entries(hosts))('%s', (_name, render) => {
  it('shows a narrowed list, and passes to the component that it is narrowed', async () => {
    const html = (await render(createClient().client)).replaceAll(/<!--.*?-->/g, '');
    expect(html).toBe('<p>narrowed</p>The bills');
  });
});
