import type { BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { findChromium, launchChromium, type TestBrowser } from '../support/browser.ts';
import { startSession } from '../support/browser-session.ts';
import { compile } from '../support/compile.ts';
import { blocksOf, readPage } from '../support/documents.ts';
import {
  type FollowedFrontEnd,
  followFrontEndGuide,
  frontEndGuide,
} from '../support/front-end-guide.ts';
import { type ServedFrontEnd, serveBuilt, serveSources } from '../support/front-end-server.ts';
import { logInForm, logOutButton, submitLogIn } from '../support/log-in-form.ts';
import { isWhole } from '../support/sample.ts';
import {
  startTestServer,
  type TestServer,
  type TestUser,
  userPassword,
} from '../support/test-server.ts';

const chromium = findChromium(process.env.CHROMIUM_PATH);

let server: TestServer;
let project: FollowedFrontEnd;
beforeAll(async () => {
  server = await startTestServer();
  project = await followFrontEndGuide(server.url);
});
afterAll(async () => {
  await server.stop();
  await project.remove();
});

it('the code generator of the guide has settings that compile', async () => {
  const words = ['--ignoreConfig', '--module', 'nodenext', '--skipLibCheck', '--noEmit'];
  expect(await compile(project.folder, [...words, 'codegen.ts'])).toBe('');
});

describe.skipIf(chromium === undefined)(
  'the page of the guide (needs Chromium: set CHROMIUM_PATH)',
  () => {
    let browser: TestBrowser;
    let context: BrowserContext;
    let built: ServedFrontEnd;
    /** The operations that the server decided and did not run. */
    let asked: string[];
    let open: string;
    beforeAll(async () => {
      browser = await launchChromium(chromium ?? '');
      built = await serveBuilt(project.folder);
      open = await createRoom('Orangery', 'STAFF');
      await createRoom('Vault', 'AUDITOR');
    });
    afterAll(async () => {
      await browser.close();
      await built.stop();
    });
    beforeEach(async () => {
      context = await browser.newContext();
      asked = [];
      context.on('request', (request) => {
        if (request.headers().prefer === 'decide-only') asked.push(request.postData() ?? '');
      });
    });
    afterEach(() => context.close());

    const endSessions = ({ accessToken: token }: TestUser) =>
      server.ask('mutation { logoutEverywhere }', { token });

    const revokeManager = ({ id }: TestUser) =>
      server.ask(`mutation { revokeGroup(userId: "${id}", group: MANAGER) { id } }`, {
        token: server.admin.accessToken,
      });

    async function createRoom(name: string, group: string): Promise<string> {
      const { accessToken: token } = await server.aUser('MANAGER');
      const input = `{ name: "${name}", floor: 1, groups: [${group}], accessCode: "1234" }`;
      const { data } = await server.ask(`mutation { createRoom(input: ${input}) { id } }`, {
        token,
      });
      return data.createRoom.id;
    }

    async function openPage(): Promise<Page> {
      const page = await context.newPage();
      await page.goto(built.origin);
      return page;
    }

    /** Opens the page as a new user in a group, and waits until each button is decided. */
    async function openAs(...groups: readonly string[]) {
      const user = await server.aUser(...groups);
      await startSession(context, built.origin, user.username);
      const page = await openPage();
      await page.getByText(`Logged in as ${user.username}`).waitFor();
      await page.getByText('Vault').first().waitFor();
      return { user, page };
    }

    const createButton = (page: Page) => page.getByRole('button', { name: 'Create a room' });
    const enterButton = (page: Page, name: string) =>
      page.getByRole('button', { name: `Enter ${name}` });

    it('shows a button to a MANAGER, who can click it, and sends no request for it', async () => {
      const { page } = await openAs('MANAGER');
      await page.getByLabel('Name').fill('Attic');
      await createButton(page).click();
      await page.getByText('Attic').waitFor();
      expect(asked.filter((operation) => !operation.includes('EnterRoom'))).toEqual([]);
    });

    it('hides the button from STAFF, and asks the server for what depends on data', async () => {
      const { page } = await openAs('STAFF');
      await enterButton(page, 'Orangery').waitFor();
      expect(await createButton(page).count()).toBe(0);
      expect(await enterButton(page, 'Vault').count()).toBe(0);
      expect(await page.getByRole('list', { name: 'Entries' }).count()).toBe(0);
    });

    it('explains a wrong password, stays logged in over a reload, and logs out', async () => {
      const user = await server.aUser('STAFF');
      const page = await openPage();
      await submitLogIn(page, user.username, 'another-password');
      await page.getByText('The username or the password is wrong.').waitFor();
      await submitLogIn(page, user.username);
      await page.getByText('Logged in as').waitFor();
      await page.reload();
      await logOutButton(page).click();
      await logInForm(page).waitFor();
      expect(await context.cookies()).toEqual([]);
    });

    it('loads again when the server could not be reached', async () => {
      await context.route('**/graphql', (route) => route.abort());
      const [page] = await Promise.all([openPage(), context.waitForEvent('requestfailed')]);
      const loadAgain = page.getByRole('button', { name: 'Load again' });
      await context.unrouteAll();
      await loadAgain.click();
      await logInForm(page).waitFor();
    });

    it('shows who enters a room, over a WebSocket with the cookie, until the session ends', async () => {
      const { page, user } = await openAs('MANAGER');
      await expect.poll(() => server.events.subscriberCount()).toBe(1);
      const { accessToken: token } = await server.aUser('STAFF');
      await server.ask(`mutation { enterRoom(id: "${open}") { id } }`, { token });
      await page.getByRole('list', { name: 'Entries' }).getByText('entered Orangery').waitFor();
      await endSessions(user);
      await logInForm(page).waitFor();
    });

    it('decides by code as the table of the guide says', async () => {
      const dev = await serveSources(project.folder);
      const page = await context.newPage();
      await page.goto(dev.origin);
      const rows = [
        ['createRoom', 'accessCode', 'creating', 'entering', 'enteringAsked', 'readingCodeAsked'],
      ];
      for (const group of ['STAFF', 'MANAGER']) {
        const user = await server.aUser(group);
        await submitLogIn(page, user.username);
        await page.getByText(`Logged in as ${user.username}`).waitFor();
        const decisions = await page.evaluate<Readonly<Record<string, string>>>(
          `import('/src/decisions.ts').then(({ decide }) => decide('${open}'))`,
        );
        rows.push([group, ...(rows[0] ?? []).map((name) => decisions[name] ?? '')]);
        await logOutButton(page).click();
        await logInForm(page).waitFor();
      }
      await dev.stop();
      const table = blocksOf(readPage(frontEndGuide)).find(({ text }) =>
        text.startsWith('viewer '),
      );
      const words = table?.text
        .trim()
        .split('\n')
        .map((line) => line.split(/ +/));
      expect(words).toEqual([['viewer', ...(rows[0] ?? [])], ...rows.slice(1)]);
    });

    it('shows the log-in after a 401', async () => {
      const { page, user } = await openAs('STAFF');
      await enterButton(page, 'Orangery').waitFor();
      await endSessions(user);
      await enterButton(page, 'Orangery').click();
      await logInForm(page).waitFor();
    });

    it('hides what a revoked group allowed when the socket closes', async () => {
      const { page, user } = await openAs('MANAGER', 'STAFF');
      await expect.poll(() => server.events.subscriberCount()).toBe(1);
      await revokeManager(user);
      await createButton(page).waitFor({ state: 'detached' });
      expect(await page.getByRole('list', { name: 'Entries' }).count()).toBe(0);
    });

    it.runIf(isWhole)('hides a button after a 403 for a group that was revoked', async () => {
      // Without a socket, only the answer to the click shows that the group is gone.
      await context.routeWebSocket('**/graphql', () => {});
      const { page, user } = await openAs('MANAGER', 'STAFF');
      await revokeManager(user);
      await page.getByLabel('Name').fill('Cellar');
      await createButton(page).click();
      await createButton(page).waitFor({ state: 'detached' });
      await page.getByRole('alert').getByText('it requires the group MANAGER').waitFor();
    });

    it.runIf(isWhole)('asks the server for each button when the build is stale', async () => {
      await context.route('**/graphql', async (route) => {
        const response = await route.fetch();
        const text = await response.text();
        const body = text.replace(/"schemaHash":"[^"]+"/, '"schemaHash":"of-another-schema"');
        await route.fulfill({ response, body });
      });
      const { page } = await openAs('MANAGER');
      await createButton(page).waitFor();
      await page.getByRole('list', { name: 'Entries' }).waitFor({ state: 'attached' });
      for (const name of ['CreateRoom', 'RoomEntered']) expect(asked.join()).toContain(name);
      await context.unrouteAll({ behavior: 'wait' });
    });

    it('is refused as cross-site when the proxy changes the host', async () => {
      const proxy = { '/graphql': { target: server.url, ws: true, changeOrigin: true } };
      const changed = await serveBuilt(project.folder, { proxy });
      const { username } = await server.aUser('STAFF');
      const startSession = async ({ origin }: ServedFrontEnd) => {
        const login = `(username: "${username}", password: "${userPassword}")`;
        const response = await fetch(`${origin}/graphql`, {
          method: 'POST',
          headers: { 'content-type': 'application/json', origin },
          body: JSON.stringify({ query: `mutation { startSession${login} { groups } }` }),
        });
        const { errors } = await response.json();
        return [response.status, errors?.[0].extensions.reason];
      };
      expect(await startSession(built)).toEqual([200, undefined]);
      expect(await startSession(changed)).toEqual([403, 'CROSS_SITE']);
      const logged = server.logLines.filter((line) => line.includes('changeOrigin: false'));
      expect(logged.join()).toContain(changed.origin);
      await changed.stop();
    });
  },
);
