import type { Locator, Page } from 'playwright-core';
import { userPassword } from './test-server.ts';

/** Where the window that is shown has its variables, and what has been answered in it. */
export const variablesOf = (page: Page): Locator =>
  page.locator('app-variables-editor .cm-content').locator('visible=true');

export const resultOf = (page: Page): Locator =>
  page.locator('app-query-result').locator('visible=true');

export const queryOf = (page: Page): Locator =>
  page.locator('app-query-editor .cm-content').locator('visible=true').first();

/** Sends what the window that is shown has; a subscription's button has another name. */
export const send = (page: Page): Promise<void> =>
  page
    .getByRole('button', { name: /Send Request|Run subscription/ })
    .locator('visible=true')
    .click();

/** Logs in with the window that the page begins with. */
export async function logIn(page: Page, username: string): Promise<void> {
  // What is typed before the page has settled is replaced by what its windows begin with.
  await page.waitForLoadState('networkidle');
  await variablesOf(page).fill(JSON.stringify({ username, password: userPassword }));
  await variablesOf(page).getByText(username).waitFor();
  await send(page);
  // Altair shows an answer once the script of the window has taken the token out of it.
  await resultOf(page).getByText('expiresIn').waitFor();
}
