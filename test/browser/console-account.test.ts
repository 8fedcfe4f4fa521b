import { gatehouseConsole } from '@graphql-gatehouse/console';
import { factors } from '@graphql-gatehouse/factors';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findChromium } from '../support/browser.ts';
import { plugInAuthenticator } from '../support/browser-passkeys.ts';
import { type ConsoleBrowser, startConsoleBrowser } from '../support/console-browser.ts';
import { checkConsolePage } from '../support/console-check.ts';
import { button, dialog, logOut, openAccountMenu } from '../support/console-people.ts';
import { codeOf } from '../support/factors-server.ts';
import { freePort } from '../support/proxy.ts';
import { adminPassword, type TestUser, userPassword } from '../support/test-server.ts';
import { logIn } from '../support/web-browser.ts';

const chromium = findChromium(process.env.CHROMIUM_PATH);

const navigation = (page: Page) => page.getByRole('navigation', { name: 'Pages' });

/** The link to a part of the page. */
const part = (page: Page, name: string) =>
  page.getByRole('navigation', { name: 'Parts of my account' }).getByRole('link', { name });

const notice = (page: Page) => page.getByRole('region', { name: 'About AUDITOR' });

/** Confirms the password in the dialog that asks for a fresh proof. */
async function confirm(page: Page): Promise<void> {
  const proof = dialog(page, 'Confirm it is you');
  await proof.getByLabel('Password').fill(userPassword);
  await button(proof, 'Confirm').click();
}

/** Starts a console where a group needs a second factor. */
async function start(graceDays: number, group = 'AUDITOR'): Promise<ConsoleBrowser> {
  const port = await freePort();
  return startConsoleBrowser(
    chromium ?? '',
    {},
    {
      packages: [
        gatehouseConsole({ name: 'Acme wards' }),
        factors({ groups: { [group]: 2 }, graceDays }),
      ],
      environment: {
        PORT: String(port),
        PASSKEY_RP_ID: 'localhost',
        PASSKEY_ORIGINS: `http://localhost:${port}`,
      },
    },
  );
}

