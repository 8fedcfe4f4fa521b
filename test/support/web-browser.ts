import type { BrowserContext, BrowserContextOptions, Locator, Page } from 'playwright-core';
import { launchChromium } from './browser.ts';
import { startSession } from './browser-session.ts';
import { openPage } from './click-everything.ts';
import type { TestSmtpServer } from './mail/smtp-server.ts';
import { type PageTraffic, watchTraffic } from './page-traffic.ts';
import { type TestServer, userPassword } from './test-server.ts';
import type { WebExample } from './web-example.ts';

/** The front end in a browser without cookies, on a small screen. */
export interface WebPage {
  readonly context: BrowserContext;
  readonly page: Page;
  readonly traffic: PageTraffic;
}

/** The front end with three rooms, and a browser for it. */
export interface WebBrowser {
  readonly url: string;
  readonly server: TestServer;
  readonly smtp: TestSmtpServer;
  /** Of the rooms Lobby, Archive and Server room. */
  readonly roomIds: readonly string[];
  /** The pages of the front end, by their hash. */
  readonly paths: readonly string[];
  /** Opens a browser window without cookies, on a small screen. */
  newContext(options?: BrowserContextOptions): Promise<BrowserContext>;
  /** Opens the front end. `at` names another way to it, such as a proxy. */
  openBrowser(at?: string): Promise<WebPage>;
  /** Opens the front end, logged in. */
  openAs(username: string, at?: string): Promise<WebPage>;
  stop(): Promise<void>;
}

const rooms = [
  { name: 'Lobby', floor: 0, groups: ['ADMIN', 'AUDITOR', 'MANAGER', 'STAFF'], accessCode: '1000' },
  { name: 'Archive', floor: -1, groups: ['AUDITOR', 'MANAGER'], accessCode: '2417' },
  { name: 'Server room', floor: 2, groups: ['ADMIN'], accessCode: '9034' },
];

/** Starts the browser, and adds the rooms. */
export async function startWebBrowser(
  start: () => Promise<WebExample>,
  chromium = '',
): Promise<WebBrowser> {
  const { url, server, smtp, stop } = await start();
  const browser = await launchChromium(chromium);
  const newContext = (options?: BrowserContextOptions) =>
    browser.newContext({ viewport: { width: 360, height: 740 }, ...options });
  const open = async (context: BrowserContext, at: string): Promise<WebPage> => {
    const page = await context.newPage();
    const traffic = watchTraffic(page);
    await openPage({ page, traffic, url: at });
    return { context, page, traffic };
  };
  const created = await server.rooms.room.createManyAndReturn({ data: rooms });
  const roomIds = created.map(({ id }) => id);
  return {
    url,
    server,
    smtp,
    roomIds,
    paths: ['/#/rooms', ...roomIds.map((id) => `/#/rooms/${id}`)],
    newContext,
    openBrowser: async (at = url) => open(await newContext(), at),
    async openAs(username, at = url) {
      const context = await newContext();
      await startSession(context, at, username);
      return open(context, at);
    },
    async stop() {
      await browser.close();
      await stop();
    },
  };
}

export const logOutButton = (page: Page): Locator =>
  page.getByRole('button', { name: 'Log out', exact: true });

export const logInHeading = (page: Page): Locator =>
  page.getByRole('heading', { name: 'Log in', exact: true });

/** Logs in by the form. */
export async function logIn(page: Page, username: string): Promise<void> {
  await page.getByLabel('Username').fill(username);
  await page.getByLabel('Password').fill(userPassword);
  await page.getByRole('button', { name: 'Log in', exact: true }).click();
  // In the console, it is in a menu.
  await page
    .getByRole('button', { name: 'Log out', exact: true, includeHidden: true })
    .waitFor({ state: 'attached' });
}
