import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findChromium } from '../support/browser.ts';
import type { ConsolePage } from '../support/console-browser.ts';
import { checkConsolePage } from '../support/console-check.ts';
import {
  button,
  dialog,
  type PeopleConsole,
  startPeopleConsole,
} from '../support/console-people.ts';
import { linksOf, tokenOf } from '../support/mail/mail-server.ts';
import { isWhole } from '../support/sample.ts';
import { userPassword } from '../support/test-server.ts';

const chromium = findChromium(process.env.CHROMIUM_PATH);

const tabs = (page: Page) => page.getByRole('navigation', { name: 'Parts of my account' });

/** Opens a part of the page, and waits until it is shown. */
async function openPart({ page, traffic }: ConsolePage, name: string): Promise<void> {
  await tabs(page).getByRole('link', { name }).click();
  await traffic.settle();
}

/** Presses Tab until an element with this name has the focus. */
async function tabTo(page: Page, name: string): Promise<void> {
  for (let presses = 0; presses < 40; presses += 1) {
    await page.keyboard.press('Tab');
    const focused = await page.evaluate<string>(
      '(document.activeElement.labels?.[0] ?? document.activeElement).textContent',
    );
    if (focused.trim() === name) return;
  }
  throw new Error(`Tab does not reach ${name}.`);
}

/** Confirms the password in the dialog that asks for a fresh proof. */
async function confirm(page: Page): Promise<void> {
  const proof = dialog(page, 'Confirm it is you');
  await proof.getByLabel('Password').fill(userPassword);
  await button(proof, 'Confirm').click();
  await proof.waitFor({ state: 'detached' });
}

/** Closes what a change has left open, if it did. */
async function closeDialog(page: Page): Promise<void> {
  const opened = page.getByRole('dialog').getByText('Close', { exact: true });
  if (await opened.isVisible()) await opened.click();
}

describe.skipIf(chromium === undefined)(
  'my account in the console (needs Chromium: set CHROMIUM_PATH)',
  () => {
    let console: PeopleConsole;
    beforeAll(async () => {
      console = await startPeopleConsole(chromium ?? '');
    });
    afterAll(() => console.stop());

    async function close({ context, traffic }: ConsolePage): Promise<void> {
      await traffic.settle();
      expect(traffic.refusals).toEqual([]);
      await context.close();
    }

    it('is all that a user in no group sees, and each part of it works', async () => {
      const opened = await console.open('', []);
      const { page, user } = opened;
      await page.getByRole('heading', { name: 'My account' }).waitFor();
      expect(await page.getByRole('navigation', { name: 'Pages' }).count()).toBe(0);
      await page.getByText(user.username).first().waitFor();
      await checkConsolePage(page, 'account-profile');
      await button(page, 'Edit').click();
      await page.getByLabel('Display name').fill('Robin of no group');
      await button(page, 'Save').click();
      await page.getByRole('definition').getByText('Robin of no group').waitFor();
      await closeDialog(page);

      await openPart(opened, 'My access');
      await page.getByText('You are in no group.').waitFor();
      await page.getByText('Read (').click();
      await page.getByText('viewer', { exact: true }).waitFor();
      await checkConsolePage(page, 'account-access-none');
      await openPart(opened, 'Sessions');
      await page.getByText('This is your session.').waitFor();
      await checkConsolePage(page, 'account-sessions');
      await openPart(opened, 'Sign-in');
      await button(page, 'Add a passkey').waitFor();
      await checkConsolePage(page, 'account-sign-in');
      await openPart(opened, 'What happened');
      const created = page.getByRole('row', { name: 'Account created' });
      await created.getByText('another user').waitFor();
      expect(await created.textContent()).not.toContain('127.0.0.1');
      const changed = page.getByRole('row', { name: 'Name or address changed' });
      await changed.getByText('you', { exact: true }).waitFor();
      await changed.getByText('127.0.0.1').waitFor();
      await checkConsolePage(page, 'account-history');
      await close(opened);
    });

    it('changes the password by the keyboard alone, and the session goes on', async () => {
      const opened = await console.open('#/account/sign-in', ['MANAGER']);
      const { page, traffic, user } = opened;
      const newPassword = 'seven-lanterns-by-the-quay';
      await page.getByRole('heading', { name: 'My account' }).focus();
      await tabTo(page, 'Change the password');
      await page.keyboard.press('Enter');
      await checkConsolePage(page, 'account-password');
      await tabTo(page, 'Current password');
      await page.keyboard.type(userPassword);
      await tabTo(page, 'New password');
      await page.keyboard.type('too short');
      await page.keyboard.press('Enter');
      await page.getByRole('alert').getByText('at least 15 characters').waitFor();
      await page.keyboard.press('Control+A');
      await page.keyboard.type(newPassword);
      await page.keyboard.press('Enter');
      await traffic.settle();
      await closeDialog(page);
      await openPart(opened, 'Sessions');
      expect(await page.getByRole('rowheader').count()).toBe(1);
      await close(opened);
      expect((await console.server.logIn(user.username, newPassword)).id).toBe(user.id);
    });

    it('ends all other sessions, and one of them alone', async () => {
      const opened = await console.open('#/account/sessions', ['STAFF']);
      const { page, user } = opened;
      const others = [1, 2].map(() => console.server.logIn(user.username, userPassword));
      const [first] = await Promise.all(others);
      await page.reload();
      const rows = page.getByRole('rowheader');
      await expect.poll(() => rows.count()).toBe(4);
      await page.getByRole('row').nth(1).getByRole('button').click();
      await button(dialog(page, 'End a session'), 'End').click();
      await expect.poll(() => rows.count()).toBe(3);
      await closeDialog(page);
      await button(page, 'End all others').click();
      await button(dialog(page, 'End all other sessions'), 'End all others').click();
      await expect.poll(() => rows.count()).toBe(1);
      await closeDialog(page);
      await page.getByText('This is your session.').waitFor();
      expect(await button(page, 'End all others').count()).toBe(0);
      const token = first?.accessToken ?? '';
      const { status } = await console.server.ask('{ me { id } }', { token });
      expect(status).toBe(401);
      await close(opened);
    });

    it.runIf(isWhole)('says who gave each group, until when, and what it implies', async () => {
      const opened = await console.open('#/account/access', ['ADMIN']);
      const { page } = opened;
      const row = page.getByRole('row', { name: 'ADMIN' });
      await row.getByText('in use').waitFor();
      await row.getByText('never').waitFor();
      await row.getByText('by admin').waitFor();
      await checkConsolePage(page, 'account-access');
      await close(opened);
    });

    it.runIf(isWhole)('changes the address by a mail, and confirms one', async () => {
      const opened = await console.open('#/account', ['STAFF']);
      const { page, traffic } = opened;
      await button(page, 'Add an e-mail address').click();
      const adding = dialog(page, 'Add an e-mail address');
      await adding.getByLabel('New e-mail address').fill('robin@example.org');
      await button(adding, 'Send the mail').click();
      await confirm(page);
      await page.getByText('Your address changes when you open the link').waitFor();
      await checkConsolePage(page, 'account-address');
      await closeDialog(page);
      const token = tokenOf(await console.smtp.next((mail) => linksOf(mail).length > 0));
      await console.server.ask('mutation ($token: String!) { confirmEmail(token: $token) }', {
        variables: { token },
      });
      await page.reload();
      await page.getByText('robin@example.org').waitFor();
      await page.getByText('confirmed').waitFor();
      await traffic.settle();
      await button(page, 'Change the e-mail address').waitFor();
      await close(opened);
    });
  },
);
