import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findChromium } from '../support/browser.ts';
import { codeOf, createFactorsClient } from '../support/factors-server.ts';
import { isWhole } from '../support/sample.ts';
import { userPassword } from '../support/test-server.ts';
import {
  logInHeading,
  logOutButton,
  startWebBrowser,
  type WebBrowser,
} from '../support/web-browser.ts';
import { checkPage } from '../support/web-check.ts';
import { startWebExample } from '../support/web-example.ts';
import { createWebMail, newPassword, submitLogIn, type WebMail } from '../support/web-mail.ts';

const chromium = findChromium(process.env.CHROMIUM_PATH);

const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true });
const heading = (page: Page, name: string) => page.getByRole('heading', { name, exact: true });

describe.skipIf(chromium === undefined)('accounts by mail in examples/web (needs Chromium)', () => {
  let web: WebBrowser;
  let mail: WebMail;
  beforeAll(async () => {
    web = await startWebBrowser(startWebExample, chromium);
    mail = createWebMail(web);
  });
  afterAll(() => web.stop());

  /** Makes all proofs of a user too old. */
  /** Answers the dialog that asks for a proof. */
  async function provePassword(page: Page): Promise<void> {
    const dialog = page.getByRole('dialog', { name: 'Is it still you?' });
    await dialog.getByLabel('Password').fill(userPassword);
    await page.keyboard.press('Enter');
  }

  const makeOld = (userId: string) =>
    web.server.connection.migrations.query(
      `UPDATE gatehouse.sessions SET proved = '{"PASSWORD": 1000}' WHERE user_id = '${userId}'`,
    );

  /** Asks for a mail on the log-in page. */
  async function request(page: Page, link: string, email: string): Promise<void> {
    await page.getByRole('link', { name: link }).click();
    await page.getByLabel('Email address').fill(email);
    await page.keyboard.press('Enter');
    await heading(page, 'Look into your mailbox').and(page.locator(':focus')).waitFor();
  }

  it('gives a new password to a user who forgot it, and ends the sessions', async () => {
    const user = await mail.aVerifiedUser('STAFF');
    const elsewhere = await web.openAs(user.username);

    const { context, page, traffic } = await web.openBrowser();
    await checkPage(page, 'log-in');
    await page.getByRole('link', { name: 'Forgotten password?' }).click();
    await checkPage(page, 'forgotten');
    await page.goBack();
    await request(page, 'Forgotten password?', user.email);
    await checkPage(page, 'forgotten-sent');
    await page.goto(await mail.linkTo(user.email));
    await heading(page, 'Choose a new password').and(page.locator(':focus')).waitFor();
    await checkPage(page, 'reset');
    await page.getByLabel('New password').fill('too short');
    await button(page, 'Set the password').click();
    const field = page.getByLabel('New password').and(page.locator('[aria-invalid=true]:focus'));
    await field.waitFor();
    await checkPage(page, 'reset-refused');
    await page.getByLabel('New password').fill(newPassword);
    await page.keyboard.press('Enter');
    await heading(page, 'Your password is changed').and(page.locator(':focus')).waitFor();
    await checkPage(page, 'reset-done');
    await page.getByRole('link', { name: 'Log in with the new password' }).click();
    await submitLogIn(page, user.username, newPassword);
    await logOutButton(page).waitFor();
    await traffic.settle();
    expect(traffic.refusals).toEqual([]);

    await elsewhere.page.reload();
    await logInHeading(elsewhere.page).waitFor();
    await elsewhere.context.close();
    await context.close();
  });

  it('gives the same answer for an address without an account, and sends nothing to it', async () => {
    const { context, page } = await web.openBrowser();
    const unknown = `${'u'.repeat(60)}@example.org`;
    const answerFor = async (address: string) => {
      const text = (await page.getByRole('main').textContent()) ?? '';
      expect(text).toContain(address);
      return text.replaceAll(address, '');
    };
    await request(page, 'Forgotten password?', unknown);
    const answer = await answerFor(unknown);
    await checkPage(page, 'forgotten-long-address');
    const user = await mail.aVerifiedUser('STAFF');
    await button(page, 'ask again').click();
    await page.getByLabel('Email address').fill(user.email);
    await page.keyboard.press('Enter');
    await page.getByText(user.email).waitFor();
    expect(await answerFor(user.email)).toBe(answer);
    await mail.linkTo(user.email);
    const addresses = web.smtp.mails().flatMap(({ envelope }) => envelope.to);
    expect(addresses).not.toContain(unknown);
    await context.close();
  });

  it('creates an account for who reads the mailbox, who then logs in', async () => {
    const { context, page, traffic } = await web.openBrowser();
    const email = 'dana@example.org';
    await page.getByRole('link', { name: 'Create an account' }).click();
    await checkPage(page, 'sign-up-request');
    await page.goBack();
    await request(page, 'Create an account', email);
    await checkPage(page, 'sign-up-sent');
    await page.goto(await mail.linkTo(email));
    await heading(page, 'Create your account').waitFor();
    await checkPage(page, 'sign-up');
    await page.getByLabel('User name').fill('admin');
    await page.getByLabel('Your name (optional)').fill('Dana');
    await page.getByLabel('Password', { exact: true }).fill(userPassword);
    await page.getByLabel('Show the password').check();
    await button(page, 'Create the account').click();
    await page.getByLabel('User name').and(page.locator('[aria-invalid=true]:focus')).waitFor();
    await page.getByText('The username is already taken.').waitFor();
    await checkPage(page, 'sign-up-taken');
    await page.getByLabel('User name').fill('dana');
    await page.keyboard.press('Enter');
    await heading(page, 'Your account is ready').waitFor();
    await checkPage(page, 'sign-up-done');
    await page.getByRole('link', { name: 'Log in' }).click();
    await submitLogIn(page, 'dana');
    await page.getByText('Dana').waitFor();
    await traffic.settle();
    expect(traffic.refusals).toEqual([]);
    await context.close();
  });

  it('verifies an address by the link that its user asks for', async () => {
    const user = await mail.aUserWithAddress('STAFF');
    const { context, page, traffic } = await web.openAs(user.username);
    await page.getByRole('link', { name: 'Your account' }).click();
    await button(page, 'Send a link to confirm it').click();
    await page.getByText('A mail with the link is on its way.').waitFor();
    await checkPage(page, 'account-not-verified');
    await page.goto(await mail.linkTo(user.email));
    await heading(page, 'Confirm your address').waitFor();
    await checkPage(page, 'verification');
    await button(page, 'Confirm the address').click();
    await heading(page, 'Your address is confirmed').and(page.locator(':focus')).waitFor();
    await checkPage(page, 'verification-done');
    await page.getByRole('link', { name: 'Go on' }).click();
    await page.getByRole('link', { name: 'Your account' }).click();
    await page.getByText(/· confirmed/).waitFor();
    await checkPage(page, 'account-verified');
    await traffic.settle();
    expect(traffic.refusals).toEqual([]);
    await context.close();
  });

  it.runIf(isWhole)(
    'changes an address by a link to the new one, and the old one restores it',
    async () => {
      const user = await mail.aVerifiedUser('STAFF');
      const next = `next-${user.email}`;
      const { context, page, traffic } = await web.openAs(user.username);
      await page.getByRole('link', { name: 'Your account' }).click();
      await page.getByLabel('New address').fill(user.email);
      await button(page, 'Send a link to the new address').click();
      await provePassword(page);
      await page.getByText('New address is the address of this account.').waitFor();
      await checkPage(page, 'account-same-address');
      await page.getByLabel('New address').fill(next);
      await page.keyboard.press('Enter');
      await provePassword(page);
      await page.getByText(`A mail with a link is on its way to ${next}.`).waitFor();
      await checkPage(page, 'account-change-sent');
      await page.goto(await mail.linkTo(next));
      await heading(page, 'Confirm your new address').waitFor();
      await checkPage(page, 'address');
      await button(page, 'Confirm the new address').click();
      await heading(page, 'Your new address is confirmed').waitFor();
      await checkPage(page, 'address-done');
      await page.getByRole('link', { name: 'Go to your account' }).click();
      await page.getByText(next).waitFor();

      await page.goto(await mail.linkTo(user.email));
      await heading(page, 'Restore your address').waitFor();
      await checkPage(page, 'undo');
      await button(page, 'Restore the address').click();
      await heading(page, 'Your address is restored').waitFor();
      await checkPage(page, 'undo-done');
      await page.getByRole('link', { name: 'Choose a new password' }).click();
      await page.getByLabel('Email address').fill(user.email);
      await page.keyboard.press('Enter');
      await heading(page, 'Look into your mailbox').waitFor();
      await page.goto(await mail.linkTo(user.email));
      await page.getByLabel('New password').fill(newPassword);
      await page.keyboard.press('Enter');
      await heading(page, 'Your password is changed').waitFor();
      await traffic.settle();
      expect(traffic.refusals).toEqual([]);
      await context.close();
    },
  );

  it.runIf(isWhole)(
    'asks an old session for one proof, and goes on with the new address',
    async () => {
      const user = await mail.aVerifiedUser('STAFF');
      const next = `next-${user.email}`;
      const { context, page } = await web.openAs(user.username);
      await makeOld(user.id);
      await page.getByRole('link', { name: 'Your account' }).click();
      await page.getByLabel('New address').fill(next);
      await page.keyboard.press('Enter');
      await provePassword(page);
      await page.getByText(`A mail with a link is on its way to ${next}.`).waitFor();
      await mail.linkTo(next);
      await context.close();
    },
  );

  it.runIf(isWhole)(
    'ends the links to earlier addresses for a user who proves two factors',
    async () => {
      const user = await mail.aVerifiedUser('STAFF');
      const client = createFactorsClient(web.server, () => new Date());
      const { recoveryCodes, secret } = await client.addApp(user);
      const next = `next-${user.email}`;
      const { context, page } = await web.openBrowser();
      await submitLogIn(page, user.username);
      const later = new Date(Date.now() + 30_000);
      await page.getByLabel('Code of your authenticator app').fill(codeOf(secret, later));
      await page.keyboard.press('Enter');
      await page.getByRole('link', { name: 'Your account' }).click();
      await page.getByLabel('New address').fill(next);
      await page.keyboard.press('Enter');
      await provePassword(page);
      // The code of this time was used to log in.
      await web.server.connection.migrations.query(
        'UPDATE gatehouse_factors.otp_factors SET last_step = 0',
      );
      await page.getByLabel('Code of your authenticator app').fill(codeOf(secret, new Date()));
      await page.keyboard.press('Enter');
      await page.goto(await mail.linkTo(next));
      await button(page, 'Confirm the new address').click();
      const undo = await mail.linkTo(user.email);
      await page.getByRole('link', { name: 'Go to your account' }).click();
      await makeOld(user.id);
      await page.reload();
      await button(page, 'End these links').click();
      await provePassword(page);
      const dialog = page.getByRole('dialog', { name: 'Is it still you?' });
      await dialog.getByRole('button', { name: 'Use a recovery code' }).click();
      await page.keyboard.type(recoveryCodes[0] ?? '');
      await page.keyboard.press('Enter');
      await page.getByText('The links have ended.').waitFor();
      await checkPage(page, 'account-undo-declined');
      await page.goto(undo);
      await button(page, 'Restore the address').click();
      await heading(page, 'This link has ended').waitFor();
      await context.close();
    },
  );
});
