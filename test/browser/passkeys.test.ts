import type { BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { findChromium, launchChromium, type TestBrowser } from '../support/browser.ts';
import { passkeyScript, plugInAuthenticator } from '../support/browser-passkeys.ts';
import { createFactorsClient, startFactorsServer } from '../support/factors-server.ts';
import { freePort } from '../support/proxy.ts';
import { type TestServer, type TestUser, userPassword } from '../support/test-server.ts';

const chromium = findChromium(process.env.CHROMIUM_PATH);

describe.skipIf(chromium === undefined)(
  'passkeys in a browser (needs Chromium: set CHROMIUM_PATH)',
  () => {
    let server: TestServer;
    let browser: TestBrowser;
    let context: BrowserContext;
    let page: Page;
    let user: TestUser;
    let origin = '';

    beforeAll(async () => {
      const port = await freePort();
      origin = `http://localhost:${port}`;
      server = await startFactorsServer({
        now: () => new Date(),
        environment: { PORT: String(port), PASSKEY_RP_ID: 'localhost', PASSKEY_ORIGINS: origin },
      });
      browser = await launchChromium(chromium ?? '');
    });
    afterAll(async () => {
      await browser.close();
      await server.stop();
    });
    beforeEach(async () => {
      user = await server.aUser();
      context = await browser.newContext();
      await context.route('**/altair/**', (route) => route.abort());
      page = await openPage(origin);
    });
    afterEach(() => context.close());

    async function openPage(at: string): Promise<Page> {
      const opened = await context.newPage();
      await opened.goto(`${at}/graphql`, { waitUntil: 'commit' });
      await opened.evaluate(passkeyScript);
      return opened;
    }

    const logIn = () =>
      page.evaluate<{ errors?: { extensions: { challenge: string } }[] }>(
        `run('mutation ($u: String!, $p: String!) { startSession(username: $u, password: $p) { groups } }',
          ${JSON.stringify({ u: user.username, p: userPassword })})`,
      );
    const completed = { data: { completeSession: { principal: { id: expect.any(String) } } } };

    it('are made, and log in without a username and after a password', async () => {
      await plugInAuthenticator(page);
      await logIn();
      expect(await page.evaluate(`addPasskey('Laptop')`)).toMatchObject({
        data: { addPasskey: { factor: { name: 'Laptop' } } },
      });
      expect(await page.evaluate('usePasskey()')).toMatchObject(completed);
      const due = await logIn();
      const challenge = due.errors?.[0]?.extensions.challenge;
      const done = await page.evaluate(`usePasskey(${JSON.stringify(challenge)})`);
      expect(done).toEqual({ data: { completeSession: { principal: { id: user.id } } } });
    });

    it('are several on two devices, of which one that was removed logs in no more', async () => {
      await plugInAuthenticator(page);
      await logIn();
      const first = await page.evaluate<{ data: { addPasskey: { factor: { id: string } } } }>(
        `addPasskey('Laptop')`,
      );
      await page.evaluate('usePasskey()');
      const other = await openPage(origin);
      await plugInAuthenticator(other);
      const { proof } = await page.evaluate<{ proof: object }>('askPasskey()');
      const added = await other.evaluate(`addPasskey('Phone', ${JSON.stringify(proof)})`);
      expect(added).toMatchObject({
        data: { addPasskey: { factor: { name: 'Phone' } } },
      });
      const { id } = first.data.addPasskey.factor;
      const removed = await other.evaluate(
        `run('mutation ($id: ID!) { removeFactor(id: $id) }', { id: ${JSON.stringify(id)} })`,
      );
      expect(removed).toEqual({ data: { removeFactor: id } });
      expect(await page.evaluate('usePasskey()')).toMatchObject({
        errors: [{ extensions: { reason: 'BAD_CREDENTIALS' } }],
      });
      expect(await other.evaluate('usePasskey()')).toMatchObject(completed);
    });

    it('are not used when the authenticator does not verify its user', async () => {
      const authenticator = await plugInAuthenticator(page);
      await logIn();
      await page.evaluate(`addPasskey('Laptop')`);
      await authenticator.refuse();
      await expect(page.evaluate('usePasskey()')).rejects.toThrow('NotAllowedError');
    });

    it('are not made or used on a page of another origin', async () => {
      const elsewhere = await openPage(origin.replace('localhost', '127.0.0.1'));
      await plugInAuthenticator(elsewhere);
      await expect(elsewhere.evaluate('usePasskey()')).rejects.toThrow('SecurityError');
      const client = createFactorsClient(server, () => new Date());
      expect((await client.logIn(user)).status).toBe(200);
    });
  },
);