describe.skipIf(chromium === undefined)(
  'a user of the console whose group asks for a second factor at once (needs Chromium: set CHROMIUM_PATH)',
  () => {
    let console: ConsoleBrowser;
    beforeAll(async () => {
      console = await start(0);
    });
    afterAll(() => console.stop());

    async function openEnrolment({ id }: TestUser): Promise<void> {
      const { accessToken: token } = console.server.admin;
      const text = 'mutation ($id: ID!) { openEnrolment(userId: $id) }';
      const { status } = await console.server.ask(text, { token, variables: { id } });
      expect(status).toBe(200);
    }

    /** Opens the console, and logs in by its form. */
    async function enter({ username }: TestUser) {
      const opened = await console.openAnonymous();
      await logIn(opened.page, username);
      await opened.traffic.settle();
      return opened;
    }

    it('reads why it has no rights, adds an app, and gets them, from the log-in of the console alone', async () => {
      const auditor = await console.server.aUser('AUDITOR');
      const { page, context, traffic } = await enter(auditor);
      await notice(page).getByText('AUDITOR is paused: a second factor is needed').waitFor();
      await notice(page).getByText(`factors-open-enrolment ${auditor.username}`).waitFor();
      await openAccountMenu(page);
      await page.getByRole('list', { name: 'Your groups' }).getByText('AUDITOR paused').waitFor();
      await page.keyboard.press('Escape');
      await page.getByRole('heading', { name: 'My account' }).waitFor();
      expect(await navigation(page).count()).toBe(0);
      await checkConsolePage(page, 'paused');
      await part(page, 'My access').click();
      await page.getByRole('row', { name: 'AUDITOR' }).getByText('paused: needs').waitFor();
      await checkConsolePage(page, 'access-paused');
      await part(page, 'Sign-in').click();
      await page.getByText('You log in with the password alone.').waitFor();
      expect(await button(page, 'Add an authenticator app').count()).toBe(0);

      await openEnrolment(auditor);
      await page.reload();
      await notice(page).getByText('It can be added until').waitFor();
      await button(page, 'Add an authenticator app').click();
      await confirm(page);
      const form = dialog(page, 'Add an authenticator app');
      const secret = (await form.locator('code').textContent()) ?? '';
      await checkConsolePage(page, 'add-app');
      const code = form.getByLabel('Code of the authenticator app');
      await code.fill('000000');
      await button(form, 'Add the app').click();
      await form.getByRole('alert').getByText('The code is wrong.').waitFor();
      await code.fill(codeOf(secret, new Date()));
      await button(form, 'Add the app').click();
      await page.getByRole('heading', { name: 'Your recovery codes' }).waitFor();
      expect(await page.locator('.recovery-codes code').count()).toBe(10);
      await checkConsolePage(page, 'recovery-codes');
      await button(page, 'I have kept them').click();

      await notice(page).getByText('until it has confirmed your second factor').waitFor();
      await button(page, 'Confirm it').click();
      await confirm(page);
      const proof = dialog(page, 'Confirm it is you');
      await proof
        .getByLabel('Code of the authenticator app')
        // The code that was used does not work again. The next one does already.
        .fill(codeOf(secret, new Date(Date.now() + 30_000)));
      await button(proof, 'Confirm').click();
      await notice(page).waitFor({ state: 'detached' });
      await navigation(page).getByRole('link', { name: 'Log' }).waitFor();
      await openAccountMenu(page);
      await checkConsolePage(page, 'account-menu');
      await page.getByRole('link', { name: 'My account' }).click();
      await page.getByRole('list', { name: 'Your groups' }).waitFor({ state: 'hidden' });
      await part(page, 'Sign-in').click();
      await page.getByRole('row', { name: 'Authenticator app' }).waitFor();
      await checkConsolePage(page, 'account');
      await traffic.settle();
      expect(traffic.refusals.filter((each) => !each.includes('FACTOR_REQUIRED'))).toEqual([]);
      await context.close();
    });

    it('reads the name of the installation, before the log-in and on each page', async () => {
      const opened = await console.openAnonymous();
      const { page } = opened;
      await page.getByRole('heading', { name: 'Log in to Acme wards' }).waitFor();
      await page.getByText(new URL(page.url()).host).waitFor();
      await checkConsolePage(page, 'log-in');
      await logIn(page, (await console.server.aUser('STAFF')).username);
      await page.getByRole('banner').getByText('Acme wards').waitFor();
      await expect.poll(() => page.title()).toBe('My account · Acme wards');
      await opened.context.close();
    });

    it('adds a passkey, replaces the recovery codes, and removes the passkey beside another one', async () => {
      const staff = await console.server.aUser('STAFF');
      const { page, context } = await enter(staff);
      const authenticator = await plugInAuthenticator(page);
      await part(page, 'Sign-in').click();
      await button(page, 'Add a passkey').click();
      await confirm(page);
      await page.getByRole('heading', { name: 'Your recovery codes' }).waitFor();
      await button(page, 'I have kept them').click();
      const row = page.getByRole('row', { name: 'Passkey' });
      await row.waitFor();
      const problem = page.getByRole('main').getByRole('alert');
      await button(page, 'Add a passkey').click();
      await confirm(page);
      await button(dialog(page, 'Confirm it is you'), 'Use a passkey').click();
      await problem
        .getByText('This device or key already has a passkey of your account.')
        .waitFor();
      await button(page, 'Replace the recovery codes').click();
      // By as many kinds of factors as the account has.
      await confirm(page);
      await button(dialog(page, 'Confirm it is you'), 'Use a passkey').click();
      await page.getByRole('heading', { name: 'Your recovery codes' }).waitFor();
      await button(page, 'I have kept them').click();
      await logOut(page);
      // It knows who uses it, and proves two kinds: nothing more is asked for.
      await button(page, 'Log in with a passkey').click();
      await part(page, 'Sign-in').click();
      await button(page, 'Remove Passkey').click();
      await button(dialog(page, 'Remove a second factor'), 'Remove').click();
      await row.waitFor({ state: 'detached' });
      await authenticator.refuse();
      await button(page, 'Add a passkey').click();
      await confirm(page);
      await problem.getByText('This was cancelled.').waitFor();
      await context.close();
    });

    it('is offered no API client whose group asks for a factor that the account lacks', async () => {
      const opened = await console.open('#/programs', ['ADMIN']);
      const { page, context, traffic } = opened;
      const why = 'AUDITOR asks for a second factor, and your account has none.';
      await button(page, 'Create an API client').click();
      const form = dialog(page, 'Create an API client');
      await form.getByText(why).waitFor();
      expect(await form.getByLabel('AUDITOR').isDisabled()).toBe(true);
      expect(await form.getByLabel('STAFF').isDisabled()).toBe(false);
      await checkConsolePage(page, 'create-program-factor');
      await form.getByLabel('Name').fill('Door');
      await form.getByLabel('STAFF').check();
      await button(form, 'Create').click();
      await form.getByRole('link', { name: 'Door' }).click();
      await page.getByRole('heading', { name: 'Door' }).waitFor();
      expect(await button(page, 'Replace the secret').isEnabled()).toBe(true);
      await console.server.connection.migrations.query(
        `UPDATE gatehouse.api_clients SET groups = '{AUDITOR}' WHERE name = 'Door'`,
      );
      await page.reload();
      await page.getByText(why).waitFor();
      expect(await button(page, 'Replace the secret').isEnabled()).toBe(false);
      expect(await button(page, 'Disable').isEnabled()).toBe(true);
      await checkConsolePage(page, 'program-factor');
      await page.getByRole('link', { name: 'Add a second factor' }).click();
      await button(page, 'Add a passkey').waitFor();
      await traffic.settle();
      expect(traffic.refusals).toEqual([]);
      await context.close();
    });
  },
);

