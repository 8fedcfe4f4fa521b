import type { Browser, BrowserContext, Page, Request } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { logIn, queryOf, resultOf, send, variablesOf } from '../support/altair-page.ts';
import { findChromium, launchChromium } from '../support/browser.ts';
import { startTestServer, type TestServer, userPassword } from '../support/test-server.ts';

const chromium = findChromium(process.env.CHROMIUM_PATH);

let server: TestServer;
let username: string;
beforeAll(async () => {
  server = await startTestServer();
  ({ username } = await server.aUser('STAFF'));
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

  it('leads a browser from the root to the page, and tells other clients where the API is', async () => {
    const root = `${server.url}/`;
    const browser = await fetch(root, { headers: { accept: 'text/html' }, redirect: 'manual' });
    expect(browser.status).toBe(302);
    expect(new URL(browser.headers.get('location') ?? '', root).pathname).toBe('/graphql');
    expect(await (await fetch(root)).json()).toMatchObject({
      errors: [{ extensions: { code: 'NOT_FOUND' } }],
    });
  });

  it('answers a GraphQL client with JSON and without the headers of the page', async () => {
    const response = await fetch(`${server.url}/graphql?query={__typename}`, {
      headers: { accept: 'application/json', 'apollo-require-preflight': 'true' },
    });

    expect(await response.json()).toEqual({ data: { __typename: 'Query' } });
    expect(response.headers.get('content-security-policy')).toBe(
      "default-src 'none';frame-ancestors 'none'",
    );
  });

  it('lets a browser keep what has a version in its path, but not the start script', async () => {
    const { text: html } = await get('/graphql', 'text/html');
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
    await logIn(page, username);
    await openWindow(page, 'Who am I');
    await send(page);

    await resultOf(page).getByText(`"${username}"`).first().waitFor();
    if (process.env.SCREENSHOT) await page.screenshot({ path: process.env.SCREENSHOT });
    expect(problems).toEqual([]);
    expect(foreignRequests).toEqual([]);
  }, 60_000);

  it('uses the token in a window that is opened later, and not to log in anew', async () => {
    await logIn(page, username);
    const [again] = await Promise.all([page.waitForRequest(isOperation('LogIn')), send(page)]);
    expect(again.headers()).not.toHaveProperty('authorization');

    await page.getByText('Add new').click();
    await queryOf(page).fill('query Later { me { displayName } }');
    const [later] = await Promise.all([page.waitForRequest(isOperation('Later')), send(page)]);
    expect((await later.response())?.status()).toBe(200);
  }, 60_000);

  it('leaves neither password nor token in the storage of the browser, and begins every visit as an anonymous viewer with the same windows', async () => {
    const first = await windowNames(page);
    expect(first).toEqual(['Log in', 'Who am I', 'What may I do']);
    await logIn(page, username);
    const shown = (await resultOf(page).textContent()) ?? '';
    const [, accessToken = ''] = /"accessToken": "([^"]+)"/.exec(shown) ?? [];
    expect(accessToken).not.toBe('');
    await page.clock.fastForward(10_000); // Altair stores its state a second after a change.

    const stored = JSON.stringify(await context.storageState({ indexedDB: true }));
    expect(stored).toContain('AltairDB');
    expect(stored).not.toContain(userPassword);
    expect(stored).not.toContain(accessToken);
    await page.close();

    const secondPage = await openPage();
    expect(await windowNames(secondPage)).toEqual(first);
    await openWindow(secondPage, 'Who am I');
    const asked = secondPage.waitForRequest(isOperation('WhoAmI'));
    const [request] = await Promise.all([asked, send(secondPage)]);
    expect(request.headers()).not.toHaveProperty('authorization');
    await resultOf(secondPage).getByText('UNAUTHENTICATED').first().waitFor();
  }, 60_000);

  async function openPage(): Promise<Page> {
    const opened = await context.newPage();
    await opened.clock.install();
    await opened.goto(`${server.url}/graphql`);
    await variablesOf(opened).waitFor();
    return opened;
  }
});

/** Reads the whole body, since the server's `stop` waits for an answer that is under way. */
async function get(path: string, accept = '*/*') {
  const response = await fetch(`${server.url}${path}`, { headers: { accept } });
  return { status: response.status, headers: response.headers, text: await response.text() };
}

const windowNames = (page: Page) => page.locator('.window-switcher__input').allInnerTexts();

const openWindow = (page: Page, name: string) =>
  page.locator('.window-switcher__input', { hasText: name }).click();

const isOperation = (name: string) => (request: Request) =>
  request.method() === 'POST' && request.postDataJSON().operationName === name;
