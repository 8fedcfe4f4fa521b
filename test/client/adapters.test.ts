import { ApolloClient, ApolloLink, HttpLink, InMemoryCache } from '@apollo/client';
import { CombinedGraphQLErrors } from '@apollo/client/errors';
import { createGatehouseClient, type GatehouseClient } from '@graphql-gatehouse/client';
import { createGatehouseLink } from '@graphql-gatehouse/client/apollo';
import { gatehouseExchange } from '@graphql-gatehouse/client/urql';
import { Client, fetchExchange } from '@urql/core';
import { buildSchema } from 'graphql';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createFrontEnd, type GeneratedDocument } from '../support/client-documents.ts';
import { type ClientFetch, createClientFetch } from '../support/client-fetch.ts';
import { readTypeDefs } from '../support/rooms-project.ts';
import {
  startTestServer,
  type TestServer,
  type TestUser,
  userPassword,
} from '../support/test-server.ts';

const frontEnd = createFrontEnd(buildSchema(readTypeDefs().join('\n')));

let aheadMs = 0;
const startedAt = Date.now();
let server: TestServer;
beforeAll(async () => {
  server = await startTestServer({ now: () => new Date(startedAt + aheadMs) });
});
afterAll(() => server.stop());

/** Refuses the first request of each operation `Old`, and every one of `Always`, because of an old proof. */
function demanding(send: typeof fetch): typeof fetch {
  const refused = new Set<string>();
  return async (url, init) => {
    const [, name = ''] = /query (Old\d|Always)/.exec(String(init?.body)) ?? [];
    if (name === '' || refused.has(name)) return send(url, init);
    if (name !== 'Always') refused.add(name);
    const extensions = { code: 'UNAUTHENTICATED', reason: 'AUTHENTICATION_TOO_OLD', maxAge: 60 };
    return Response.json(
      { errors: [{ message: 'Too old.', extensions }] },
      { status: 401, headers: { 'content-type': 'application/graphql-response+json' } },
    );
  };
}

/** Answers mutations with these bodies, and counts them. */
function answering(send: typeof fetch, body: object) {
  const counted = { mutations: 0 };
  const answer: typeof fetch = async (url, init) => {
    if (!String(init?.body).includes('mutation Done')) return send(url, init);
    counted.mutations += 1;
    return Response.json(body, {
      status: 'data' in body ? 200 : 500,
      headers: { 'content-type': 'application/graphql-response+json' },
    });
  };
  return { counted, fetch: answer };
}
const unauthenticated = {
  message: 'Too old.',
  extensions: { code: 'UNAUTHENTICATED', reason: 'AUTHENTICATION_TOO_OLD', maxAge: 60 },
};
const unknownOutcome = { message: 'Unknown.', extensions: { code: 'OUTCOME_UNKNOWN' } };
const doneAnswers = [
  { what: 'took effect', body: { data: null, errors: [unauthenticated] }, sent: 1 },
  { what: 'took effect in part', body: { data: { a: 1 }, errors: [unauthenticated] }, sent: 1 },
  {
    what: 'has an unknown outcome',
    body: { errors: [unknownOutcome, unauthenticated] },
    sent: 1,
  },
  { what: 'had no effect', body: { errors: [unauthenticated] }, sent: 2 },
];

/** Asks by a client of someone else. Returns the data and the reasons of the errors. */
type Ask = (
  document: GeneratedDocument<unknown>,
  isMutation?: boolean,
) => Promise<readonly [unknown, readonly unknown[]]>;

interface Extended {
  readonly extensions?: Readonly<Record<string, unknown>> | undefined;
}
const reasonsOf = (errors: readonly Extended[] = []) =>
  errors.map(({ extensions }) => extensions?.reason);

const hosts: Readonly<
  Record<string, (url: string, gatehouse: GatehouseClient, browser: ClientFetch) => Ask>
> = {
  'Apollo Client 4': (uri, gatehouse, { fetch }) => {
    const link = ApolloLink.from([createGatehouseLink(gatehouse), new HttpLink({ uri, fetch })]);
    const client = new ApolloClient({ link, cache: new InMemoryCache() });
    return async (document, isMutation) => {
      const policies = { errorPolicy: 'all', fetchPolicy: 'no-cache' } as const;
      const { data, error } = isMutation
        ? await client.mutate({ mutation: document, ...policies })
        : await client.query({ query: document, ...policies });
      if (error !== undefined && !CombinedGraphQLErrors.is(error)) throw error;
      return [data ?? null, reasonsOf(error?.errors)];
    };
  },
  urql: (url, gatehouse, { fetch }) => {
    const exchanges = [gatehouseExchange(gatehouse), fetchExchange];
    const client = new Client({ url, fetch, exchanges, preferGetMethod: false });
    return async (document, isMutation) => {
      const { data, error } = isMutation
        ? await client.mutation(document, {})
        : await client.query(document, {}, { requestPolicy: 'network-only' });
      if (error?.networkError) throw error.networkError;
      return [data ?? null, reasonsOf(error?.graphQLErrors)];
    };
  },
};

