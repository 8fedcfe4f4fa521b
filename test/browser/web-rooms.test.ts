import type { APIResponse, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { seriousFindings } from '../support/axe.ts';
import { findChromium } from '../support/browser.ts';
import { clickEverything, openPage } from '../support/click-everything.ts';
import { isWhole, sampleOf } from '../support/sample.ts';
import { startTcpProxy } from '../support/tcp-proxy.ts';
import { logIn, logInHeading, startWebBrowser, type WebBrowser } from '../support/web-browser.ts';
import { startWebDevelopment, startWebExample } from '../support/web-example.ts';

const chromium = findChromium(process.env.CHROMIUM_PATH);
const enterRoom = 'mutation ($id: ID!) { enterRoom(id: $id) { id } }';

/** The message of graphql-transport-ws that begins a subscription. */
const subscribeMessage = z.object({
  id: z.string(),
  payload: z.object({ query: z.string().startsWith('subscription') }),
});

/** Opens the Lobby, lets others enter it, and waits until the page shows each of them once. */
async function watchLobby({ server, roomIds }: WebBrowser, page: Page): Promise<void> {
  const staff = await server.aUser('STAFF');
  await page.getByRole('link', { name: 'Lobby' }).click();
  await page.getByRole('heading', { name: 'Entries' }).waitFor();
  await expect.poll(() => server.events.subscriberCount()).toBe(1);
  const entries = page.getByRole('list', { name: 'Entries' }).getByText(staff.username);
  for (const count of [1, 2]) {
    await server.ask(enterRoom, { token: staff.accessToken, variables: { id: roomIds[0] } });
    await expect.poll(() => entries.count()).toBe(count);
  }
}

/** Whether `npm test` uses a page: those of the second and third room have the controls of the first. */
const isSample = (_path: string, index: number): boolean => index < 2;

const rooms = ['Archive', 'Lobby', 'Rooms', 'Server room'];
const ofMembers = ['Enter', 'Show the access code'];

describe.skipIf(chromium === undefined)(
  'rooms in examples/web (needs Chromium: set CHROMIUM_PATH)',
  () => {
    let web: WebBrowser;
    beforeAll(async () => {
      web = await startWebBrowser(startWebExample, chromium);
    });
    afterAll(() => web.stop());

    it.each(
      sampleOf(
        [
          { groups: [], controls: [] },
          { groups: ['STAFF'], controls: ofMembers },
          { groups: ['AUDITOR'], controls: ofMembers },
          { groups: ['MANAGER'], controls: ofMembers },
          { groups: ['ADMIN'], controls: ofMembers },
        ],
        (_each, index) => index < 2,
      ),
    )('have no control that a viewer in the groups $groups is refused', async (viewer) => {
      const { username } = await web.server.aUser(...viewer.groups);
      const { context, page, traffic } = await web.openAs(username);
      const used: string[] = [];
      for (const path of sampleOf(web.paths, isSample)) {
        const visit = { page, traffic, url: `${web.url}${path}` };
        used.push(...(await clickEverything({ ...visit, except: ['Log out'] })));
      }
      expect(traffic.refusals).toEqual([]);
      expect([...new Set(used)].sort()).toEqual([...rooms, ...viewer.controls].sort());
      await context.close();
    });

    it('show the code and the entry of a room to a viewer whom it admits', async () => {
      const { id, username } = await web.server.aUser('STAFF');
      const { context, page } = await web.openAs(username);
      await page.getByRole('link', { name: 'Lobby' }).click();
      await page.getByRole('button', { name: 'Show the access code' }).click();
      await page.getByText('Access code: 1000').waitFor();
      await page.getByRole('button', { name: 'Enter' }).click();
      await page.getByText('You entered Lobby:').waitFor();
      expect(await web.server.rooms.roomEntry.count({ where: { userId: id } })).toBe(1);
      await context.close();
    });

    it.each(sampleOf(['light', 'dark'] as const))(
      'have no serious finding of axe-core, and fit into 360 px: %s',
      async (colorScheme) => {
        const { username } = await web.server.aUser('ADMIN', 'MANAGER');
        const { context, page, traffic } = await web.openBrowser();
        await page.emulateMedia({ colorScheme });
        const check = async (path: string) => {
          expect(await seriousFindings(page), path).toEqual([]);
          expect(await page.evaluate('document.documentElement.scrollWidth'), path).toBe(360);
        };
        await check('log-in');
        await logIn(page, username);
        for (const path of sampleOf(web.paths, isSample)) {
          await openPage({ page, traffic, url: `${web.url}${path}` });
          await check(path);
        }
        await context.close();
      },
    );

    it.runIf(isWhole)('are listed page by page', async () => {
      const names = Array.from({ length: 20 }, (_, index) => `Cell ${index}`);
      const data = names.map((name) => ({ name, floor: 3, groups: ['STAFF'] }));
      await web.server.rooms.room.createMany({ data });
      const { username } = await web.server.aUser('MANAGER');
      const { context, page } = await web.openAs(username);
      await page.getByRole('button', { name: 'More rooms' }).click();
      await page.getByRole('link', { name: 'Cell 19' }).waitFor();
      expect(await page.getByRole('link', { name: /^Cell|^Lobby$/ }).count()).toBe(21);
      await context.close();
    });
  },
);

function createGate() {
  let open = (): void => {};
  const isOpen = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { open, isOpen };
}

describe.skipIf(chromium === undefined)(
  'entries in examples/web (needs Chromium: set CHROMIUM_PATH)',
  () => {
    let web: WebBrowser;
    beforeAll(async () => {
      web = await startWebBrowser(startWebExample, chromium);
    });
    afterAll(() => web.stop());

    it('appear as they happen, until the session is ended elsewhere', async () => {
      const manager = await web.server.aUser('MANAGER');
      const { context, page } = await web.openAs(manager.username);
      await watchLobby(web, page);
      await web.server.ask('mutation { logoutEverywhere }', { token: manager.accessToken });
      await logInHeading(page).waitFor();
      await context.close();
    });

    it.runIf(isWhole)('appear as they happen, until the viewer has left the group', async () => {
      const manager = await web.server.aUser('MANAGER', 'STAFF');
      const { context, page } = await web.openAs(manager.username);
      await watchLobby(web, page);
      const revoke = 'mutation ($id: ID!) { revokeGroup(userId: $id, group: MANAGER) { id } }';
      await web.server.ask(revoke, {
        token: web.server.admin.accessToken,
        variables: { id: manager.id },
      });
      await page.getByRole('heading', { name: 'Entries' }).waitFor({ state: 'detached' });
      await page.getByRole('button', { name: 'Enter' }).waitFor();
      await context.close();
    });

    it('appear after a reconnect when they were missed', async () => {
      const [manager, staff] = [await web.server.aUser('MANAGER'), await web.server.aUser('STAFF')];
      const network = await startTcpProxy(web.url);
      const { context, page } = await web.openAs(manager.username, network.url);
      await watchLobby(web, page);
      network.refuses = true;
      network.cut();
      await expect.poll(() => web.server.events.subscriberCount()).toBe(0);
      const variables = { id: web.roomIds[0] };
      await web.server.ask(enterRoom, { token: staff.accessToken, variables });
      network.refuses = false;
      const entries = page.getByRole('list', { name: 'Entries' }).getByText(staff.username);
      await expect.poll(() => entries.count()).toBe(1);
      await context.close();
      await network.close();
    });

    it.runIf(isWhole)(
      'appear when the page has read the list before them, and gets it after them',
      async () => {
        const [manager, staff] = [
          await web.server.aUser('MANAGER'),
          await web.server.aUser('STAFF'),
        ];
        const { context, page } = await web.openBrowser();
        const entered = createGate();
        let before: APIResponse | undefined;
        await page.route(/graphql$/, async (route) => {
          if (!route.request().postData()?.includes('query Entries')) return route.continue();
          before ??= await route.fetch();
          await entered.isOpen;
          return route.fulfill({ response: before });
        });
        await logIn(page, manager.username);
        await page.getByRole('link', { name: 'Lobby' }).click();
        await expect.poll(() => web.server.events.subscriberCount()).toBe(1);
        await expect.poll(() => before?.ok()).toBe(true);
        const variables = { id: web.roomIds[0] };
        await web.server.ask(enterRoom, { token: staff.accessToken, variables });
        entered.open();
        const entries = page.getByRole('list', { name: 'Entries' }).getByText(staff.username);
        await expect.poll(() => entries.count()).toBe(1);
        await context.close();
      },
    );

    it.runIf(isWhole)('appear after the server has lost events', async () => {
      const [manager, staff] = [await web.server.aUser('MANAGER'), await web.server.aUser('STAFF')];
      const { context, page } = await web.openBrowser();
      const ids: string[] = [];
      let sendToPage = (_message: string) => {};
      await page.routeWebSocket(/graphql$/, (socket) => {
        const server = socket.connectToServer();
        socket.onMessage((message) => {
          const { id } = subscribeMessage.safeParse(JSON.parse(message.toString())).data ?? {};
          if (id !== undefined) ids.push(id);
          server.send(message);
        });
        sendToPage = (message) => socket.send(message);
      });
      await logIn(page, manager.username);
      await watchLobby(web, page);
      const payload = [{ message: 'Events may be missing.', extensions: { code: 'EVENTS_LOST' } }];
      sendToPage(JSON.stringify({ type: 'error', id: ids[0], payload }));
      await expect.poll(() => ids.length).toBe(2);
      await web.server.ask(enterRoom, {
        token: staff.accessToken,
        variables: { id: web.roomIds[0] },
      });
      const entries = page.getByRole('list', { name: 'Entries' }).getByText(staff.username);
      await expect.poll(() => entries.count()).toBe(1);
      await context.close();
    });
  },
);

describe.skipIf(chromium === undefined)(
  'examples/web in development (needs Chromium: set CHROMIUM_PATH)',
  () => {
    let web: WebBrowser;
    beforeAll(async () => {
      web = await startWebBrowser(startWebDevelopment, chromium);
    });
    afterAll(() => web.stop());

    it('logs in, and shows who enters a room, through the proxy of Vite', async () => {
      const { username } = await web.server.aUser('MANAGER');
      const { context, page } = await web.openAs(username);
      await watchLobby(web, page);
      await context.close();
    });
  },
);
