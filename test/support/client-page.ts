import { join } from 'node:path';
import { build as bundle } from 'esbuild';
import type { BrowserContext, Page } from 'playwright-core';
import type { FrontEnd } from './client-documents.ts';
import { repository } from './process.ts';

/** What a page is made of: its framework, its session and its documents. */
export interface PageOptions {
  readonly framework: 'react' | 'vue';
  readonly session: 'cookie' | 'token';
  readonly frontEnd: Pick<FrontEnd, 'generated'>;
  readonly documents: Readonly<Record<'createRoom' | 'userOf' | 'me', object>>;
}

/** Shows the viewer, two decisions, and buttons that stand only where they may be clicked. */
const apps = {
  react: `
    import { createElement as h } from 'react';
    import { createRoot } from 'react-dom/client';
    import { Can, GatehouseProvider, useCan, useViewer } from '@graphql-gatehouse/client/react';
    function App() {
      const { state, principal } = useViewer();
      const may = useCan('Mutation.createRoom');
      const button = (id, document, variables) =>
        h(Can, { run: document, variables, fallback: h('i', { id: 'no-' + id }) }, h('button', { id }));
      return h('main', null, h('p', { id: 'viewer' }, state, ' ', principal?.username), h('p', { id: 'may' }, may),
        button('create', documents.createRoom, { input: {} }),
        button('own', documents.userOf, { id: principal?.id ?? '' }),
        button('other', documents.userOf, { id: 'someone-else' }));
    }
    createRoot(document.body).render(h(GatehouseProvider, { client: gatehouse }, h(App)));`,
  vue: `
    import { createApp, h } from 'vue';
    import { Can, gatehousePlugin, useCan, useViewer } from '@graphql-gatehouse/client/vue';
    const App = {
      setup() {
        const viewer = useViewer();
        const may = useCan('Mutation.createRoom');
        const button = (id, document, variables) =>
          h(Can, { run: document, variables }, { default: () => h('button', { id }), fallback: () => h('i', { id: 'no-' + id }) });
        return () => h('main', null, [
          h('p', { id: 'viewer' }, viewer.value.state + ' ' + (viewer.value.principal?.username ?? '')),
          h('p', { id: 'may' }, may.value),
          button('create', documents.createRoom, { input: {} }),
          button('own', documents.userOf, { id: viewer.value.principal?.id ?? '' }),
          button('other', documents.userOf, { id: 'someone-else' }),
        ]);
      },
    };
    createApp(App).use(gatehousePlugin(gatehouse)).mount(document.body);`,
};

/** Serves a page of the server's origin, in each tab of a browser. Build the packages first. */
export async function servePage(
  context: BrowserContext,
  url: string,
  { framework, session, frontEnd, documents }: PageOptions,
): Promise<void> {
  const { outputFiles } = await bundle({
    stdin: {
      contents: `
        import { createGatehouseClient } from '@graphql-gatehouse/client';
        const gatehouse = createGatehouseClient({ url: '/graphql', session: '${session}', ...generated });
        Object.assign(window, { gatehouse, documents });
        ${apps[framework]}`,
      resolveDir: join(repository, 'test'),
    },
    banner: {
      js: `const generated = ${JSON.stringify(frontEnd.generated)}, documents = ${JSON.stringify(documents)};`,
    },
    bundle: true,
    format: 'esm',
    define: {
      'process.env.NODE_ENV': '"production"',
      __VUE_OPTIONS_API__: 'true',
      __VUE_PROD_DEVTOOLS__: 'false',
      __VUE_PROD_HYDRATION_MISMATCH_DETAILS__: 'false',
    },
    write: false,
  });
  const [script] = outputFiles;
  await context.route(`${url}/page`, (route) =>
    route.fulfill({
      contentType: 'text/html',
      body: '<body></body><script type="module" src="page.js"></script>',
    }),
  );
  await context.route(`${url}/page.js`, (route) =>
    route.fulfill({ contentType: 'text/javascript', body: script?.text ?? '' }),
  );
}

/** Returns what a page shows: its texts, and the buttons that it has. */
export const shown = (page: Page): Promise<Readonly<Record<string, unknown>>> =>
  page.evaluate(
    `({ viewer: document.querySelector('#viewer')?.textContent, may: document.querySelector('#may')?.textContent,
       buttons: [...document.querySelectorAll('button')].map(({ id }) => id) })`,
  );
