import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findChromium } from '../support/browser.ts';
import { type ConsoleBrowser, startConsoleBrowser } from '../support/console-browser.ts';
import { consolePackages } from '../support/console-example.ts';
import { httpAttacks, subscribe } from '../support/cross-site-attacks.ts';
import { sandboxedPath, startForeignSite } from '../support/foreign-site.ts';
import type { LocalServer } from '../support/listen-locally.ts';
import { sampleOf } from '../support/sample.ts';
import { type TestUser, userPassword } from '../support/test-server.ts';

const chromium = findChromium(process.env.CHROMIUM_PATH);

/** The console is at `localhost`: to Chromium, its other ports are of the same site, and requests of it have the cookie. */
const sites = [
  { from: 'another port', host: 'localhost', path: '/' },
  { from: 'a page whose origin is null', host: 'localhost', path: sandboxedPath },
  { from: 'another site', host: '127.0.0.1', path: '/' },
];

describe.skipIf(chromium === undefined)(
  'pages of other origins, while the console is open (needs Chromium: set CHROMIUM_PATH)',
  () => {
    let console: ConsoleBrowser;
    let foreign: LocalServer;
    let origin: string;
    beforeAll(async () => {
      console = await startConsoleBrowser(chromium ?? '');
      origin = console.server.url.replace('127.0.0.1', 'localhost');
      foreign = await startForeignSite();
    });
    afterAll(async () => {
      await foreign.stop();
      await console.stop();
    });

    /** Adds an element to a page. Returns whether the browser has loaded what it names. */
    const isLoaded = (page: Page, tag: string, attributes: object): Promise<boolean> =>
      page.evaluate(
        ({ tag, attributes }) =>
          new Promise<boolean>((resolve) => {
            const element = Object.assign(document.createElement(tag), attributes);
            element.addEventListener('load', () => resolve(true));
            element.addEventListener('error', () => resolve(false));
            document.body.append(element);
          }),
        { tag, attributes },
      );

    describe.each(sampleOf(sites, ({ host }) => host === 'localhost'))('$from', (site) => {
      let context: BrowserContext;
      let page: Page;
      let own: Page;
      let victim: TestUser;
      beforeAll(async () => {
        ({ context, page: own, user: victim } = await console.open('#/people', ['ADMIN']));
        page = await context.newPage();
        await page.goto(`http://${site.host}:${foreign.port}${site.path}`);
      });
      afterAll(() => context.close());

      it('runs and reads nothing with the session of the console', async () => {
        const url = `${origin}/graphql`;
        const change = `mutation { updateUser(id: "${victim.id}", input: { displayName: "Attacked" }) { id } }`;
        const attacks = Object.entries({ ...httpAttacks, 'a WebSocket': subscribe });
        for (const [name, attack] of attacks) {
          for (const query of [change, '{ me { username } }']) {
            expect(await attack(page, { url, query }), name).toBeUndefined();
          }
        }
        const attack = httpAttacks['a fetch of JSON with credentials'];
        const read = await attack(own, { url, query: '{ me { displayName } }' });
        expect(JSON.parse(String(read)).data).toEqual({ me: { displayName: victim.username } });
        await attack(own, { url, query: change });
        const changed = await attack(own, { url, query: '{ me { displayName } }' });
        expect(JSON.parse(String(changed)).data).toEqual({ me: { displayName: 'Attacked' } });
      });

      it('shows no page of the console in a frame', async () => {
        await isLoaded(page, 'iframe', { src: `${origin}/console/`, name: 'framed' });
        const frame = await page.locator('iframe[name=framed]').elementHandle();
        const framed = await frame?.contentFrame();
        await expect.poll(() => framed?.url()).toBe('chrome-error://chromewebdata/');
        expect(await framed?.locator('#root').count()).toBe(0);
      });

      it('keeps no hold of a window with the console', async () => {
        const [opened] = await Promise.all([
          page.waitForEvent('popup'),
          page.evaluate((url) => {
            Object.assign(window, { opened: window.open(url) });
          }, `${origin}/console/#/people`),
        ]);
        if (site.path === sandboxedPath) {
          // Chromium shows no page with this policy in a window of a sandbox.
          await opened.waitForURL('chrome-error://chromewebdata/');
        } else {
          await opened.locator('#root h1').waitFor();
          expect(await opened.evaluate(() => window.opener)).toBeNull();
          expect(await page.evaluate(() => Reflect.get(window, 'opened').closed)).toBe(true);
        }
        await opened.close();
      });

      it('loads no file of the console', async () => {
        const html = await (await fetch(`${console.server.url}/console/`)).text();
        const script = /src="\.\/(assets\/[^"]+\.js)"/.exec(html)?.[1];
        const style = /href="\.\/(assets\/[^"]+\.css)"/.exec(html)?.[1];
        const of = (file?: string) => `${origin}/console/${file}`;
        const tries = [
          await isLoaded(page, 'script', { src: of(script) }),
          await isLoaded(page, 'script', { src: of(script), type: 'module' }),
          await isLoaded(page, 'link', { href: of(style), rel: 'stylesheet' }),
          await isLoaded(page, 'img', { src: of('index.html') }),
        ];
        expect(tries).toEqual([false, false, false, false]);
        const fetched = await page.evaluate(
          (urls) =>
            Promise.all(
              urls.flatMap((url) =>
                (['cors', 'no-cors'] as const).map((mode) =>
                  fetch(url, { mode, credentials: 'include' }).then(
                    () => `${mode} ${url}`,
                    () => 'refused',
                  ),
                ),
              ),
            ),
          [of(script), of(style), of('index.html')],
        );
        expect(new Set(fetched)).toEqual(new Set(['refused']));
        expect(await isLoaded(own, 'link', { href: of(style), rel: 'stylesheet' })).toBe(true);
      });
    });

    describe('a stolen cookie', () => {
      const name = 'gatehouse-dev';

      /** Logs in to the console, and returns the cookie. The proof is old. */
      async function steal(...groups: readonly string[]) {
        const opened = await console.open('#/people', groups);
        const { id } = opened.user;
        const cookies = await opened.context.cookies();
        const value = cookies.find((cookie) => cookie.name === name)?.value ?? '';
        await opened.context.close();
        await console.server.connection.migrations.query(
          `UPDATE gatehouse.sessions SET proved = '{"PASSWORD": 1000}' WHERE user_id = '${id}'`,
        );
        return { ...opened.user, value };
      }

      it('is refused in requests of a page of another origin', async () => {
        const { value } = await steal('ADMIN');
        const { context } = await console.open('#/people', []);
        await context.addCookies([{ name, value, url: origin }]);
        const page = await context.newPage();
        await page.goto(`http://localhost:${foreign.port}/`);
        const [response] = await Promise.all([
          context.waitForEvent(
            'response',
            async (each) => (await each.request().allHeaders()).cookie?.includes(value) === true,
          ),
          httpAttacks['a form of text/plain that contains JSON'](page, {
            url: `${origin}/graphql`,
            query: '{ me { username } }',
          }),
        ]);
        // Of a content type that a page can send without a preflight.
        expect(response.status()).toBe(415);
        await context.close();
      });

      it('makes no administrator, password, address or program without a fresh log-in', async () => {
        const { id, username, value } = await steal('ADMIN');
        const program = await console.server.ask(
          'mutation { createApiClient(name: "Door", groups: []) { client { id } } }',
          { token: console.server.admin.accessToken },
        );
        const clientId: string = program.data.createApiClient.client.id;
        const other = await console.server.aUser();
        const ask = (query: string) =>
          console.server.ask(query, {
            headers: { cookie: `${name}=${value}`, 'apollo-require-preflight': '1' },
          });
        const read = await ask('{ me { username } }');
        expect(read.data).toEqual({ me: { username } });
        const changes = [
          `createUser(input: { username: "mine", password: "${userPassword}" }) { id }`,
          `grantGroup(userId: "${other.id}", group: ADMIN) { id }`,
          `resetPassword(userId: "${other.id}", newPassword: "${userPassword}-2") { id }`,
          `updateUser(id: "${id}", input: { email: "mine@example.org" }) { id }`,
          `updateUser(id: "${other.id}", input: { email: "mine@example.org" }) { id }`,
          'createApiClient(name: "Mine", groups: []) { secret }',
          `rotateApiClientSecret(id: "${clientId}") { secret }`,
        ];
        const readAll = () =>
          console.server.connection.migrations.query(
            `SELECT (SELECT json_agg(users ORDER BY id) FROM gatehouse.users) AS users,
               (SELECT json_agg(memberships ORDER BY user_id, "group") FROM gatehouse.memberships) AS held,
               (SELECT json_agg(api_clients ORDER BY id) FROM gatehouse.api_clients) AS programs`,
          );
        const before = await readAll();
        for (const change of changes) {
          const { status, reason } = await ask(`mutation { ${change} }`);
          expect({ status, reason }, change).toEqual({
            status: 401,
            reason: 'AUTHENTICATION_TOO_OLD',
          });
        }
        expect(await readAll()).toEqual(before);
      });
    });

    it('get no header with which they could read a file of the console', async () => {
      const { pages = [] } = consolePackages[0];
      const folder = pages[0]?.folder ?? '';
      const files = await readdir(folder, { recursive: true, withFileTypes: true });
      const paths = files
        .filter((file) => file.isFile())
        .map((file) => join(file.parentPath, file.name).slice(folder.length + 1));
      expect(paths).toContain('index.html');
      for (const path of ['', ...paths, 'assets/', 'unknown.js']) {
        for (const method of ['GET', 'HEAD', 'OPTIONS', 'POST']) {
          const response = await fetch(`${origin}/console/${path}`, {
            method,
            headers: { origin: 'http://evil.test', 'access-control-request-method': 'GET' },
          });
          const { status, headers } = response;
          const what = `${method} ${path} ${status}`;
          const isFound = path !== 'assets/' && path !== 'unknown.js';
          const isRead = method === 'GET' || method === 'HEAD';
          expect(status === 200, what).toBe(isFound && isRead);
          const policy = headers.get('content-security-policy') ?? '';
          expect(policy, what).toContain("default-src 'none'");
          expect(policy, what).toContain("frame-ancestors 'none'");
          expect(policy, what).not.toMatch(/unsafe-|\*|https?:|blob:/);
          expect(Object.fromEntries(headers), what).toMatchObject({
            'x-content-type-options': 'nosniff',
            'x-frame-options': 'DENY',
            'cross-origin-opener-policy': 'same-origin',
            'cross-origin-resource-policy': 'same-origin',
            'referrer-policy': 'no-referrer',
          });
          const allowed = [...headers.keys()].filter((each) => each.startsWith('access-control'));
          expect(allowed, what).toEqual([]);
        }
      }
    });
  },
);
