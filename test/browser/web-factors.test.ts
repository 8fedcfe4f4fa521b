import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findChromium } from '../support/browser.ts';
import { plugInAuthenticator } from '../support/browser-passkeys.ts';
import { codeOf } from '../support/factors-server.ts';
import { isWhole } from '../support/sample.ts';
import { userPassword } from '../support/test-server.ts';
import { logIn, logOutButton, startWebBrowser, type WebBrowser } from '../support/web-browser.ts';
import { checkPage } from '../support/web-check.ts';
import { startWebExample } from '../support/web-example.ts';

const chromium = findChromium(process.env.CHROMIUM_PATH);

describe.skipIf(chromium === undefined)('second factors of examples/web (needs Chromium)', () => {
  let web: WebBrowser;
  beforeAll(async () => {
    web = await startWebBrowser(startWebExample, chromium);
  });
  afterAll(() => web.stop());

  const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true });

  async function submitPassword(page: Page, username: string): Promise<void> {
    await page.getByLabel('User name').fill(username);
    await page.getByLabel('Password').fill(userPassword);
    await button(page, 'Log in').click();
  }

  const dialogOf = (page: Page) => page.getByRole('dialog', { name: 'Is it still you?' });

  /** Begins to add a factor, which asks for the password. */
  async function beginWithPassword(page: Page, name: string): Promise<void> {
    await button(page, name).click();
    await dialogOf(page).getByLabel('Password').fill(userPassword);
    await page.keyboard.press('Enter');
  }

  async function openFactors(page: Page): Promise<void> {
    await page.getByRole('link', { name: 'Second factors' }).click();
    await page.getByRole('heading', { name: 'Second factors' }).waitFor();
  }

  it('adds an app by its first code, shows recovery codes once, and logs in by a code of either', async () => {
    const { username } = await web.server.aUser('STAFF');
    const { context, page } = await web.openAs(username);
    await openFactors(page);
    await checkPage(page, 'factors-none');
    await beginWithPassword(page, 'Add an authenticator app');
    const secret = (await page.locator('.panel code').textContent()) ?? '';
    await page.getByRole('img', { name: 'QR code' }).waitFor();
    await page.getByLabel('Code of your authenticator app').fill('000000');
    await button(page, 'Add the app').click();
    await page.getByRole('alert').filter({ hasText: /./ }).waitFor();
    await checkPage(page, 'factors-app');
    const first = new Date();
    await page.getByLabel('Code of your authenticator app').fill(codeOf(secret, first));
    await button(page, 'Add the app').click();
    await page.getByRole('heading', { name: 'Your recovery codes' }).waitFor();
    await checkPage(page, 'factors-recovery-codes');
    const codes = await page.locator('.codes code').allTextContents();
    expect(codes).toHaveLength(10);
    await button(page, 'I have kept them').click();
    await page.getByText('Recovery codes left: 10').waitFor();
    await checkPage(page, 'factors-one');

    await logOutButton(page).click();
    await submitPassword(page, username);
    await page.getByRole('heading', { name: 'Second factor' }).waitFor();
    await page.getByLabel('Code of your authenticator app').fill('000000');
    await page.keyboard.press('Enter');
    await page.getByText('This is not right. Try again.').waitFor();
    await checkPage(page, 'log-in-code');
    const next = new Date(first.getTime() + 30_000);
    await page.getByLabel('Code of your authenticator app').fill(codeOf(secret, next));
    await page.keyboard.press('Enter');
    await logOutButton(page).click();

    await submitPassword(page, username);
    await button(page, 'Use a recovery code').click();
    await page.keyboard.type(codes[0] ?? '');
    await page.keyboard.press('Enter');
    await logOutButton(page).waitFor();
    await openFactors(page);
    await page.getByText('Recovery codes left: 9').waitFor();
    await context.close();
  });

  it('adds a passkey, logs in by it without a user name, renames it and removes it', async () => {
    const { username } = await web.server.aUser('STAFF');
    const { context, page } = await web.openAs(username);
    await plugInAuthenticator(page);
    await openFactors(page);
    await page.getByLabel('Name of the passkey').fill('Laptop');
    await beginWithPassword(page, 'Add a passkey');
    await button(page, 'I have kept them').click();
    await button(page, 'Rename Laptop').waitFor();
    await checkPage(page, 'factors-passkey');

    await logOutButton(page).click();
    // The virtual authenticator answers at once, so that the field for the user name logs in without a click.
    await logOutButton(page).waitFor();
    await openFactors(page);
    await button(page, 'Rename Laptop').click();
    await page.keyboard.press('ControlOrMeta+A');
    await page.keyboard.type('Work laptop');
    await button(page, 'Save').click();
    await button(page, 'Remove Work laptop').click();
    await page.getByText('You have none yet.').waitFor();
    await context.close();
  });

  it.runIf(isWhole)(
    'logs in with each of two devices, and asks for both kinds before the second is added',
    async () => {
      const { username } = await web.server.aUser('STAFF');
      const { context, page } = await web.openAs(username);
      const first = await plugInAuthenticator(page);
      await openFactors(page);
      await page.getByLabel('Name of the passkey').fill('Laptop');
      await beginWithPassword(page, 'Add a passkey');
      await button(page, 'I have kept them').click();
      await plugInAuthenticator(page, 'usb');
      await page.getByLabel('Name of the passkey').fill('Key ring');
      await beginWithPassword(page, 'Add a passkey');
      const dialog = dialogOf(page);
      await dialog.getByRole('button', { name: 'Use a passkey' }).waitFor();
      await checkPage(page, 'dialog-passkey');
      await dialog.getByRole('button', { name: 'Use a passkey' }).click();
      await button(page, 'Rename Key ring').waitFor();
      await first.remove();
      await logOutButton(page).click();
      // Browsers offer keys in a dialog, and not in the field for the user name.
      await button(page, 'Log in with a passkey').click();
      await logOutButton(page).waitFor();
      await context.close();
    },
  );

  it.runIf(isWhole)('takes no passkey on a page of another origin', async () => {
    const { username } = await web.server.aUser('STAFF');
    const { context, page } = await web.openBrowser(
      web.url.replace('localhost', 'other.localhost'),
    );
    await plugInAuthenticator(page);
    await logIn(page, username);
    await openFactors(page);
    await beginWithPassword(page, 'Add a passkey');
    await page.getByRole('alert').filter({ hasText: /./ }).waitFor();
    await page.getByText('You have none yet.').waitFor();
    await context.close();
  });

  it('asks in a dialog for a proof, and goes on with the operation', async () => {
    const { username } = await web.server.aUser('STAFF');
    const { context, page } = await web.openAs(username);
    await openFactors(page);
    await button(page, 'Add an authenticator app').click();
    const dialog = dialogOf(page);
    await dialog.waitFor();
    await checkPage(page, 'dialog');
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
    await button(page, 'Add an authenticator app').click();
    await page.getByLabel('Password').fill('not the password');
    await page.keyboard.press('Enter');
    await dialog.getByText('This is not right. Try again.').waitFor();
    await page.getByLabel('Password').fill(userPassword);
    await page.keyboard.press('Enter');
    await page.getByRole('img', { name: 'QR code' }).waitFor();
    await context.close();
  });
});
