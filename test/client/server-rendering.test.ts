import { createGatehouseClient, type Viewer } from '@graphql-gatehouse/client';
import * as forReact from '@graphql-gatehouse/client/react';
import * as forVue from '@graphql-gatehouse/client/vue';
import { buildSchema } from 'graphql';
import { createElement } from 'react';
import { renderToString as renderReact } from 'react-dom/server';
import { describe, expect, it } from 'vitest';
import { createSSRApp, h } from 'vue';
import { renderToString as renderVue } from 'vue/server-renderer';
import { createFrontEnd } from '../support/client-documents.ts';
import { readTypeDefs } from '../support/rooms-project.ts';

const frontEnd = createFrontEnd(buildSchema(readTypeDefs().join('\n')));
const deleteRoom = frontEnd.document('mutation Delete($id: ID!) { deleteRoom(id: $id) }');
const run = { run: deleteRoom, variables: { id: '1' } };

const holding = (...groups: readonly string[]): Viewer => ({
  state: 'authenticated',
  groups,
  principal: null,
});

/** A client of one request to a server that renders pages: whatever it sends is a mistake. */
function createClient(viewer?: Viewer) {
  const fetch = () => {
    throw new Error('A request was sent while the page was rendered.');
  };
  const options = { url: '/graphql', session: 'cookie', fetch, ...frontEnd.generated } as const;
  return createGatehouseClient(viewer === undefined ? options : { ...options, viewer });
}

const hosts: Readonly<Record<string, (viewer?: Viewer) => string | Promise<string>>> = {
  React(viewer) {
    const State = () => createElement('p', null, forReact.useViewer().state);
    const button = createElement('b', null, 'Delete');
    const can = createElement(forReact.Can, { ...run, fallback: 'No.' }, button);
    const client = createClient(viewer);
    return renderReact(
      createElement(forReact.GatehouseProvider, { client }, createElement(State), can),
    );
  },
  Vue(viewer) {
    const Page = {
      setup() {
        const state = forVue.useViewer();
        return () => [
          h('p', state.value.state),
          h(forVue.Can, run, { default: () => h('b', 'Delete'), fallback: () => 'No.' }),
        ];
      },
    };
    return renderVue(createSSRApp(Page).use(forVue.gatehousePlugin(createClient(viewer))));
  },
};

describe.each(Object.entries(hosts))('a page that %s renders on a server', (_name, render) => {
  it.each([
    { viewer: holding('MANAGER'), state: 'authenticated', content: '<b>Delete</b>' },
    { viewer: holding('STAFF'), state: 'authenticated', content: 'No.' },
    { viewer: undefined, state: 'loading', content: 'No.' },
  ])('shows $content to a viewer who is $state, and asks nothing', async (expected) => {
    const html = (await render(expected.viewer)).replaceAll(/<!--.*?-->/g, '');
    expect(html).toBe(`<p>${expected.state}</p>${expected.content}`);
  });
});

it.each([
  [
    'React',
    () => renderReact(createElement(() => forReact.useViewer().state)),
    'GatehouseProvider',
  ],
  ['Vue', () => renderVue(createSSRApp({ setup: forVue.useGatehouse })), 'gatehousePlugin'],
] as const)('%s says what is missing without a client', async (_name, render, missing) => {
  await expect(async () => render()).rejects.toThrow(missing);
});
