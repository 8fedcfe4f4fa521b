import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { findChromium } from '../support/browser.ts';
import {
  dialog,
  type PeopleConsole,
  recorded,
  startPeopleConsole,
} from '../support/console-people.ts';

const chromium = findChromium(process.env.CHROMIUM_PATH);

/** The name of what has the focus. */
const focused = (page: Page): Promise<string> =>
  page.evaluate(`(() => {
    const element = document.activeElement;
    if (element === document.body) return 'nothing';
    return (element.ariaLabel ?? element.labels?.[0]?.textContent ?? element.textContent).trim();
  })()`);

/** Presses a key until an element with this name has the focus. */
async function goTo(page: Page, name: string, key: 'Tab' | 'Shift+Tab' = 'Tab'): Promise<void> {
  for (let presses = 0; presses < 80; presses += 1) {
    await page.keyboard.press(key);
    if ((await focused(page)) === name) return;
  }
  throw new Error(`${key} does not reach ${name}.`);
}

describe.skipIf(chromium === undefined)(
  'the console by the keyboard alone (needs Chromium: set CHROMIUM_PATH)',
  () => {
    let console: PeopleConsole;
    beforeAll(async () => {
      console = await startPeopleConsole(chromium ?? '');
    });
    afterAll(() => console.stop());

    async function openAt(hash: string) {
      const opened = await console.open(hash, ['ADMIN', 'AUDITOR']);
      onTestFinished(() => opened.context.close());
      return opened.page;
    }

    it('grants a group and revokes it, and the focus is never lost', async () => {
      const { id, username } = await console.server.aUser('STAFF');
      const page = await openAt(`#/people/${id}`);
      await goTo(page, 'Grant a group');
      await page.keyboard.press('Enter');
      await expect.poll(() => focused(page)).toMatch(/^AUDITOR/);
      await page.keyboard.press('Escape');
      await expect.poll(() => focused(page)).toBe('Grant a group');
      await page.keyboard.press('Enter');
      await dialog(page, 'Grant a group').waitFor();
      await page.keyboard.press('Space');
      await goTo(page, 'Grant AUDITOR');
      await page.keyboard.press('Enter');
      await recorded(page, 'membership.granted');
      await expect.poll(() => focused(page)).toBe('Grant a group');
      await goTo(page, 'Revoke: AUDITOR', 'Shift+Tab');
      await page.keyboard.press('Enter');
      await expect.poll(() => focused(page)).toBe('Cancel');
      await goTo(page, 'Revoke AUDITOR');
      await page.keyboard.press('Space');
      await recorded(page, 'membership.revoked');
      // The button of the row is gone with it.
      await expect.poll(() => focused(page)).toBe(username);
    });

    it('compares two viewers in the matrix', async () => {
      const page = await openAt('#/access/matrix');
      await page.getByRole('table').waitFor();
      await goTo(page, '▸ Query');
      await page.keyboard.press('Space');
      await expect.poll(() => focused(page)).toBe('▾ Query');
      await goTo(page, 'Viewer', 'Shift+Tab');
      await page.keyboard.press('M');
      await page.getByLabel('Compare with').waitFor();
      expect(await focused(page)).toBe('Viewer');
      await goTo(page, 'Compare with');
      await page.keyboard.press('S');
      await page.getByText(/^MANAGER can do more than STAFF by \d+ rules/).waitFor();
      expect(await focused(page)).toBe('Compare with');
      await goTo(page, 'By rule', 'Shift+Tab');
      await page.keyboard.press('Enter');
      await page.getByRole('table', { name: 'Access matrix by rule' }).waitFor();
      expect(await focused(page)).toBe('By rule');
    });

    it('deletes a user whose name was typed', async () => {
      const { id, username } = await console.server.aUser('STAFF');
      const page = await openAt(`#/people/${id}`);
      await goTo(page, 'Details');
      await page.keyboard.press('Enter');
      await expect.poll(() => focused(page)).toBe(username);
      await goTo(page, 'Delete');
      await page.keyboard.press('Enter');
      await expect.poll(() => focused(page)).toBe('Cancel');
      await goTo(page, `Type ${username} to confirm`, 'Shift+Tab');
      await page.keyboard.type(username);
      await page.keyboard.press('Enter');
      await recorded(page, 'user.deleted');
      await page.getByText('There is no such user.').waitFor();
      await expect.poll(() => focused(page)).not.toBe('nothing');
    });
  },
);
