import type { BrowserContext, Locator, Page } from 'playwright-core';
import { userPassword } from './test-server.ts';

/** The scripts of Altair, which the page loads even if its first one is missing. */
const altairScripts = /\/(main|polyfills|chunk-\w+)\.js$/;

/** Leaves Altair out of the page: it takes seconds to load. */
export async function leaveOutAltair(context: BrowserContext): Promise<void> {
  await context.route(altairScripts, (route) => route.abort());
}

/** The form above Altair. Hidden while there is a viewer. */
export const logInForm = (page: Page): Locator => page.getByRole('form', { name: 'Log in' });

/** The sentence that names the viewer. */
export const viewerOf = (page: Page): Locator =>
  page.locator('[data-viewer] p').locator('visible=true');

export const errorOf = (page: Page): Locator =>
  page.getByRole('region', { name: 'Session' }).getByRole('alert');

export const logOutButton = (page: Page): Locator => page.getByRole('button', { name: 'Log out' });

/** Fills in the form and sends it. */
export async function submitLogIn(
  page: Page,
  username: string,
  password = userPassword,
): Promise<void> {
  await logInForm(page).getByLabel('Username').fill(username);
  await logInForm(page).getByLabel('Password').fill(password);
  await logInForm(page).getByRole('button', { name: 'Log in', exact: true }).click();
}

/** Logs in, and waits until the page shows it. */
export async function logIn(page: Page, username: string, password?: string): Promise<void> {
  await submitLogIn(page, username, password);
  await viewerOf(page).getByText(username).waitFor();
}
