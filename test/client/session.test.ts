import {
  createGatehouseClient,
  type GatehouseClient,
  GatehouseError,
  type Tokens,
} from '@graphql-gatehouse/client';
import { buildSchema } from 'graphql';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { createFrontEnd } from '../support/client-documents.ts';
import { type ClientFetch, createClientFetch } from '../support/client-fetch.ts';
import { readTypeDefs } from '../support/rooms-project.ts';
import {
  startTestServer,
  type TestServer,
  type TestUser,
  userPassword,
} from '../support/test-server.ts';

const frontEnd = createFrontEnd(buildSchema(readTypeDefs().join('\n')));
const me = frontEnd.document('query Me { me { username } }');
const users = frontEnd.document('query Users { users { edges { node { id } } } }');
const userOf = frontEnd.document('query User($id: ID!) { user(id: $id) { id } }');
const mailOf = frontEnd.document('query Mail($id: ID!) { user(id: $id) { email } }');
const createRoom = frontEnd.document(
  'mutation Create($input: RoomInput!) { createRoom(input: $input) { id } }',
);

/** The server's clock stands still, but for what a test adds. */
let aheadMs = 0;
const startedAt = Date.now();
let server: TestServer;
let user: TestUser;
beforeAll(async () => {
  server = await startTestServer({ now: () => new Date(startedAt + aheadMs) });
});
afterAll(() => server.stop());

const clients: GatehouseClient[] = [];
let browser: ClientFetch;
beforeEach(async () => {
  browser = createClientFetch(server.url);
  user = await server.aUser('STAFF');
});
afterEach(() => {
  for (const client of clients.splice(0)) client.close();
});

/** Opens a tab. Those of one test are of one browser. */
function openTab(session: 'cookie' | 'token', more: { readonly schemaHash?: string } = {}) {
  const url = `${server.url}/graphql?${user.id}`;
  const client = createGatehouseClient({
    url,
    session,
    fetch: browser.fetch,
    ...frontEnd.generated,
    ...more,
  });
  clients.push(client);
  return client;
}

const logIn = (client: GatehouseClient, { username } = user) =>
  client.logIn({ username, password: userPassword });
const sentCount = (part: string) => browser.sent.filter((text) => text.includes(part)).length;
const grant = (query: string) =>
  server.ask(`mutation { ${query}(userId: "${user.id}", group: MANAGER) { id } }`, {
    token: server.admin.accessToken,
  });

