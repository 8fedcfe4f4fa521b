import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findChromium } from '../support/browser.ts';
import { codeOf, createFactorsClient } from '../support/factors-server.ts';
import { isWhole } from '../support/sample.ts';
import { userPassword } from '../support/test-server.ts';
import { logOutButton, startWebBrowser, type WebBrowser } from '../support/web-browser.ts';
import { checkPage } from '../support/web-check.ts';
import { startWebExample } from '../support/web-example.ts';
import { createWebMail, newPassword, submitLogIn, type WebMail } from '../support/web-mail.ts';

const chromium = findChromium(process.env.CHROMIUM_PATH);

const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true });
const heading = (page: Page, name: string) => page.getByRole('heading', { name, exact: true });

describe.skipIf(chromium === undefined)('invitations in examples/web (needs Chromium)', () => {
  let web: WebBrowser;
  let mail: WebMail;
  beforeAll(async () => {
    web = await startWebBrowser(startWebExample, chromium);
    mail = createWebMail(web);
  });
  afterAll(() => web.stop());

  it('are sent, listed and cancelled by an ADMIN', async () => {
    const { username } = await web.server.aUser('ADMIN');
    const { context, page, traffic } = await web.openAs(username);
    await page.getByRole('link', { name: 'Users' }).click();
    await page.getByRole('link', { name: 'Invitations' }).click();
    await page.getByLabel('Address', { exact: true }).fill('dana..x@example.org');
    await button(page, 'Send the invitation').click();
    const field = page.getByLabel('Address', { exact: true });
    await field.and(page.locator('[aria-invalid=true]:focus')).waitFor();
    await page.getByText('Address must have the form name@example.org.').waitFor();
    await checkPage(page, 'invitations-refused');
    await field.fill('dana@example.org');
    await page.getByRole('checkbox', { name: 'AUDITOR' }).check();
    await button(page, 'Send the invitation').click();
    await page.getByText('An invitation is on its way to dana@example.org.').waitFor();
    const link = await mail.linkTo('dana@example.org');
    const row = page.getByRole('list', { name: 'Open invitations' }).getByRole('listitem');
    await row.filter({ hasText: 'AUDITOR' }).first().waitFor();
    await checkPage(page, 'invitations-sent');
    await button(page, 'Cancel the invitation of dana@example.org').click();
    await page.getByText('No invitation is open.').waitFor();
    await heading(page, 'Open invitations').and(page.locator(':focus')).waitFor();
    await traffic.settle();
    expect(traffic.refusals).toEqual([]);
    await context.close();

    const invited = await mail.openEmpty();
    await invited.page.goto(link);
    await invited.page.getByLabel('User name').fill('dana');
    await invited.page.getByLabel('Password', { exact: true }).fill(newPassword);
    await invited.page.keyboard.press('Enter');
    await heading(invited.page, 'This link has ended').waitFor();
    await invited.context.close();
  });

  it('create an account with their groups', async () => {
    const link = await mail.invitationLink('robin@example.org', ['AUDITOR']);
    const { context, page, traffic } = await mail.openEmpty();
    await page.goto(link);
    await heading(page, 'Accept the invitation').and(page.locator(':focus')).waitFor();
    await checkPage(page, 'invitation');
    await page.getByLabel('User name').fill('robin');
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

  it('are accepted with the account that has the address, after a log-in by two factors', async () => {
    const user = await mail.aVerifiedUser('STAFF');
    const client = createFactorsClient(web.server, () => new Date());
    const { secret } = await client.addApp(user);
    const { context, page, traffic } = await mail.openEmpty();
    await page.goto(await mail.invitationLink(user.email, ['AUDITOR']));
    await page.getByLabel('User name').fill('another');
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
    await page.getByRole('link', { name: 'Go on' }).click();
    await page.getByRole('banner').getByText('AUDITOR').waitFor();
    await traffic.settle();
    // The log-in of which a factor is due.
    expect(traffic.refusals.filter((each) => !each.includes('FACTOR_REQUIRED'))).toEqual([]);
    await context.close();
  });

  it.runIf(isWhole)(
    'are not accepted with an account of another address, and ask an old session for a proof',
    async () => {
      const [user, other] = [await mail.aVerifiedUser('STAFF'), await mail.aVerifiedUser('STAFF')];
      const link = await mail.invitationLink(user.email, ['AUDITOR']);
      const { context, page } = await web.openAs(other.username);
      await page.goto(link);
      await button(page, 'Accept with my account').click();
      await button(page, 'Accept the invitation').click();
      await page.getByText('This account has not verified the invited address.').waitFor();
      await checkPage(page, 'join-refused');
      await button(page, 'Use another account').click();
      await submitLogIn(page, user.username);
      await heading(page, `Accept as ${user.username}`).waitFor();
      await web.server.connection.migrations.query(
        `UPDATE gatehouse.sessions SET proved = '{"PASSWORD": 1000}' WHERE user_id = '${user.id}'`,
      );
      await button(page, 'Accept the invitation').click();
      const dialog = page.getByRole('dialog', { name: 'Is it still you?' });
      await dialog.getByLabel('Password').fill(userPassword);
      await page.keyboard.press('Enter');
      await page.getByText('Your groups are now: AUDITOR, STAFF.').waitFor();
      await context.close();
    },
  );

  it.runIf(isWhole)(
    'stand beside the links to a new password that an ADMIN sends to confirmed addresses',
    async () => {
      const [confirmed, other] = [
        await mail.aVerifiedUser('STAFF'),
        await mail.aUserWithAddress('STAFF'),
      ];
      const { username } = await web.server.aUser('ADMIN');
      const { context, page, traffic } = await web.openAs(username);
      await page.getByRole('link', { name: 'Users' }).click();
      await page.getByLabel('Name', { exact: true }).fill('user-');
      await button(page, 'Search').click();
      await page.getByText(`${other.email} · not confirmed`).waitFor();
      expect(await button(page, `Send a link to a new password to ${other.username}`).count()).toBe(
        0,
      );
      await button(page, `Send a link to a new password to ${confirmed.username}`).click();
      await page.getByText('The mail is on its way.').waitFor();
      await checkPage(page, 'users-reset-sent');
      await traffic.settle();
      expect(traffic.refusals).toEqual([]);
      await page.goto(await mail.linkTo(confirmed.email));
      await heading(page, 'Choose a new password').waitFor();
      await logOutButton(page).waitFor({ state: 'detached' });
      await context.close();
    },
  );
});
