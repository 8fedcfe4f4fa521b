import type { BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import {
  isOperation,
  queryOf,
  resultOf,
  send,
  showWindow,
  windowNames,
} from '../support/altair-page.ts';
import {
  collectProblems,
  findChromium,
  launchChromium,
  type TestBrowser,
} from '../support/browser.ts';
import { logIn } from '../support/log-in-form.ts';
import { isWhole } from '../support/sample.ts';
import { startTestServer, type TestServer, type TestUser } from '../support/test-server.ts';

const chromium = findChromium(process.env.CHROMIUM_PATH);

describe.skipIf(chromium === undefined)('Altair (needs Chromium: set CHROMIUM_PATH)', () => {
  let server: TestServer;
  let manager: TestUser;
  let browser: TestBrowser;
  beforeAll(async () => {
    server = await startTestServer();
    manager = await server.aUser('MANAGER', 'STAFF');
    browser = await launchChromium(chromium ?? '');
  });
  afterAll(async () => {
    await browser.close();
    await server.stop();
  });
  /** Opens Altair, which takes seconds to load. */
  async function openAltair() {
    const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
    const foreignRequests: string[] = [];
    context.on('request', (request) => {
      const { protocol, origin } = new URL(request.url());
      if (protocol !== 'data:' && origin !== server.url) foreignRequests.push(request.url());
    });
    const problems = collectProblems(context);
    const page = await context.newPage();
    await page.goto(`${server.url}/graphql`);
    // Before the windows are there, Altair replaces what is typed.
    await page.waitForLoadState('networkidle');
    await queryOf(page).waitFor();
    return { context, page, foreignRequests, problems };
  }

  const addWindow = async (page: Page, query: string) => {
    await page.getByText('Add new').click();
    await queryOf(page).fill(query);
  };

  async function sendAs(page: Page, operation: string) {
    const [request] = await Promise.all([page.waitForRequest(isOperation(operation)), send(page)]);
    return request;
  }

  describe('of a viewer who has logged in', () => {
    let context: BrowserContext;
    let page: Page;
    let foreignRequests: readonly string[];
    let problems: readonly string[];
    beforeAll(async () => {
      ({ context, page, foreignRequests, problems } = await openAltair());
      await logIn(page, manager.username);
    });
    afterAll(() => context.close());

    it('begins with windows that contain no credentials', async () => {
      expect(await windowNames(page)).toEqual(['What is denied', 'Who am I', 'What may I do']);
      expect(await page.title()).toBe(`Queries · ${new URL(server.url).host}`);
      expect(await queryOf(page).textContent()).toContain('query Access');
      const { variables } = (await sendAs(page, 'Access')).postDataJSON();
      expect(variables).toEqual({});
    });

    it('sends the session with the requests of every window', async () => {
      await showWindow(page, 'Who am I');
      const request = await sendAs(page, 'WhoAmI');
      expect(request.headers()).not.toHaveProperty('authorization');
      await resultOf(page).getByText(`"${manager.username}"`).first().waitFor();

      await addWindow(page, 'query Later { me { displayName } }');
      expect((await (await sendAs(page, 'Later')).response())?.status()).toBe(200);
      expect(problems).toEqual([]);
      expect(foreignRequests).toEqual([]);
    });

    it('watches a subscription as the viewer', async () => {
      await addWindow(page, 'subscription { roomEntered { room { name } } }');
      await send(page);
      await expect.poll(() => server.events.subscriberCount()).toBe(1);

      const ask = (mutation: string) =>
        server.ask(`mutation { ${mutation} }`, { token: manager.accessToken });
      const room = 'createRoom(input: { name: "Orangery", floor: 1, groups: [STAFF] }) { id }';
      const { id } = (await ask(room)).data.createRoom;
      await ask(`enterRoom(id: "${id}") { id }`);
      await page.getByText('Orangery').first().waitFor();
      expect(problems).toEqual([]);
    });

    it('has a window that shows a refusal with its reason', async () => {
      await showWindow(page, 'What is denied');
      const response = await (await sendAs(page, 'Denied')).response();
      expect(response?.status()).toBe(403);
      await resultOf(page).getByText('AUDITOR').first().waitFor();
    });

    it('does not store what is typed into its windows', async () => {
      const typed = 'a-token-that-a-person-pasted';
      await page.clock.install();
      await addWindow(page, `{ me { username } } # ${typed}`);
      await page.clock.fastForward(10_000); // Altair stores its state a second after a change.
      const stored = JSON.stringify(await context.storageState({ indexedDB: true }));
      expect(stored).toContain('AltairDB');
      expect(stored).not.toContain(typed);
    });
  });

  it.runIf(isWhole)(
    'is anonymous before the log-in, and has room for the button that sends, 360 pixels wide',
    async () => {
      const { context, page } = await openAltair();
      onTestFinished(() => context.close());
      await showWindow(page, 'Who am I');
      expect((await (await sendAs(page, 'WhoAmI')).response())?.status()).toBe(401);
      await resultOf(page).getByText('TOKEN_MISSING').first().waitFor();
      await page.setViewportSize({ width: 360, height: 740 });
      const button = page.getByRole('button', { name: 'Send Request' }).locator('visible=true');
      const { x = 0, width = 0 } = (await button.boundingBox()) ?? {};
      expect(width).toBeGreaterThan(0);
      expect(x + width).toBeLessThanOrEqual(360);
      await sendAs(page, 'WhoAmI');
    },
  );

  it.runIf(isWhole)('reads the schema again when the viewer changes', async () => {
    const { context, page } = await openAltair();
    onTestFinished(() => context.close());
    const asksSchema = (text: string | null) => text?.includes('IntrospectionQuery') === true;
    const schemas: string[] = [];
    // Chromium does not keep all bodies, so they are read on their way to it.
    await page.route(`${server.url}/graphql`, async (route) => {
      if (!asksSchema(route.request().postData())) return route.continue();
      const response = await route.fetch();
      schemas.push(await response.text());
      return route.fulfill({ response });
    });
    await logIn(page, manager.username);
    await expect.poll(() => schemas.at(-1)).toContain('"createRoom"');
  });
});