describe.each(Object.entries(hosts))('%s', (_name, createAsk) => {
  let user: TestUser;
  let browser: ClientFetch;
  beforeEach(async () => {
    user = await server.aUser('STAFF');
    browser = createClientFetch(server.url);
  });

  async function logIn(session: 'cookie' | 'token') {
    const url = `${server.url}/graphql?${user.id}`;
    const gatehouse = createGatehouseClient({
      url,
      session,
      fetch: browser.fetch,
      ...frontEnd.generated,
    });
    await gatehouse.logIn({ username: user.username, password: userPassword });
    return { gatehouse, ask: createAsk(url, gatehouse, browser) };
  }
  const me = (name: string) => frontEnd.document(`query ${name} { me { username } }`);
  const mine = () => [{ me: expect.objectContaining({ username: user.username }) }, []];

  it.each(['cookie', 'token'] as const)(
    'asks as the viewer of a session by %s',
    async (session) => {
      const { gatehouse, ask } = await logIn(session);
      expect(await ask(me('Me'))).toEqual(mine());
      await gatehouse.logOut();
      expect(await ask(me('Me'))).toEqual([null, ['TOKEN_MISSING']]);
    },
  );

  it('passes a refusal on, with its reason', async () => {
    const { ask } = await logIn('token');
    const users = frontEnd.document('query Users { users { edges { node { id } } } }');
    expect(await ask(users)).toEqual([null, ['GROUP_REQUIRED']]);
  });

  it('refreshes an expired token once for all, and sends each operation again', async () => {
    const { ask } = await logIn('token');
    aheadMs += 601_000;
    const answers = await Promise.all(['A', 'B', 'C'].map((name) => ask(me(name))));
    expect(answers).toEqual([mine(), mine(), mine()]);
    expect(browser.sent.filter((text) => text.includes('refresh('))).toHaveLength(1);
    expect(await ask(me('D'))).toEqual(mine());
  });

  it.each(doneAnswers)('sends a mutation $sent times that $what', async ({ body, sent }) => {
    const { counted, fetch } = answering(browser.fetch, body);
    const gatehouse = createGatehouseClient({
      url: `${server.url}/graphql?${user.id}`,
      session: 'cookie',
      fetch,
      ...frontEnd.generated,
      onReauthenticate: async () => true,
    });
    await gatehouse.logIn({ username: user.username, password: userPassword });
    const ask = createAsk(`${server.url}/graphql`, gatehouse, { ...browser, fetch });
    await ask(frontEnd.document('mutation Done { logout }'), true);
    expect(counted.mutations).toBe(sent);
    counted.mutations = 0;
    await gatehouse.fetch(frontEnd.document('mutation Done { logout }')).catch(() => {});
    expect(counted.mutations).toBe(sent);
  });

  it('sends an operation again once for each cause, and no more', async () => {
    const { gatehouse } = await logIn('token');
    const stubborn = { ...gatehouse, recover: async () => true };
    const ask = createAsk(`${server.url}/graphql`, stubborn, browser);
    await server.ask('mutation { logoutEverywhere }', { token: user.accessToken });
    const { length } = browser.sent;
    const [data, reasons] = await ask(me('Me'));
    expect([data, reasons.length, browser.sent.length - length]).toEqual([null, 1, 3]);
  });

  it('asks once for a fresh proof for all operations, and goes on with each', async () => {
    let asked = 0;
    const gatehouse = createGatehouseClient({
      url: `${server.url}/graphql?${user.id}`,
      session: 'cookie',
      fetch: demanding(browser.fetch),
      ...frontEnd.generated,
      async onReauthenticate() {
        asked += 1;
        return true;
      },
    });
    await gatehouse.logIn({ username: user.username, password: userPassword });
    const ask = createAsk(`${server.url}/graphql`, gatehouse, {
      ...browser,
      fetch: demanding(browser.fetch),
    });
    const answers = await Promise.all(['Old1', 'Old2', 'Old3'].map((name) => ask(me(name))));
    expect([answers, asked]).toEqual([[mine(), mine(), mine()], 1]);
    expect(await ask(me('Always'))).toEqual([null, ['AUTHENTICATION_TOO_OLD']]);
    expect([asked, gatehouse.viewer().state]).toEqual([2, 'authenticated']);
    expect(await ask(me('Me'))).toEqual(mine());
  });

  it('updates the viewer, when the session has ended', async () => {
    const { gatehouse, ask } = await logIn('token');
    await server.ask('mutation { logoutEverywhere }', { token: user.accessToken });
    const [data] = await ask(me('Me'));
    expect([data, gatehouse.viewer().state]).toEqual([null, 'anonymous']);
  });
});
