import { CombinedGraphQLErrors, gql } from '@apollo/client';
import { ClientError } from 'graphql-request';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import {
  lenient as apolloLenient,
  createApolloClient,
} from '../../examples/clients/apollo-client.ts';
import { createRequest } from '../../examples/clients/graphql-request.ts';
import { createSession, type Session } from '../../examples/clients/session.ts';
import { createSocket } from '../../examples/clients/socket.ts';
import { createUrqlClient, lenient as urqlLenient } from '../../examples/clients/urql.ts';
import { startTestServer, type TestServer, userPassword } from '../support/test-server.ts';

/** What every client reports about an answer. */
interface Reported {
  readonly data: unknown;
  /** Code and reason of each error. */
  readonly errors: readonly string[];
}

type Ask = (
  query: string,
  options?: { readonly variables?: Record<string, unknown>; readonly isLenient?: boolean },
) => Promise<Reported>;

interface Extended {
  readonly extensions?: Readonly<Record<string, unknown>> | undefined;
}
const factsOf = (errors: readonly Extended[] = []) =>
  errors.map(({ extensions }) => `${extensions?.code} ${extensions?.reason}`);

const socketOf = (url: string, session: Session) =>
  createSocket({ url, session, webSocketImpl: WebSocket });

const clients: Readonly<Record<string, (url: string, session: Session) => Ask>> = {
  'Apollo Client 4': (url, session) => {
    const client = createApolloClient(url, session, socketOf(url, session));
    return async (query, { variables = {}, isLenient = false } = {}) => {
      const preference = isLenient ? apolloLenient : {};
      const policies = { errorPolicy: 'all', fetchPolicy: 'no-cache' } as const;
      const shared = { variables, ...policies, ...preference };
      const document = gql(query);
      const { data, error } = query.startsWith('mutation')
        ? await client.mutate({ mutation: document, ...shared })
        : await client.query({ query: document, ...shared });
      const errors = CombinedGraphQLErrors.is(error) ? factsOf(error.errors) : [];
      if (error !== undefined && errors.length === 0) throw error;
      return { data: data ?? null, errors };
    };
  },
  urql: (url, session) => {
    const client = createUrqlClient(url, session, socketOf(url, session));
    return async (query, { variables = {}, isLenient = false } = {}) => {
      const context = isLenient ? urqlLenient : {};
      const { data, error } = query.startsWith('mutation')
        ? await client.mutation(query, variables, context)
        : await client.query(query, variables, context);
      if (error?.networkError) throw error.networkError;
      return { data: data ?? null, errors: factsOf(error?.graphQLErrors) };
    };
  },
  'graphql-request': (url, session) => {
    const { request, requestLeniently } = createRequest(url, session);
    return async (query, { variables = {}, isLenient = false } = {}) => {
      try {
        if (!isLenient) return { data: await request(query, variables), errors: [] };
        const { data, errors } = await requestLeniently(query, variables);
        return { data, errors: factsOf(errors) };
      } catch (error) {
        if (!(error instanceof ClientError)) throw error;
        return { data: error.response.data ?? null, errors: factsOf(error.response.errors) };
      }
    };
  },
};

/** The server's clock: it stands still, but for what a test adds. */
let aheadMs = 0;
const startedAt = Date.now();
let server: TestServer;
let username: string;
beforeAll(async () => {
  server = await startTestServer({ now: () => new Date(startedAt + aheadMs) });
  ({ username } = await server.aUser('STAFF'));
});
afterAll(() => server.stop());

describe.each(Object.entries(clients))('%s works out of the box', (_name, createAsk) => {
  let ask: Ask;
  let session: Session;
  beforeEach(() => {
    session = createSession(`${server.url}/graphql`);
    ask = createAsk(`${server.url}/graphql`, session);
  });
  const logIn = () => session.logIn(username, userPassword);
  const me = 'query Me { me { username } }';

  it('asks what is public without a token', async () => {
    const { data, errors } = await ask('query Info { serverInfo { name } }');
    expect({ data, errors }).toMatchObject({
      data: { serverInfo: { name: 'Gatehouse' } },
      errors: [],
    });
  });

  it('logs in, and asks as the one who has', async () => {
    await logIn();
    expect(await ask(me)).toMatchObject({ data: { me: { username } }, errors: [] });
  });

  it('gets the reason from the 401 to a wrong password and to a missing token', async () => {
    const login = `mutation LogIn($username: String!, $password: String!) {
      login(username: $username, password: $password) { expiresIn } }`;
    const variables = { username, password: 'not the password' };
    expect(await ask(login, { variables })).toEqual({
      data: null,
      errors: ['UNAUTHENTICATED BAD_CREDENTIALS'],
    });
    expect(await ask(me)).toEqual({ data: null, errors: ['UNAUTHENTICATED TOKEN_MISSING'] });
  });

  it('gets the reason from the 403 to a missing right', async () => {
    await logIn();
    const users = 'query Users { me { username } users { edges { node { username } } } }';
    expect(await ask(users)).toEqual({ data: null, errors: ['FORBIDDEN GROUP_REQUIRED'] });
  });

  it('refreshes an expired token, and repeats the request', async () => {
    await logIn();
    const first = session.headers().authorization;
    aheadMs += 601_000;
    expect(await ask(me)).toMatchObject({ data: { me: { username } }, errors: [] });
    expect(session.headers().authorization).not.toBe(first);
  });

  it('refreshes once for all that find it at the same time', async () => {
    await logIn();
    aheadMs += 601_000;
    const names = ['A', 'B', 'C'];
    const answers = await Promise.all(names.map((name) => ask(me.replace('Me', name))));
    for (const answer of answers) {
      expect(answer).toMatchObject({ data: { me: { username } }, errors: [] });
    }
    expect(await ask(me)).toMatchObject({ data: { me: { username } }, errors: [] });
  });

  it('gets the rest, when it asks leniently', async () => {
    await logIn();
    const query = 'query Some { me { username } principal(id: "1") { id } }';
    const answer = await ask(query, { isLenient: true });
    expect(answer).toMatchObject({ data: { me: { username } } });
    expect(answer.errors).toEqual(['FORBIDDEN GROUP_REQUIRED']);
  });

  it('gets the users without their addresses, when a MANAGER asks leniently for both', async () => {
    const manager = await server.aUser('MANAGER');
    await session.logIn(manager.username, userPassword);
    const query = 'query Users { users { edges { node { username email } } } }';
    expect(await ask(query)).toMatchObject({ data: null });
    const { data, errors } = await ask(query, { isLenient: true });
    const nodes: unknown[] = Object(data).users.edges.map(({ node }: { node: unknown }) => node);
    expect(nodes.length).toBeGreaterThan(2);
    for (const node of nodes) {
      expect(node).toMatchObject({ username: expect.any(String), email: null });
    }
    expect(errors).toEqual(['FORBIDDEN POLICY_DENIED']);
  });

  it('gets the next token also when it asks leniently', async () => {
    await logIn();
    aheadMs += 601_000;
    const query = 'query Some { serverInfo { name } me { username } }';
    expect(await ask(query, { isLenient: true })).toMatchObject({
      data: { serverInfo: { name: 'Gatehouse' }, me: { username } },
      errors: [],
    });
  });
});
