import { createServer } from 'node:http';
import type { BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { findChromium, launchChromium, type TestBrowser } from '../support/browser.ts';
import { checkConsolePage } from '../support/console-check.ts';
import { consolePackages } from '../support/console-example.ts';
import { button, logOut } from '../support/console-people.ts';
import { listenLocally } from '../support/listen-locally.ts';
import { type ProvidersServer, startProvidersServer } from '../support/providers-server.ts';
import { userPassword } from '../support/test-server.ts';
import { logIn } from '../support/web-browser.ts';

const chromium = findChromium(process.env.CHROMIUM_PATH);

/** A port that is free a moment before the server takes it: the provider has to know it before. */
async function aFreePort(): Promise<number> {
  const { port, stop } = await listenLocally(createServer());
  await stop();
  return port;
}

describe.skipIf(chromium === undefined)('a company account (needs Chromium)', () => {
  let server: ProvidersServer;
  let browser: TestBrowser;
  let context: BrowserContext;
  let page: Page;
  let url: string;
  beforeAll(async () => {
    const port = await aFreePort();
    server = await startProvidersServer({
      options: {
        ACME: { label: 'Acme', signUp: 'open' },
        OLD: { label: 'Old', authTime: false },
      },
      beside: consolePackages,
      port,
    });
    url = `http://localhost:${port}/console/`;
    browser = await launchChromium(chromium ?? '');
  });
  afterAll(async () => {
    await browser.close();
    await server.stop();
  });
  beforeEach(async () => {
    context = await browser.newContext();
    page = await context.newPage();
  });
  afterEach(() => context.close());

  const acme = () => {
    const { ACME } = server.providers;
    if (ACME === undefined) throw new Error('There is no provider.');
    return ACME;
  };
  /** Types a name at the page of the provider. */
  const atProvider = async (name: string, at = page) => {
    await at.getByLabel('Name', { exact: true }).fill(name);
    await button(at, 'Log in at the provider').click();
  };
  /** Confirms who the user is, at the provider in another window, which closes. */
  const confirmElsewhere = async (name: string) => {
    const opening = context.waitForEvent('page');
    await button(page, 'Confirm with Acme').click();
    const opened = await opening;
    const closing = opened.waitForEvent('close');
    await atProvider(name, opened);
    await closing;
  };
  const confirmByPassword = async (password: string) => {
    await page.getByRole('dialog').getByLabel('Password').fill(password);
    await page.getByRole('dialog').getByRole('button', { name: 'Confirm', exact: true }).click();
  };

  /** The status of the next request with the cookies that the browser has now. */
  const laterRequest = async () => {
    const cookies = await context.cookies(url);
    const cookie = cookies.map(({ name, value }) => `${name}=${value}`).join('; ');
    return async () => {
      const { origin } = new URL(url);
      const headers = { cookie, origin, 'sec-fetch-site': 'same-origin' };
      return (await server.ask('{ me { id } }', { headers })).status;
    };
  };

  it('is linked, logs in, confirms who its user is, and is unlinked', async () => {
    const user = await server.aUser('STAFF');
    await page.goto(`${url}#/account/sign-in`);
    await logIn(page, user.username);
    await button(page, 'Link an account of Acme').click();
    await atProvider('ada');
    await confirmByPassword(userPassword);
    const row = page.getByRole('row').filter({ hasText: 'Acme' });
    await row.waitFor();
    expect(page.url()).toBe(`${url}#/account/sign-in`);

    await context.clearCookies();
    // The provider says that the user has logged in there long ago.
    acme().answerWith({ subject: 'ada', at: Math.floor(Date.now() / 1000) - 1_000 });
    await page.reload();
    await button(page, 'Log in with Acme').click();
    await row.getByText('never').waitFor({ state: 'detached' });
    await row.waitFor();
    acme().answerWith(undefined);

    await button(page, 'Unlink Acme').click();
    await page.getByRole('dialog').getByRole('button', { name: 'Unlink' }).click();
    await confirmElsewhere('ada');
    await page.getByText('You log in with no account elsewhere.').waitFor();
  });

  it('is logged out at the provider too by the log-out of the console', async () => {
    const user = await server.aUser('STAFF');
    await page.goto(`${url}#/account/sign-in`);
    await logIn(page, user.username);
    await button(page, 'Link an account of Acme').click();
    await atProvider('grace');
    await confirmByPassword(userPassword);
    await page.getByRole('row').filter({ hasText: 'Acme' }).waitFor();
    await logOut(page);
    // A password has opened the session: the provider is not asked, and knows its user still.
    await button(page, 'Log in with Acme').click();
    await page.getByTitle('Your account').waitFor();
    const ask = await laterRequest();
    expect(await ask()).toBe(200);

    await logOut(page);
    await button(page, 'Yes, sign me out').click();
    await page.getByLabel('Username').waitFor();
    expect(page.url()).toBe(url);
    expect(await page.getByText('Your session has ended.').count()).toBe(0);
    expect(await ask()).toBe(401);
    await button(page, 'Log in with Acme').click();
    await page.getByLabel('Name', { exact: true }).waitFor();
  });

  it('is logged out here also where the address of the provider cannot be read', async () => {
    const user = await server.aUser('STAFF');
    await page.goto(url);
    await logIn(page, user.username);
    const ask = await laterRequest();
    await page.route('**/graphql', (route) =>
      route.request().postData()?.includes('ProviderLogoutUrl') ? route.abort() : route.continue(),
    );
    await logOut(page);
    await page.getByLabel('Username').waitFor();
    expect(await page.getByText('Your session has ended.').count()).toBe(0);
    expect(await ask()).toBe(401);
  });

  it('is disabled by an administrator, whose page shows it', async () => {
    const user = await server.aUser('STAFF');
    const admin = await server.aUser('ADMIN');
    await page.goto(`${url}#/account/sign-in`);
    await logIn(page, user.username);
    await button(page, 'Link an account of Acme').click();
    await atProvider('mary');
    await confirmByPassword(userPassword);
    await page.getByRole('row').filter({ hasText: 'Acme' }).waitFor();
    const ask = await laterRequest();

    await context.clearCookies();
    await page.goto(`${url}#/people/${user.id}/identities`);
    await page.reload();
    await logIn(page, admin.username);
    const row = page.getByRole('row').filter({ hasText: 'mary' });
    await row.getByText('in use').waitFor();
    await checkConsolePage(page, 'identities');
    await button(page, 'Disable the account of ACME').click();
    await page.getByRole('dialog').getByRole('button', { name: 'Disable' }).click();
    await row.getByText('disabled by an administrator').waitFor();
    // The session was opened with a password.
    expect(await ask()).toBe(200);

    await context.clearCookies();
    await page.goto(url);
    await page.reload();
    await button(page, 'Log in with Acme').click();
    await atProvider('mary');
    await page.getByRole('alert').getByText('The login with this account has failed.').waitFor();
  });

  it('makes an account under a name that its user chooses, and proves who the user is to link another one', async () => {
    await page.goto(`${url}#/account/sign-in`);
    await button(page, 'Log in with Acme').click();
    await atProvider('joan');
    await page.getByLabel('New username').fill('an@address');
    await button(page, 'Create an account').click();
    await page.getByRole('alert').getByText('must not have `@`').waitFor();
    await page.getByLabel('New username').fill('joan');
    await button(page, 'Create an account').click();
    await page.getByRole('row').filter({ hasText: 'Acme' }).waitFor();

    await button(page, 'Link an account of Old').click();
    await atProvider('joan at Old');
    await confirmElsewhere('joan');
    await page.getByRole('row').filter({ hasText: 'Old' }).waitFor();
    expect(page.url()).toBe(`${url}#/account/sign-in`);
  });

  it('confirms nothing where it is not linked, is of another user, or has no time', async () => {
    const user = await server.aUser('STAFF');
    await page.goto(`${url}#/account/sign-in`);
    await logIn(page, user.username);
    await button(page, 'Link an account of Old').click();
    await atProvider('edith');
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Password').waitFor();
    expect(await dialog.getByText('Confirm with').count()).toBe(0);
    await confirmByPassword(userPassword);
    await page.getByRole('row').filter({ hasText: 'Old' }).waitFor();

    await button(page, 'Link an account of Acme').click();
    await atProvider('edith');
    await confirmByPassword(userPassword);
    await page.getByRole('row').filter({ hasText: 'Acme' }).waitFor();
    await button(page, 'Link an account of Acme').click();
    await atProvider('edith too');
    await button(page, 'Confirm with Acme').waitFor();
    expect(await dialog.getByText('Confirm with Old').count()).toBe(0);
    await confirmElsewhere('another edith');
    await dialog
      .getByRole('alert')
      .getByText('The other account has not confirmed who you are.')
      .waitFor();
  });

  it('opens nothing without a link, and says what to do', async () => {
    await page.goto(url);
    await button(page, 'Log in with Old').click();
    await atProvider('a stranger');
    await page.getByRole('alert').getByText('The login with this account has failed.').waitFor();
    expect(page.url()).toBe(url);
    expect(await page.evaluate(() => window.sessionStorage.length)).toBe(0);
  });

  it('is not logged in by an address that another person has made', async () => {
    await page.goto(`${url}#code=${'x'.repeat(43)}`);
    await page.getByLabel('Username').waitFor();
    expect(await page.getByText('The login with this account has failed.').count()).toBe(0);
  });
});