describe.skipIf(chromium === undefined)(
  'a user of the console in the days of grace (needs Chromium: set CHROMIUM_PATH)',
  () => {
    let console: ConsoleBrowser;
    beforeAll(async () => {
      console = await start(9);
    });
    afterAll(() => console.stop());

    it('reads on each page when its group pauses, with a link to the account', async () => {
      const { page, context } = await console.open('#/log', ['AUDITOR']);
      await notice(page).getByText('AUDITOR pauses in 9 days unless you add').waitFor();
      await checkConsolePage(page, 'grace');
      await notice(page).getByRole('link', { name: 'Add a second factor' }).click();
      await page.getByRole('heading', { name: 'My account' }).waitFor();
      await button(page, 'Add a passkey').waitFor();
      await context.close();
    });
  },
);

describe.skipIf(chromium === undefined)(
  'the only administrator, whose group asks for a second factor at once (needs Chromium: set CHROMIUM_PATH)',
  () => {
    let console: ConsoleBrowser;
    beforeAll(async () => {
      console = await start(0, 'ADMIN');
    });
    afterAll(() => console.stop());

    it('reads the command that opens enrolment on the server', async () => {
      const { page, context, traffic } = await console.openAnonymous();
      await page.getByLabel('Username').fill('admin');
      await page.getByLabel('Password').fill(adminPassword);
      await button(page, 'Log in').click();
      const about = page.getByRole('region', { name: 'About ADMIN' });
      await about.getByText('npx gatehouse factors-open-enrolment admin').waitFor();
      await openAccountMenu(page);
      await page.getByRole('list', { name: 'Your groups' }).getByText('ADMIN paused').waitFor();
      await page.keyboard.press('Escape');
      await part(page, 'My access').click();
      await page.getByRole('row', { name: 'ADMIN' }).getByText('paused: needs').waitFor();
      await part(page, 'Sessions').click();
      await page.getByText('This is your session.').waitFor();
      await part(page, 'What happened').click();
      await page.getByRole('row', { name: 'Login' }).first().waitFor();
      await part(page, 'Sign-in').click();
      await button(page, 'Change the password').waitFor();
      await checkConsolePage(page, 'account-paused-admin');
      await page.goto(`${page.url().split('#')[0]}#/people`);
      await page.getByText('Your groups may not use this page.').waitFor();
      await about.getByRole('link').waitFor({ state: 'detached' });
      await traffic.settle();
      expect(traffic.refusals).toEqual([]);
      await context.close();
    });
  },
);
