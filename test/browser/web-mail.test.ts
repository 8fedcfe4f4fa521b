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
    await page.getByLabel('Username').fill('admin');
    await page.getByLabel('Your name (optional)').fill('Dana');
    await page.getByLabel('Password', { exact: true }).fill(userPassword);
    await page.getByLabel('Show the password').check();
    await button(page, 'Create the account').click();
    await page.getByLabel('Username').and(page.locator('[aria-invalid=true]:focus')).waitFor();
    await page.getByText('The username is already taken.').waitFor();
    await checkPage(page, 'sign-up-taken');
    await page.getByLabel('Username').fill('dana');
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

  it('confirms an address, a new one, and restores the earlier one', async () => {
    const user = await mail.aUserWithAddress('STAFF');
    const next = `next-${user.email}`;
    const { context, page, traffic } = await web.openBrowser();
    /** Follows a link, and presses its button. */
    async function confirm(address: string, action: string, done: string): Promise<void> {
      await page.goto(await mail.linkTo(address));
      await page.locator('h1').waitFor();
      await checkPage(page, action);
      await button(page, action).click();
      await heading(page, done).and(page.locator(':focus')).waitFor();
      await checkPage(page, done);
    }
    const ask = async (query: string) => {
      const { status } = await web.server.ask(query, {
        token: user.accessToken,
        variables: { email: next, proof: { password: userPassword } },
      });
      expect(status).toBe(200);
    };
    await ask('mutation { requestEmailVerification }');
    await confirm(user.email, 'Confirm the address', 'Your address is confirmed');
    await ask(
      'mutation ($email: String!, $proof: Proof!) { changeEmail(email: $email, proof: $proof) }',
    );
    await confirm(next, 'Confirm the new address', 'Your new address is confirmed');
    await confirm(user.email, 'Restore the address', 'Your address is restored');
    await page.getByRole('link', { name: 'Choose a new password' }).click();
    await heading(page, 'Forgotten password').waitFor();
    await traffic.settle();
    expect(traffic.refusals).toEqual([]);
    await context.close();
  });

  it('creates the account of an invitation, with its groups', async () => {
    const link = await mail.invitationLink('robin@example.org', ['AUDITOR']);
    const { context, page, traffic } = await mail.openEmpty();
    await page.goto(link);
    await heading(page, 'Accept the invitation').and(page.locator(':focus')).waitFor();
    await checkPage(page, 'invitation');
    await page.getByLabel('Username').fill('robin');
    await page.getByLabel('Password', { exact: true }).fill(userPassword);
    await button(page, 'Create the account').click();
    await heading(page, 'Your account is ready').waitFor();
    await page.getByRole('link', { name: 'Log in' }).click();
    await submitLogIn(page, 'robin');
    await page.getByRole('banner').getByText('AUDITOR').waitFor();
    await traffic.settle();
    expect(traffic.refusals).toEqual([]);
    await context.close();
  });

  it('accepts an invitation with the account that has the address, after a log-in by two factors', async () => {
    const user = await mail.aVerifiedUser('STAFF');
    const client = createFactorsClient(web.server, () => new Date());
    const { secret } = await client.addApp(user);
    const { context, page, traffic } = await mail.openEmpty();
    await page.goto(await mail.invitationLink(user.email, ['AUDITOR']));
    await page.getByLabel('Username').fill('another');
    await page.getByLabel('Password', { exact: true }).fill(newPassword);
    await page.keyboard.press('Enter');
    await heading(page, 'Log in to accept the invitation').and(page.locator(':focus')).waitFor();
    await checkPage(page, 'join-log-in');
    await submitLogIn(page, user.username);
    const later = new Date(Date.now() + 30_000);
    await page.getByLabel('Code of your authenticator app').fill(codeOf(secret, later));
    await page.keyboard.press('Enter');
    await heading(page, `Accept as ${user.username}`).and(page.locator(':focus')).waitFor();
    await checkPage(page, 'join');
    await button(page, 'Accept the invitation').click();
    await page.getByText('Your groups are now: AUDITOR, STAFF.').waitFor();
    await checkPage(page, 'join-done');
    await page.getByRole('link', { name: 'Continue' }).click();
    await page.getByRole('banner').getByText('AUDITOR').waitFor();
    await traffic.settle();
    // The log-in of which a factor is due.
    expect(traffic.refusals.filter((each) => !each.includes('FACTOR_REQUIRED'))).toEqual([]);
    await context.close();
  });

  it.runIf(isWhole)(
    'accepts no invitation with an account of another address, or with an old session',
    async () => {
      const [user, other] = [await mail.aVerifiedUser('STAFF'), await mail.aVerifiedUser('STAFF')];
      const link = await mail.invitationLink(user.email, ['AUDITOR']);
      const { context, page } = await web.openAs(other.username);
      await page.goto(link);
      await button(page, 'Accept with my account').click();
      await button(page, 'Accept the invitation').click();
      await page.getByText('This account has not verified the invited address.').waitFor();
      await checkPage(page, 'join-refused');
      await button(page, 'Log in again').click();
      await submitLogIn(page, user.username);
      await heading(page, `Accept as ${user.username}`).waitFor();
      await web.server.connection.migrations.query(
        `UPDATE gatehouse.sessions SET proved = '{"PASSWORD": 1000}' WHERE user_id = '${user.id}'`,
      );
      await button(page, 'Accept the invitation').click();
      await page.getByRole('alert').filter({ hasText: /./ }).waitFor();
      await button(page, 'Log in again').click();
      await submitLogIn(page, user.username);
      await button(page, 'Accept the invitation').click();
      await page.getByText('Your groups are now: AUDITOR, STAFF.').waitFor();
      await context.close();
    },
  );
});
