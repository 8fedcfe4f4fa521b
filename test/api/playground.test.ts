import { ApolloServer } from '@apollo/server';
import fastifyApollo from '@as-integrations/fastify';
import Fastify from 'fastify';
import { GraphQLError } from 'graphql';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createPlaygroundPlugin, registerPlaygroundAssets } from '../../src/server/playground.ts';
import { findChromium, launchChromium } from '../support/browser.ts';

const chromium = findChromium(process.env.CHROMIUM_PATH);
const password = 'correct horse battery staple';
const accessToken = 'header.claims.signature';
const admin = { id: '1', username: 'admin', displayName: 'Ada Lovelace', groups: ['ADMIN'] };

let server: Awaited<ReturnType<typeof startServer>>;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.stop());

describe('the responses behind the page', () => {
  it('shows the page to a browser, with a policy that allows this server alone', async () => {
    const response = await get('/graphql', 'text/html,application/xhtml+xml,*/*;q=0.8');

    expect(response.headers.get('content-type')).toContain('text/html');
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(response.headers.get('vary')).toBe('Accept');
    const policy = response.headers.get('content-security-policy');
    expect(policy).toContain("default-src 'none'; script-src 'self';");
    expect(policy).toContain("connect-src 'self';");
    expect(policy).not.toMatch(/unsafe-eval|https?:|\*/);
  });

  it('answers a GraphQL client with JSON and without the headers of the page', async () => {
    const response = await fetch(`${server.url}/graphql?query={__typename}`, {
      headers: { accept: 'application/json', 'apollo-require-preflight': 'true' },
    });

    expect(await response.json()).toEqual({ data: { __typename: 'Query' } });
    expect(response.headers.get('content-security-policy')).toBeNull();
  });

  it('lets a browser keep what has a version in its path, but not the start script', async () => {
    const html = await (await get('/graphql', 'text/html')).text();
    const [, base] = /<base href="(.*)">/.exec(html) ?? [];

    const main = await get(`/${base}main.js`);
    expect(main.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
    const start = await get(`/${base}start.js`);
    expect(start.headers.get('cache-control')).toBe('no-cache');
    for (const closed of ['index.html', 'iframe-sandbox/index.html', '../package.json']) {
      expect((await get(`/${base}${closed}`)).status, closed).toBe(404);
    }
  });
});

describe.skipIf(chromium === undefined)('the page (needs Chromium: set CHROMIUM_PATH)', () => {
  let browser: Browser;
  let context: BrowserContext;
  let page: Page;
  let foreignRequests: string[];
  let problems: string[];

  beforeAll(async () => {
    browser = await launchChromium(chromium ?? '');
  });
  afterAll(() => browser.close());
  beforeEach(async () => {
    foreignRequests = [];
    problems = [];
    context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
    context.on('request', (request) => {
      const { protocol, origin } = new URL(request.url());
      if (protocol !== 'data:' && origin !== server.url) foreignRequests.push(request.url());
    });
    context.on('weberror', (error) => problems.push(error.error().message));
    context.on('console', (message) => {
      if (message.type() === 'error') problems.push(message.text());
    });
    page = await openPage();
  });
  afterEach(() => context.close());

  it('lets a person log in and then tells who they are', async () => {
    await logIn(page);
    await openWindow(page, 'Who am I');
    await send(page);

    await result(page).getByText(admin.displayName).waitFor();
    if (process.env.SCREENSHOT) await page.screenshot({ path: process.env.SCREENSHOT });
    expect(problems).toEqual([]);
    expect(foreignRequests).toEqual([]);
  }, 60_000);

  it('uses the token in a window that is opened later, and not to log in anew', async () => {
    await logIn(page);
    const [again] = await Promise.all([page.waitForRequest(isOperation('LogIn')), send(page)]);
    expect(again.headers()).not.toHaveProperty('authorization');

    await page.getByText('Add new').click();
    const editor = page.locator('app-query-editor .cm-content').locator('visible=true').first();
    await editor.fill('query Later { me { displayName } }');
    const [later] = await Promise.all([page.waitForRequest(isOperation('Later')), send(page)]);
    expect(later.headers()).toHaveProperty('authorization', `Bearer ${accessToken}`);
  }, 60_000);

  it('asks as an anonymous viewer before the login', async () => {
    await openWindow(page, 'Rooms');
    const [request] = await Promise.all([page.waitForRequest(isOperation('Rooms')), send(page)]);

    expect(request.headers()).not.toHaveProperty('authorization');
    await result(page).getByText('UNAUTHENTICATED').waitFor();
  }, 60_000);

  it('leaves neither password nor token in the storage of the browser', async () => {
    await logIn(page);
    await page.clock.fastForward(10_000); // Altair stores its state a second after a change.

    const stored = JSON.stringify(await context.storageState({ indexedDB: true }));
    expect(stored).toContain('AltairDB');
    expect(stored).not.toContain(password);
    expect(stored).not.toContain(accessToken);
  }, 60_000);

  it('begins with the same windows at every visit, without the token', async () => {
    const first = await windowNames(page);
    await logIn(page);
    await page.clock.fastForward(10_000);
    await page.close();

    const secondPage = await openPage();
    expect(first).toEqual(['Log in', 'Who am I', 'Rooms']);
    expect(await windowNames(secondPage)).toEqual(first);
    await openWindow(secondPage, 'Who am I');
    await send(secondPage);
    await result(secondPage).getByText('UNAUTHENTICATED').waitFor();
  }, 60_000);

  async function openPage(): Promise<Page> {
    const opened = await context.newPage();
    await opened.clock.install();
    await opened.goto(`${server.url}/graphql`);
    await variables(opened).waitFor();
    return opened;
  }
});

function get(path: string, accept = '*/*'): Promise<Response> {
  return fetch(`${server.url}${path}`, { headers: { accept } });
}

const variables = (page: Page) =>
  page.locator('app-variables-editor .cm-content').locator('visible=true');

const result = (page: Page) => page.locator('app-query-result').locator('visible=true');

const send = (page: Page) =>
  page.getByRole('button', { name: 'Send Request' }).locator('visible=true').click();

const windowNames = (page: Page) => page.locator('.window-switcher__input').allInnerTexts();

const openWindow = (page: Page, name: string) =>
  page.locator('.window-switcher__input', { hasText: name }).click();

const isOperation = (name: string) => (request: { postData(): string | null }) =>
  request.postData()?.includes(`${name}`) === true &&
  !request.postData()?.includes('IntrospectionQuery');

async function logIn(page: Page): Promise<void> {
  await variables(page).fill(JSON.stringify({ username: admin.username, password }));
  await send(page);
  await result(page).getByText('expiresIn').waitFor();
}

/** A small server with the part of the API that the page uses. */
async function startServer() {
  const graphqlPath = '/graphql';
  const apollo = new ApolloServer({
    typeDefs,
    resolvers,
    introspection: true,
    plugins: [createPlaygroundPlugin({ graphqlPath })],
  });
  await apollo.start();

  const fastify = Fastify();
  await registerPlaygroundAssets(fastify, { graphqlPath });
  await fastify.register(fastifyApollo(apollo), {
    path: graphqlPath,
    context: async ({ headers: { authorization } }) => {
      const isKnown = authorization === `Bearer ${accessToken}`;
      if (authorization !== undefined && !isKnown) throw unauthenticated();
      return { isKnown };
    },
  });
  const url = await fastify.listen({ host: '127.0.0.1', port: 0 });
  return { url, stop: () => fastify.close() };
}

const typeDefs = `
  type User { id: ID! username: String! displayName: String! groups: [String!]! }
  type Viewer { groups: [String!]! principal: User! }
  type Credentials { accessToken: String! expiresIn: Int! user: User! }
  type Room { name: String! floor: Int! groups: [String!]! admitsViewer: Boolean! }
  type RoomEdge { node: Room! }
  type RoomConnection { edges: [RoomEdge!]! }
  type Query { viewer: Viewer! me: User rooms(first: Int): RoomConnection! }
  type Mutation { login(username: String!, password: String!): Credentials! }
`;

interface StandInContext {
  readonly isKnown: boolean;
}

const onlyKnown =
  <T>(value: T) =>
  (_parent: unknown, _args: unknown, { isKnown }: StandInContext): T => {
    if (!isKnown) throw unauthenticated();
    return value;
  };

const resolvers = {
  Query: {
    viewer: onlyKnown({ groups: admin.groups, principal: admin }),
    me: onlyKnown(admin),
    rooms: onlyKnown({ edges: [] }),
  },
  Mutation: {
    login(_parent: unknown, args: { readonly password: string }) {
      if (args.password !== password) throw unauthenticated();
      return { accessToken, expiresIn: 900, user: admin };
    },
  },
};

function unauthenticated(): GraphQLError {
  return new GraphQLError('Authentication is required.', {
    extensions: { code: 'UNAUTHENTICATED', http: { status: 401 } },
  });
}
