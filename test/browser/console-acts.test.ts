import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findChromium } from '../support/browser.ts';
import type { ConsolePage } from '../support/console-browser.ts';
import { checkConsolePage } from '../support/console-check.ts';
import {
  askAsAdmin,
  button,
  dialog,
  logOut,
  type PeopleConsole,
  recorded,
  startPeopleConsole,
  visit,
} from '../support/console-people.ts';
import { type TestUser, userPassword } from '../support/test-server.ts';

const chromium = findChromium(process.env.CHROMIUM_PATH);

/** Counts the clicks on a page from now on. */
async function countClicks(page: Page): Promise<() => Promise<number>> {
  await page.evaluate(
    `window.clicks = 0; addEventListener('pointerdown', () => { window.clicks += 1; }, true)`,
  );
  return () => page.evaluate('window.clicks');
}

describe.skipIf(chromium === undefined)(
  'acts in the console that are safe by default (needs Chromium: set CHROMIUM_PATH)',
  () => {
    let console: PeopleConsole;
    beforeAll(async () => {
      console = await startPeopleConsole(chromium ?? '');
    });
    afterAll(() => console.stop());

    const asAdmin = (query: string, variables: object = {}) =>
      askAsAdmin(console.server, query, variables);

    const sql = (text: string) => console.server.connection.migrations.query(text);

    async function close({ context, traffic }: ConsolePage): Promise<void> {
      await traffic.settle();
      expect(traffic.refusals).toEqual([]);
      await context.close();
    }

    const membershipsOf = async ({ id }: TestUser) => {
      const { user } = await asAdmin(
        'query ($id: ID!) { user(id: $id) { memberships { group } } }',
        {
          id,
        },
      );
      return user.memberships.map(({ group }: { readonly group: string }) => group);
    };

    it('grant a group with three clicks, and undo it with one', async () => {
      const user = await console.server.aUser('STAFF');
      const opened = await console.open(`#/people/${user.id}`, ['ADMIN', 'AUDITOR']);
      const { page } = opened;
      const clicks = await countClicks(page);
      await button(page, 'Grant a group').click();
      await dialog(page, 'Grant a group').getByText('MANAGER', { exact: true }).click();
      await button(page, 'Grant MANAGER').click();
      await recorded(page, 'membership.granted');
      expect(await clicks()).toBe(3);
      await button(page, 'Grant a group').and(page.locator(':focus')).waitFor();
      expect(await membershipsOf(user)).toEqual(['MANAGER', 'STAFF']);
      await checkConsolePage(page, 'granted');
      await button(page, 'Undo').click();
      await page.getByRole('status').getByText('Undone: MANAGER was granted').waitFor();
      await recorded(page, 'membership.revoked');
      expect(await clicks()).toBe(4);
      expect(await membershipsOf(user)).toEqual(['STAFF']);
      await page.getByRole('link', { name: 'Sessions' }).click();
      await page.getByText('Undone').waitFor({ state: 'detached' });
      await close(opened);
    });

    it('undo nothing that has changed since', async () => {
      const user = await console.server.aUser('STAFF');
      const { id: userId } = user;
      const opened = await console.open(`#/people/${userId}`, ['ADMIN']);
      const { page } = opened;
      await button(page, 'Revoke: STAFF').click();
      await button(page, 'Revoke STAFF').click();
      await button(page, 'Undo').waitFor();
      await asAdmin(
        `mutation ($userId: ID!) { grantGroup(userId: $userId, group: STAFF, expiresAt: "2040-01-01T00:00:00Z") { id } }`,
        { userId },
      );
      await button(page, 'Undo').click();
      await page.getByText('It has been changed since. Nothing was undone.').waitFor();
      await close(opened);
    });

    it('offer no undo where the page did not show what the change has replaced', async () => {
      const { id: userId } = await console.server.aUser('STAFF');
      const opened = await console.open(`#/people/${userId}`, ['ADMIN']);
      const { page } = opened;
      await button(page, 'Revoke: STAFF').click();
      await asAdmin(
        `mutation ($userId: ID!) { grantGroup(userId: $userId, group: STAFF, expiresAt: "2040-01-01T00:00:00Z") { id } }`,
        { userId },
      );
      await button(page, 'Revoke STAFF').click();
      await page.getByRole('status').getByText('STAFF was revoked').waitFor();
      expect(await button(page, 'Undo').count()).toBe(0);
      await close(opened);
    });

    it('offer no undo that would ask for a proof again', async () => {
      const user = await console.server.aUser('ADMIN');
      const opened = await console.open(`#/people/${user.id}`, ['ADMIN']);
      const { page } = opened;
      await page.route('**/graphql', async (route) => {
        if (!route.request().postData()?.includes('mutation RevokeGroup')) return route.continue();
        const response = await route.fetch();
        await sql(
          `UPDATE gatehouse.sessions SET proved = '{"PASSWORD": 1000}' WHERE user_id = '${opened.user.id}'`,
        );
        return route.fulfill({ response });
      });
      await button(page, 'Revoke: ADMIN').click();
      await button(page, 'Revoke ADMIN').click();
      await page.getByRole('status').getByText('ADMIN was revoked').waitFor();
      expect(await button(page, 'Undo').count()).toBe(0);
      await close(opened);
    });

    it('delete only after the name was typed, and offer to disable instead', async () => {
      const { id, username } = await console.server.aUser('STAFF', 'MANAGER');
      const opened = await console.open(`#/people/${id}/details`, ['ADMIN', 'AUDITOR']);
      const { page } = opened;
      await button(page, 'Delete').click();
      const form = page.getByRole('dialog');
      await button(form, 'Cancel').and(page.locator(':focus')).waitFor();
      await form.getByText('2 memberships (MANAGER, STAFF) and all sessions').waitFor();
      await checkConsolePage(page, 'delete');
      await form.getByLabel('Type').fill(`${username}x`);
      await button(form, `Delete ${username}`).click();
      await button(form, 'Disable instead').click();
      await button(page.getByRole('dialog'), 'Disable').click();
      await recorded(page, 'user.disabled');
      await button(page, 'Undo').click();
      await page.getByText('Undone').waitFor();
      await button(page, 'Disable').waitFor();
      await close(opened);
    });

    it('say why the last administrator stays', async () => {
      const { admin } = console.server;
      const opened = await console.open('#/people', ['ADMIN']);
      const { page } = opened;
      await sql(
        `UPDATE gatehouse.memberships SET expires_at = now() + interval '1 hour'
         WHERE "group" = 'ADMIN' AND user_id <> '${admin.id}'`,
      );
      await visit(opened, `#/people/${admin.id}`);
      await page.getByText('the only administrator without an end').waitFor();
      await button(page, 'Revoke: ADMIN').click({ force: true });
      expect(await page.getByRole('dialog').count()).toBe(0);
      expect(await button(page, 'Change the end: ADMIN').count()).toBe(0);
      await visit(opened, `#/people/${admin.id}/details`);
      for (const name of ['Disable', 'Delete']) {
        await button(page, name).click({ force: true });
        expect(await page.getByRole('dialog').count(), name).toBe(0);
      }
      await checkConsolePage(page, 'last-admin');
      await sql(`UPDATE gatehouse.memberships SET expires_at = NULL WHERE "group" = 'ADMIN'`);
      await close(opened);
    });

    it('end all sessions of a user with three clicks', async () => {
      const { id, username } = await console.server.aUser('STAFF');
      for (let count = 0; count < 22; count += 1)
        await console.server.logIn(username, userPassword);
      const opened = await console.open(`#/people/${id}/sessions`, ['ADMIN']);
      const { page } = opened;
      const clicks = await countClicks(page);
      await button(page, 'End all sessions').click();
      await button(page, 'End all').click();
      await page.getByRole('status').getByText(`sessions of ${username} ended.`).waitFor();
      expect(await clicks()).toBeLessThanOrEqual(3);
      await page.getByText('This user has no session.').waitFor();
      await close(opened);
    });

    /** Ends the session of a page at the next request, with a dialog in which a name was typed. */
    async function endWhileTyping() {
      const opened = await console.open('#/people', ['ADMIN']);
      const { page, user } = opened;
      await button(page, 'Create a user').click();
      const form = dialog(page, 'Create a user');
      await form.getByLabel('Username').fill('typed-before');
      await form.getByLabel('Password').fill(userPassword);
      await sql(`DELETE FROM gatehouse.sessions WHERE user_id = '${user.id}'`);
      await button(form, 'Create').click();
      await dialog(page, 'Your session has ended').waitFor();
      return { ...opened, form };
    }

    async function logInAgain(page: Page, username: string): Promise<void> {
      const again = dialog(page, 'Your session has ended');
      await again.getByLabel('Username').fill(username);
      await again.getByLabel('Password').fill(userPassword);
      await button(again, 'Log in').click();
      await again.waitFor({ state: 'detached' });
    }

    it('keep what was typed for the same user when the session has ended', async () => {
      const { page, user, form, context } = await endWhileTyping();
      const again = dialog(page, 'Your session has ended');
      expect(await again.getByLabel('Username').inputValue()).toBe(user.username);
      await again.getByLabel('Password').and(page.locator(':focus')).waitFor();
      // Nothing of the former session is to be seen.
      expect(await page.getByRole('main').count()).toBe(0);
      await checkConsolePage(page, 'session-ended');
      await logInAgain(page, user.username);
      expect(await form.getByLabel('Username').inputValue()).toBe('typed-before');
      // A password does not stay in the page of a session that has ended.
      expect(await form.getByLabel('Password').inputValue()).toBe('');
      await button(form, 'Create').click();
      await page.getByRole('status').getByText('typed-before was created').waitFor();
      await context.close();
    });

    it('discard what was typed for another user, and when it is given up', async () => {
      const other = await console.server.aUser('ADMIN');
      const first = await endWhileTyping();
      await logInAgain(first.page, other.username);
      await first.page.getByTitle('Your account').getByText(other.username).waitFor();
      expect(await first.page.getByRole('dialog').count()).toBe(0);
      await first.context.close();
      const second = await endWhileTyping();
      await button(dialog(second.page, 'Your session has ended'), 'Close').click();
      await second.page.getByText('Your session has ended. Log in to continue.').waitFor();
      expect(await second.page.title()).toMatch(/^Log in · /);
      expect(await second.page.getByRole('dialog').count()).toBe(0);
      await second.context.close();
    });

    it('keep nothing when the user has logged out in another tab', async () => {
      const { page, context } = await console.open('#/people', ['ADMIN']);
      const other = await context.newPage();
      await other.goto(page.url());
      await button(page, 'Create a user').click();
      await dialog(page, 'Create a user').getByLabel('Username').fill('typed-before');
      await logOut(other);
      await page.getByRole('heading', { name: /^Log in to/ }).waitFor();
      expect(await page.getByRole('dialog').count()).toBe(0);
      expect(await page.getByLabel('Username').inputValue()).toBe('');
      expect(await page.content()).not.toContain('typed-before');
      await context.close();
    });

    it('report a slow act to its user alone', async () => {
      const user = await console.server.aUser('STAFF');
      const next = await console.server.aUser('ADMIN');
      const { page, context } = await console.open(`#/people/${user.id}`, ['ADMIN']);
      let letPass = () => {};
      const isLetPass = new Promise<void>((resolve) => {
        letPass = resolve;
      });
      await page.route('**/graphql', async (route) => {
        if (!route.request().postData()?.includes('mutation DisableUser')) return route.continue();
        const response = await route.fetch();
        await isLetPass;
        return route.fulfill({ response });
      });
      await page.getByRole('link', { name: 'Details' }).click();
      await button(page, 'Disable').click();
      await button(page.getByRole('dialog'), 'Disable').click();
      const other = await context.newPage();
      await other.goto(page.url());
      await logOut(other);
      await other.getByLabel('Username').fill(next.username);
      await other.getByLabel('Password').fill(userPassword);
      await button(other, 'Log in').click();
      await page.getByTitle('Your account').getByText(next.username).waitFor();
      letPass();
      await page.getByRole('heading', { level: 1 }).waitFor();
      expect(await page.getByText('is disabled, and all sessions').count()).toBe(0);
      expect(await button(page, 'Undo').count()).toBe(0);
      await context.close();
    });

    it('say that a session has ended, but not to who has logged out', async () => {
      const opened = await console.open('#/people', ['ADMIN']);
      const { page, user, context } = opened;
      await sql(`DELETE FROM gatehouse.sessions WHERE user_id = '${user.id}'`);
      await page.getByRole('link', { name: 'Groups' }).click();
      await page.getByText('Your session has ended. Log in to continue.').waitFor();
      await page.getByLabel('Username').and(page.locator(':focus')).waitFor();
      await page.getByLabel('Username').fill(user.username);
      await page.getByLabel('Password').fill(userPassword);
      await button(page, 'Log in').click();
      await page.getByRole('heading', { name: 'Groups' }).waitFor();
      await logOut(page);
      await button(page, 'Log in').waitFor();
      expect(await page.getByText('Your session has ended').count()).toBe(0);
      await context.close();
    });

    it('say with two clicks what a user may do, and with three why not', async () => {
      const { id } = await console.server.aUser('STAFF');
      const opened = await console.open(`#/people/${id}`, ['AUDITOR']);
      const { page } = opened;
      const clicks = await countClicks(page);
      await page.getByRole('link', { name: 'Access' }).last().click();
      const row = page
        .getByRole('row')
        .filter({ has: page.getByText('User.email', { exact: true }) });
      await row.getByText('SELF').first().waitFor();
      await checkConsolePage(page, 'person-access');
      await page.getByLabel('Field, argument').fill('Mutation.deleteRoom');
      await button(page, 'Show').click();
      await page
        .getByRole('status')
        .getByText(/denied at Mutation.deleteRoom/)
        .waitFor();
      expect(await clicks()).toBeLessThanOrEqual(3);
      await page.getByText('@auth(requires: [MANAGER]').first().waitFor();
      const ways = page.getByRole('table', { name: 'Ways to Mutation.deleteRoom' });
      expect(await ways.getByRole('columnheader').allTextContents()).toEqual(['Way', 'STAFF']);
      expect(await ways.getByRole('cell').first().textContent()).toBe('no');
      await checkConsolePage(page, 'person-access-why');
      await close(opened);
    });

    it('show the access of a group, and of an API client, on their pages', async () => {
      const { createApiClient } = await asAdmin(
        'mutation { createApiClient(name: "Door", groups: [MANAGER]) { client { id } } }',
        {},
      );
      const opened = await console.open('#/groups/MANAGER/access', ['AUDITOR']);
      const { page } = opened;
      const row = page
        .getByRole('row')
        .filter({ has: page.getByText('Mutation.deleteRoom', { exact: true }) });
      await row.getByText('yes').first().waitFor();
      await visit(opened, `#/programs/${createApiClient.client.id}/access`);
      await page.getByText('what requires two factors is closed to it').waitFor();
      await row.getByText('yes').first().waitFor();
      await close(opened);
    });

    it('hand over another password with three clicks', async () => {
      const { id, username } = await console.server.aUser('STAFF');
      const opened = await console.open(`#/people/${id}`, ['ADMIN'], {
        permissions: ['clipboard-read', 'clipboard-write'],
      });
      const { page } = opened;
      const clicks = await countClicks(page);
      await button(page, 'Reset password').click();
      await button(page, 'Reset').click();
      await button(page, 'Copy').click();
      await button(page, 'Copied').waitFor();
      expect(await clicks()).toBe(3);
      const password = await page.evaluate('navigator.clipboard.readText()');
      await console.server.logIn(username, String(password));
      await page.keyboard.press('Escape');
      await page.getByRole('dialog').waitFor({ state: 'detached' });
      await close(opened);
    });

    it('say with two clicks who is ADMIN, since when and until when, and which log-ins failed today', async () => {
      const opened = await console.open('#/health', ['ADMIN', 'AUDITOR']);
      const { page } = opened;
      const clicks = await countClicks(page);
      const navigation = page.getByRole('navigation', { name: 'Pages' });
      await navigation.getByRole('link', { name: 'Groups' }).click();
      await page.getByRole('rowheader').getByRole('link', { name: 'ADMIN' }).click();
      const members = page.getByRole('table', { name: 'Members of ADMIN' });
      await members.waitFor();
      const heads = await members.getByRole('columnheader').allTextContents();
      expect(heads).toEqual(['Name', 'Granted', 'By', 'Ends', 'State']);
      const row = members.getByRole('row').filter({ hasText: opened.user.username });
      await row.getByRole('link', { name: console.server.admin.username, exact: true }).waitFor();
      expect(await clicks()).toBe(2);
      await console.server.ask(
        'mutation { login(username: "unknown-user", password: "wrong") { accessToken } }',
      );
      await navigation.getByRole('link', { name: 'Log' }).click();
      await page.getByRole('link', { name: 'Failed logins today' }).click();
      await page.getByRole('row').filter({ hasText: 'Login failed' }).first().waitFor();
      expect(await clicks()).toBe(4);
      await close(opened);
    });

    it('name who may use a page', async () => {
      const opened = await console.open('#/log', ['ADMIN']);
      const { page } = opened;
      await page
        .getByText('Your groups may not use this page. It is for AUDITOR. You are in ADMIN')
        .waitFor();
      await close(opened);
    });
  },
);
