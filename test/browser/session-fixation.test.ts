import type { BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { findChromium, launchChromium, type TestBrowser } from '../support/browser.ts';
import { startForeignSite } from '../support/foreign-site.ts';
import type { LocalServer } from '../support/listen-locally.ts';
import {
  startTestServer,
  type TestServer,
  type TestUser,
  userPassword,
} from '../support/test-server.ts';
import { hasOpenssl, startTlsProxy } from '../support/tls-proxy.ts';

/**
 * Session fixation (CWE-384; ASVS 5, 7.2.4; RFC 6265, 8.6): an attacker sets the cookie of a session of their own in the
 * browser of a victim, who then works as the attacker, or logs in to a session that the attacker knows.
 */
const chromium = findChromium(process.env.CHROMIUM_PATH);
const own = 'app.gate.localhost';
const sibling = 'evil.gate.localhost';

describe.skipIf(chromium === undefined)(
  'a planted cookie (needs Chromium: set CHROMIUM_PATH)',
  () => {
    let server: TestServer;
    let foreign: LocalServer;
    let browser: TestBrowser;
    let context: BrowserContext;
    let attacker: TestUser;
    let victim: TestUser;
    let planted = 0;

    beforeAll(async () => {
      server = await startTestServer({ environment: { TRUST_PROXY: 'loopback' } });
      attacker = await server.aUser();
      victim = await server.aUser('MANAGER');
      foreign = await startForeignSite();
      browser = await launchChromium(chromium ?? '');
    });
    afterAll(async () => {
      await browser.close();
      await foreign.stop();
      await server.stop();
    });
    beforeEach(async () => {
      context = await browser.newContext({ ignoreHTTPSErrors: true });
      // Altair takes seconds to load, and no attack needs it.
      await context.route('**/altair/**', (route) => route.abort());
    });
    afterEach(() => context.close());

    const startMutation = ({ username }: TestUser) =>
      `mutation { startSession(username: "${username}", password: "${userPassword}") { groups } }`;

    /** The value of a cookie of the attacker's own session, which is valid. */
    async function attackersCookie(): Promise<string> {
      const { headers } = await server.ask(startMutation(attacker), {
        headers: { 'apollo-require-preflight': '1' },
      });
      const [, value = ''] = /=([^;]+)/.exec(headers.getSetCookie()[0] ?? '') ?? [];
      return value;
    }

    const openPage = async (url: string) => {
      const page = await context.newPage();
      await page.goto(url, { waitUntil: 'domcontentloaded' });
      return page;
    };
    /** Chromium stores cookies of scripts later, in their order: when the second one is stored, so is the first. */
    async function plant(page: Page, cookie: string): Promise<void> {
      planted += 1;
      const marker = `planted-${planted}`;
      await page.evaluate(
        (texts) => {
          // biome-ignore lint/suspicious/noDocumentCookie: what an attacker does.
          for (const text of texts) document.cookie = text;
        },
        [cookie, `${marker}=1`],
      );
      const names = async () => (await context.cookies()).map(({ name }) => name);
      await expect.poll(names).toContain(marker);
    }

    /** Asks as a script of the server's own page does. */
    const ask = (page: Page, query: string) =>
      page.evaluate(async (query) => {
        const headers = { 'content-type': 'application/json' };
        const body = JSON.stringify({ query });
        const { data, errors } = await (
          await fetch('/graphql', { method: 'POST', headers, body })
        ).json();
        return errors?.[0].extensions.reason ?? data;
      }, query);
    const me = '{ me { username } }';
    const asVictim = () => ({ me: { username: victim.username } });

    /** What the server says to the owner of a cookie. */
    const outcomeOf = async (cookie: string) => {
      const headers = { cookie, 'apollo-require-preflight': '1' };
      const { data, reason } = await server.ask(me, { headers });
      return reason ?? data.me.username;
    };

    describe('on a server without TLS, whose cookie has no prefix', () => {
      const ownUrl = () => `http://${own}:${new URL(server.url).port}/graphql`;
      const siblingUrl = () => `http://${sibling}:${foreign.port}/`;

      it('of a sibling subdomain does not make a victim work as the attacker', async () => {
        const page = await openPage(ownUrl());
        await ask(page, startMutation(victim));
        const cookie = `gatehouse-dev=${await attackersCookie()}; Domain=gate.localhost`;
        await plant(await openPage(siblingUrl()), `${cookie}; Path=/graphql`);
        expect(await context.cookies(ownUrl())).toHaveLength(2);
        expect(await ask(page, me)).toBe('TOKEN_MALFORMED');
      });

      it('of a script of the page does not, either', async () => {
        const page = await openPage(ownUrl());
        await ask(page, startMutation(victim));
        const value = await attackersCookie();
        // The browser keeps the cookie that scripts cannot read (RFC 6265, 5.3).
        await plant(page, `gatehouse-dev=${value}; Path=/`);
        expect(await ask(page, me)).toEqual(asVictim());
        await plant(page, `gatehouse-dev=${value}; Path=/graphql`);
        expect(await ask(page, me)).toBe('TOKEN_MALFORMED');
      });

      it('does not become the session of a victim who logs in', async () => {
        const value = await attackersCookie();
        await plant(await openPage(siblingUrl()), `gatehouse-dev=${value}; Domain=gate.localhost`);
        const page = await openPage(ownUrl());
        expect(await ask(page, startMutation(victim))).toEqual({
          startSession: { groups: ['MANAGER'] },
        });
        expect(await outcomeOf(`gatehouse-dev=${value}`)).toBe(attacker.username);
      });
    });

    describe.skipIf(!hasOpenssl())('on a server with TLS (needs openssl)', () => {
      let proxy: LocalServer;
      beforeAll(async () => {
        proxy = await startTlsProxy(server.url);
      });
      afterAll(() => proxy.stop());
      const ownUrl = () => `https://${own}:${proxy.port}/graphql`;
      // The proxy has every host, so a page of it is one of a sibling too.
      const siblingUrl = () => `https://${sibling}:${proxy.port}/graphql`;

      it('of a sibling subdomain or a script is rejected by the browser, or ignored', async () => {
        const value = await attackersCookie();
        const page = await openPage(ownUrl());
        const siblingPage = await openPage(siblingUrl());
        const plantAll = async () => {
          for (const name of ['__Host-gatehouse', 'gatehouse-dev']) {
            for (const path of ['/', '/graphql']) {
              const cookie = `${name}=${value}; Secure; Path=${path}`;
              await plant(siblingPage, `${cookie}; Domain=gate.localhost`);
              await plant(siblingPage, cookie);
              if (path !== '/') await plant(page, cookie);
            }
          }
        };
        await plantAll();
        expect(await ask(page, me), 'before the log-in').toBe('TOKEN_MISSING');
        await ask(page, startMutation(victim));
        await plantAll();
        expect(await ask(page, me)).toEqual(asVictim());
        const names = (await context.cookies(ownUrl())).map(({ name }) => name);
        expect(names.filter((name) => name === '__Host-gatehouse')).toHaveLength(1);
        expect(names).toContain('gatehouse-dev');
      });

      it('of a script does not replace the cookie that scripts cannot read', async () => {
        const page = await openPage(ownUrl());
        await ask(page, startMutation(victim));
        await plant(page, `__Host-gatehouse=${await attackersCookie()}; Secure; Path=/`);
        expect(await ask(page, me)).toEqual(asVictim());
      });
    });
  },
);
