import { factors } from '@graphql-gatehouse/factors';
import { mail } from '@graphql-gatehouse/mail';
import type { Locator, Page } from 'playwright-core';
import type { GatehousePackage } from '../../src/index.ts';
import { type ConsoleBrowser, type ConsolePage, startConsoleBrowser } from './console-browser.ts';
import { consolePackages } from './console-example.ts';
import { mailSettings } from './mail/mail-server.ts';
import { startSmtpServer, type TestSmtpServer } from './mail/smtp-server.ts';
import { createAdminAsk, requireDone } from './node-client.ts';
import type { TestServer } from './test-server.ts';

/** The console of a server with second factors and accounts by mail. */
export interface PeopleConsole extends ConsoleBrowser {
  readonly smtp: TestSmtpServer;
}

/**
 * Starts the console of a server with second factors and accounts by mail. `operations` are documents of a front end, by
 * the name of their file; `packages` come beside those three.
 */
export async function startPeopleConsole(
  chromium: string,
  operations: Readonly<Record<string, string>> = {},
  packages: readonly GatehousePackage[] = [],
): Promise<PeopleConsole> {
  const smtp = await startSmtpServer();
  const console = await startConsoleBrowser(chromium, operations, {
    packages: [...consolePackages, factors(), mail(), ...packages],
    environment: mailSettings(smtp.url),
  });
  return {
    ...console,
    smtp,
    async stop() {
      await console.stop();
      await smtp.close();
    },
  };
}

/** Sends an operation as the first ADMIN, who logs in again when the log-in is too old. @throws {Error} when it is refused. */
export async function askAsAdmin(server: TestServer, query: string, variables: object = {}) {
  const send = createAdminAsk(server, server.admin.accessToken);
  return requireDone(await send(query, { ...variables })).data;
}

/** Opens another part of the console in the same page. */
export async function visit({ page, traffic }: ConsolePage, hash: string): Promise<void> {
  const url = new URL(page.url());
  url.hash = hash;
  await page.goto(url.href);
  await traffic.settle();
}

export const button = (page: Page | Locator, name: string): Locator =>
  page.getByRole('button', { name, exact: true });

/** Opens what the page says of the own account, on a wide screen. */
export const openAccountMenu = (page: Page): Promise<void> =>
  page.getByTitle('Your account').click();

export async function logOut(page: Page): Promise<void> {
  await openAccountMenu(page);
  await button(page, 'Log out').click();
}

/** Returns the open dialog with this title. */
export const dialog = (page: Page, name: string): Locator => page.getByRole('dialog', { name });

interface ChangeOptions {
  readonly opener: Locator;
  /** The button of the dialog. */
  readonly action: string;
  readonly record: string;
  /** What must be typed first. */
  readonly typed?: string;
}

/** Sends the dialog that a button opens, and waits for what was recorded. Returns the dialog, which stays for a secret alone. */
export async function change(
  page: Page,
  { opener, action, record, typed }: ChangeOptions,
): Promise<Locator> {
  await opener.click();
  const opened = page.getByRole('dialog');
  if (typed !== undefined) await opened.getByLabel(`Type ${typed}`).fill(typed);
  await button(opened, action).click();
  await recorded(page, record);
  return opened;
}

/** Waits until the page says what was recorded. */
export const recorded = (page: Page, record: string): Promise<void> =>
  page
    .getByRole('status')
    .getByRole('link', { name: `Recorded as ${record}` })
    .waitFor();