describe.each(['cookie', 'token'] as const)('a client with a session by %s', (session) => {
  it('sends nothing before it is used, and does not guess', async () => {
    const client = openTab(session);
    expect([client.viewer().state, client.can('Mutation.createRoom'), client.can(me)]).toEqual([
      'loading',
      'depends',
      'depends',
    ]);
    expect(browser.sent).toEqual([]);
  });

  it('is anonymous without a session, and decides so', async () => {
    const client = openTab(session);
    await client.restore();
    expect(client.viewer()).toMatchObject({ state: 'anonymous', groups: [], principal: null });
    expect([client.can('Query.serverInfo'), client.can(me)]).toEqual(['allowed', 'denied']);
  });

  it('restores its session when something subscribes, also after failures', async () => {
    await logIn(openTab(session));
    const client = openTab(session);
    const refused = client.logIn({ username: user.username, password: 'not the password' });
    await expect(refused).rejects.toMatchObject({ reason: 'BAD_CREDENTIALS' });
    expect(client.viewer().state).toBe('loading');
    browser.loseAnswers('{viewer{', 1);
    client.subscribe(() => {});
    await vi.waitUntil(() => browser.lostCount() === 0);
    await vi.waitUntil(() => {
      client.subscribe(() => {});
      return client.viewer().state === 'authenticated';
    });
  });

  it('logs in, knows who that is, and decides without a request', async () => {
    const client = openTab(session);
    await logIn(client);
    expect(client.viewer()).toEqual({
      state: 'authenticated',
      groups: ['STAFF'],
      authentications: [{ factor: 'PASSWORD', at: new Date(startedAt + aheadMs).toISOString() }],
      principal: {
        __typename: 'User',
        id: user.id,
        username: user.username,
        displayName: user.username,
      },
      schemaHash: frontEnd.generated.schemaHash,
    });
    const { length } = browser.sent;
    expect([client.can(me), client.can(users), client.can(userOf, { id: user.id })]).toEqual([
      'allowed',
      'denied',
      'depends',
    ]);
    expect(browser.sent).toHaveLength(length);
  });

  it('runs operations, and throws what the server refuses, with its reason', async () => {
    const client = openTab(session);
    await logIn(client);
    expect(await client.fetch(me)).toEqual({ me: { username: user.username } });
    await expect(client.fetch(users)).rejects.toMatchObject({
      name: 'GatehouseError',
      code: 'FORBIDDEN',
      reason: 'GROUP_REQUIRED',
      answer: { status: 403 },
    });
  });

  it('throws the reason of a refused login, and stays as it was', async () => {
    const client = openTab(session);
    const refused = client.logIn({ username: user.username, password: 'not the password' });
    await expect(refused).rejects.toMatchObject({ reason: 'BAD_CREDENTIALS' });
    await logIn(client);
    await expect(client.logIn({ username: user.username, password: 'wrong' })).rejects.toThrow(
      GatehouseError,
    );
    expect(client.viewer().state).toBe('authenticated');
  });

  it('asks the server what depends on data, which runs nothing', async () => {
    const client = openTab(session);
    await logIn(client);
    expect([
      await client.ask(userOf, { id: user.id }),
      await client.ask(userOf, { id: server.admin.id }),
      await client.ask(mailOf, { id: user.id }),
      await client.ask(users),
    ]).toEqual(['allowed', 'denied', 'depends', 'denied']);
    expect(sentCount('query Users')).toBe(0);
  });

  it('asks about a page of rows by one request for each ten', async () => {
    const client = openTab(session);
    await logIn(client);
    const { length } = browser.sent;
    const ids = Array.from({ length: 14 }, (_, at) => (at % 3 === 0 ? user.id : server.admin.id));
    const outcomes = await Promise.all(ids.map((id) => client.ask(userOf, { id })));
    expect(outcomes).toEqual(ids.map((id) => (id === user.id ? 'allowed' : 'denied')));
    expect(browser.sent.length - length).toBe(2);
  });

  it('logs out', async () => {
    const client = openTab(session);
    await logIn(client);
    await client.logOut();
    expect(client.viewer().state).toBe('anonymous');
    await expect(client.fetch(me)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
  });

  it('logs out everywhere, in all tabs', async () => {
    const [tab, other] = [openTab(session), openTab(session)];
    other.subscribe(() => {});
    await logIn(tab);
    await vi.waitUntil(() => other.viewer().state === 'authenticated');
    await tab.logOut({ everywhere: true });
    expect(tab.viewer().state).toBe('anonymous');
    await vi.waitUntil(() => other.viewer().state === 'anonymous');
    const { reason } = await server.ask('{ me { id } }', { token: user.accessToken });
    expect(reason).toBe('TOKEN_REVOKED');
  });

  it('is in sync in all tabs after a login and a logout', async () => {
    const [tab, other] = [openTab(session), openTab(session)];
    const changes: string[] = [];
    other.subscribe(() => changes.push(other.viewer().state));
    await vi.waitUntil(() => changes.includes('anonymous'));
    await logIn(tab);
    await vi.waitUntil(() => changes.includes('authenticated'));
    expect(await other.fetch(me)).toEqual({ me: { username: user.username } });
    await tab.logOut();
    await vi.waitUntil(() => other.viewer().state === 'anonymous');
    await expect(other.fetch(me)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
  });

  it('is logged in in a tab that opens later', async () => {
    await logIn(openTab(session));
    const later = openTab(session);
    await later.restore();
    expect(later.viewer()).toMatchObject({ state: 'authenticated', groups: ['STAFF'] });
  });

  it('reads the viewer again, when a refusal names a group that it should be in', async () => {
    await grant('grantGroup');
    const client = openTab(session);
    await logIn(client);
    expect(client.can('Mutation.createRoom')).toBe('allowed');
    await grant('revokeGroup');
    const input = { name: 'Attic', floor: 3, groups: [] };
    await expect(client.fetch(createRoom, { input })).rejects.toMatchObject({ code: 'FORBIDDEN' });
    expect([client.viewer().groups, client.can('Mutation.createRoom')]).toEqual([
      ['STAFF'],
      'denied',
    ]);
  });

  it('does not read the viewer again after a refusal that was to be expected', async () => {
    const client = openTab(session);
    await logIn(client);
    await expect(client.fetch(users)).rejects.toThrow(GatehouseError);
    const { length } = browser.sent;
    await expect(client.fetch(users)).rejects.toThrow(GatehouseError);
    expect(browser.sent).toHaveLength(length + 1);
  });

  it('notices that its session was ended elsewhere', async () => {
    const client = openTab(session);
    await logIn(client);
    await server.ask('mutation { logoutEverywhere }', { token: user.accessToken });
    await expect(client.fetch(me)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
    expect(client.viewer().state).toBe('anonymous');
  });

  it('asks instead of guessing, when the server has another schema', async () => {
    const client = openTab(session, { schemaHash: 'of an older build' });
    await logIn(client);
    expect([client.can('Query.serverInfo'), client.can(users)]).toEqual(['depends', 'depends']);
    expect(await client.ask(users)).toBe('denied');
  });

  it('finds a misspelt coordinate and a document without rules in every state', async () => {
    const client = openTab(session);
    const decisions = [() => client.can('Mutation.creatRoom'), () => client.can({})];
    for (const decide of decisions) expect(decide).toThrow(/creatRoom|codegen/);
    await logIn(client);
    for (const decide of decisions) expect(decide).toThrow(/creatRoom|codegen/);
  });

  it('reports an answer that is not JSON with its status', async () => {
    const page = async () => new Response('<html>', { status: 502 });
    const client = createGatehouseClient({ url: '/', session, fetch: page, ...frontEnd.generated });
    await expect(client.fetch(me)).rejects.toMatchObject({
      answer: { status: 502 },
      code: undefined,
    });
  });
});

describe('a client with tokens', () => {
  const expire = () => {
    aheadMs += 601_000;
  };

  it('sends its token, and no cookie', async () => {
    const client = openTab('token');
    await logIn(client);
    expect(client.sending()).toMatchObject({
      credentials: 'omit',
      headers: { authorization: expect.stringMatching(/^Bearer /) },
    });
  });

  it('refreshes once for all operations that find the token expired', async () => {
    const client = openTab('token');
    await logIn(client);
    expire();
    const answers = await Promise.all([
      client.fetch(me),
      client.ask(userOf, { id: user.id }),
      client.fetch(me),
    ]);
    expect(answers).toEqual([
      { me: { username: user.username } },
      'allowed',
      { me: { username: user.username } },
    ]);
    expect(sentCount('refresh(')).toBe(1);
  });

  it.each([1, 2])('refreshes in spite of %i lost answers', async (count) => {
    const client = openTab('token');
    await logIn(client);
    expire();
    browser.loseAnswers('refresh(', count);
    expect(await client.fetch(me)).toEqual({ me: { username: user.username } });
    expire();
    expect(await client.fetch(me)).toEqual({ me: { username: user.username } });
  });

  it('keeps its session while the server cannot be reached', async () => {
    const client = openTab('token');
    await logIn(client);
    expire();
    browser.loseAnswers('refresh(', 3);
    await expect(client.fetch(me)).rejects.toThrow(TypeError);
    expect(client.viewer().state).toBe('authenticated');
    expect(await client.fetch(me)).toEqual({ me: { username: user.username } });
  });

  it('is anonymous, in all tabs, once its refresh token is refused', async () => {
    const [tab, other] = [openTab('token'), openTab('token')];
    await logIn(tab);
    await other.restore();
    await server.ask('mutation { logoutEverywhere }', { token: user.accessToken });
    expire();
    await expect(tab.fetch(me)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
    expect(tab.viewer().state).toBe('anonymous');
    await vi.waitUntil(() => other.viewer().state === 'anonymous');
  });

  it('uses in each tab the token that another one has refreshed', async () => {
    const [tab, other] = [openTab('token'), openTab('token')];
    await logIn(tab);
    await other.restore();
    expire();
    await tab.fetch(me);
    await vi.waitUntil(
      () => other.sending().headers.authorization === tab.sending().headers.authorization,
    );
    expect(await other.fetch(me)).toEqual({ me: { username: user.username } });
    expect(sentCount('refresh(')).toBe(1);
  });

  it('refreshes in two tabs at once, also where there are no Web Locks', async () => {
    const [tab, other] = [openTab('token'), openTab('token')];
    await logIn(tab);
    await other.restore();
    for (let round = 0; round < 3; round += 1) {
      expire();
      const answers = await Promise.all([tab.fetch(me), other.fetch(me)]);
      expect(answers).toEqual([
        { me: { username: user.username } },
        { me: { username: user.username } },
      ]);
    }
  });

  it('has a valid token for a WebSocket, once the viewer was read again', async () => {
    const client = openTab('token');
    await logIn(client);
    expire();
    await client.restore();
    const { headers } = client.sending();
    const answer = await server.ask('{ me { username } }', { headers: { ...headers } });
    expect(answer.data).toEqual({ me: { username: user.username } });
  });

  it('goes on with the tokens that a change of the password returns', async () => {
    const client = openTab('token');
    await logIn(client);
    const change = frontEnd.document<{ credentials: Tokens }>(`mutation Change($next: String!) {
      credentials: changePassword(currentPassword: "${userPassword}", newPassword: $next) { accessToken refreshToken }
    }`);
    const { credentials } = await client.fetch(change, { next: 'amber-lantern-72-orchard-wolf' });
    client.setTokens(credentials);
    expire();
    expect(await client.fetch(me)).toEqual({ me: { username: user.username } });
  });
});
