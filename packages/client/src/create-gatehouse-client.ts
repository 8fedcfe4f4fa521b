import { createSend, dataOf, GatehouseError } from './answers.ts';
import type { AskServer } from './ask-server.ts';
import { createCan } from './can.ts';
import { createConnection } from './connection.ts';
import { rulesOf, textOf } from './documents.ts';
import type { GatehouseClient, GatehouseClientOptions } from './gatehouse-client.ts';
import { createCookieSession, loginOf, type Read } from './session.ts';
import { openTabs, type Tabs } from './tabs.ts';
import { anonymous, createStore, toViewer } from './viewer.ts';

/**
 * Creates a client. It sends nothing, and connects to no other tab, before it is used. The code for tokens is loaded
 * only if the session has some, and the code that asks the server only with the first question.
 */
export function createGatehouseClient<Coordinate extends string>(
  options: GatehouseClientOptions<Coordinate>,
): GatehouseClient<Coordinate> {
  const { url } = options;
  const send = createSend(url, options.fetch ?? fetch);
  const store = createStore(options.viewer ?? { ...anonymous, state: 'loading' });
  const read: Read = async (operation, proof) => dataOf(await send(operation, proof));
  const isCookie = options.session === 'cookie';
  // In place of a session of tokens until that is loaded: there are none before.
  let session = createCookieSession(read, tabs, isCookie ? 'include' : 'omit');
  const loaded = isCookie
    ? undefined
    : import('./token-session.ts').then(({ createTokenSession }) => {
        session = createTokenSession(read, tabs, loginOf);
      });
  const connection = createConnection(send, () => session, store);
  const { request, readViewer, begin, end, ...adapters } = connection;
  const can = createCan(options, store.get);
  let open: Tabs | undefined;
  let isRestoring = false;
  let asking: Promise<AskServer> | undefined;

  function tabs(): Tabs {
    open ??= openTabs(`gatehouse ${url}`, (message) => {
      if (!session.receive(message)) return;
      begin();
      readViewer().catch(() => {});
    });
    return open;
  }

  async function restore(): Promise<void> {
    tabs();
    isRestoring = true;
    try {
      await loaded;
      if (await session.restore()) await readViewer();
      else store.set(anonymous);
    } finally {
      isRestoring = false;
    }
  }

  return {
    async logIn(login) {
      tabs();
      await loaded;
      const viewer = await session.open(login);
      begin();
      if (!viewer) return readViewer();
      store.set(toViewer(viewer));
    },
    async logOut({ everywhere } = {}) {
      const field = everywhere ? 'logoutEverywhere' : 'logout';
      const answer = await request({ query: `mutation{${field}}` });
      if (answer.errors && store.get().state !== 'anonymous') throw new GatehouseError(answer);
      session.set(undefined);
      end();
    },
    viewer: store.get,
    subscribe(listener) {
      tabs();
      if (store.get().state === 'loading' && !isRestoring) restore().catch(() => {});
      return store.subscribe(listener);
    },
    restore,
    can,
    async ask(document, ...[variables]) {
      const known = can(document, variables);
      if (known !== 'depends') return known;
      asking ??= import('./ask-server.ts').then((each) =>
        each.createAskServer(request, (answer) => new GatehouseError(answer)),
      );
      const ask = await asking;
      return ask({ rules: rulesOf(document), query: textOf(document), variables });
    },
    async fetch(document, ...[variables, more]) {
      return dataOf(await request({ query: textOf(document), variables }, more));
    },
    setTokens: (tokens) => session.set(tokens),
    ...adapters,
    close: () => open?.close(),
  };
}
