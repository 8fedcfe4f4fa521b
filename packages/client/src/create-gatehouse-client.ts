import { createSend, dataOf, toError } from './answers.ts';
import { createCan } from './can.ts';
import { createClock } from './clock.ts';
import { createConnection } from './connection.ts';
import { rulesOf, textOf } from './documents.ts';
import type { GatehouseClient, GatehouseClientOptions } from './gatehouse-client.ts';
import { lazily } from './lazily.ts';
import { refuseUnknown } from './refuse-unknown.ts';
import { createCookieSession } from './session.ts';
import { openTabs, type Tabs } from './tabs.ts';
import { anonymous, createStore, toViewer, viewerFields } from './viewer.ts';

/**
 * Creates a client. It sends nothing, and connects to no other tab, before it is used. The code for tokens is loaded
 * only if the session has some, and other code when it is first needed: that logs in, that reads errors, that asks the
 * server, and that waits until a proof is too old.
 *
 * @throws {TypeError} for an unknown option.
 */
export function createGatehouseClient<Coordinate extends string>(
  options: GatehouseClientOptions<Coordinate>,
): GatehouseClient<Coordinate> {
  const {
    url,
    rules,
    schemaHash,
    session: kind,
    viewer = { ...anonymous, state: 'loading' },
    fetch: sendRequest = fetch,
    onReauthenticate,
    factorKinds,
    now = Date.now,
    ...unknown
  } = options;
  refuseUnknown(unknown);
  const clock = createClock(now);
  const send = createSend(url, sendRequest, clock.read);
  const hasMaxAge = rules.requirements.flat().some(({ maxAge }) => maxAge);
  const store = createStore(viewer, (isHeard) => {
    if (hasMaxAge) waiting().then((wait) => wait(isHeard), ignore);
  });
  const isCookie = kind === 'cookie';
  // In place of a session of tokens until that is loaded: there are none before.
  let session = createCookieSession(tabs, isCookie ? 'include' : 'omit');
  const loaded = isCookie
    ? undefined
    : import('./token-session.ts').then((each) => {
        session = each.createTokenSession(send, tabs, dataOf);
      });
  const parts = { send, session: () => session, store, onReauthenticate };
  const connection = createConnection(parts);
  const { sending, recover, request, readViewer } = connection;
  const can = createCan({ rules, schemaHash, factorKinds }, store.get, clock);
  const waiting = lazily(() => import('./wait.ts'), { rules, clock, store });
  const asking = lazily(() => import('./ask-server.ts'), { request, toError });
  const loggingIn = lazily(() => import('./log-in.ts'), {
    ...parts,
    ...connection,
    isCookie,
    viewerFields,
    toViewer,
    dataOf,
    refuseUnknown,
  });
  let open: Tabs | undefined;
  let isRestoring = false;

  function tabs(): Tabs {
    open ??= openTabs(`gatehouse ${url}`, (message) => {
      if (!session.receive(message)) return;
      connection.begin();
      readViewer().catch(ignore);
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

  async function loadLogIn() {
    tabs();
    await loaded;
    return loggingIn();
  }

  return {
    logIn: async (login) => (await loadLogIn()).logIn(login),
    completeLogIn: async (given) => (await loadLogIn()).completeLogIn(given),
    reauthenticate: async (given) => (await loadLogIn()).reauthenticate(given),
    logOut: async (given) => (await loadLogIn()).logOut(given),
    viewer: store.get,
    subscribe(listener) {
      tabs();
      if (store.get().state === 'loading' && !isRestoring) restore().catch(ignore);
      return store.subscribe(listener);
    },
    restore,
    can,
    async ask(document, ...[variables]) {
      const known = can(document, variables);
      if (known !== 'depends') return known;
      const ask = await asking();
      return ask({ rules: rulesOf(document), query: textOf(document), variables });
    },
    async fetch(document, ...[variables, more]) {
      return dataOf(await request({ query: textOf(document), variables }, more));
    },
    async fetchWithProof(document, given, ...[variables]) {
      const operation = { query: textOf(document), variables: { ...variables, ...given } };
      return (await loadLogIn()).fetchWithProof(operation);
    },
    setTokens: (tokens) => session.set(tokens),
    sending,
    recover,
    close: () => open?.close(),
  };
}

const ignore = (): void => {};
