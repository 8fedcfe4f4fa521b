import type { BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { ask } from '../support/ask.ts';
import { findChromium, launchChromium, type TestBrowser } from '../support/browser.ts';
import {
  errorOf,
  leaveOutAltair,
  logIn,
  logInForm,
  logOutButton,
  viewerOf,
} from '../support/log-in-form.ts';
import { useGatehouse } from '../support/process.ts';
import { userPassword } from '../support/test-server.ts';
import { startTwoNodes } from '../support/two-nodes.ts';

const chromium = findChromium(process.env.CHROMIUM_PATH);
const isPossible = chromium !== undefined && process.env.TEST_DATABASE_URL !== undefined;

describe.skipIf(!isPossible)('two nodes (need Chromium, and TEST_DATABASE_URL)', () => {
  const gatehouse = useGatehouse();
  let browser: TestBrowser;
  beforeAll(async () => {
    browser = await launchChromium(chromium ?? '');
  });
  afterAll(() => browser.close());

  async function newContext(): Promise<BrowserContext> {
    const context = await browser.newContext();
    await leaveOutAltair(context);
    onTestFinished(() => context.close());
    return context;
  }

  const openPage = async (context: BrowserContext, url: string) => {
    const page = await context.newPage();
    await page.goto(`${url}/graphql`, { waitUntil: 'domcontentloaded' });
    return page;
  };

  const reasonOf = (page: Page) =>
    page.evaluate(async () => {
      const headers = { 'content-type': 'application/json' };
      const body = JSON.stringify({ query: '{ me { username } }' });
      const response = await fetch('/graphql', { method: 'POST', headers, body });
      const { errors = [] } = await response.json();
      return errors[0]?.extensions.reason ?? response.status;
    });

  /** Two nodes, an ADMIN's token, and a user. */
  async function start() {
    const { urls, username, password } = await startTwoNodes(gatehouse);
    const [first = '', second = ''] = urls;
    const login = await ask(
      `${first}/graphql`,
      `mutation { login(username: "${username}", password: "${password}") { accessToken } }`,
    );
    const token: string = login.data.login.accessToken;
    const created = await ask(
      `${first}/graphql`,
      `mutation { createUser(input: { username: "sam", password: "${userPassword}" }) { id } }`,
      { token },
    );
    return { first, second, token, id: created.data.createUser.id };
  }

  it('share a log-in, and end it at the next request after a log-out on the other, or after the user was disabled', async () => {
    const { first, second, token, id } = await start();
    const context = await newContext();
    const page = await openPage(context, first);
    await logIn(page, 'sam');
    const onSecond = await openPage(context, second); // a cookie is for all ports of a host
    await viewerOf(onSecond).getByText('sam').waitFor();

    // Another browser with a copy of the cookie, which the log-out cannot expire.
    const copy = await newContext();
    await copy.addCookies(await context.cookies());
    const copied = await openPage(copy, second);
    await viewerOf(copied).getByText('sam').waitFor();

    await logOutButton(page).click();
    await logInForm(page).waitFor();
    expect(await reasonOf(copied)).toBe('TOKEN_REVOKED');
    expect(await reasonOf(onSecond)).toBe('TOKEN_MISSING');

    const again = await openPage(await newContext(), second);
    await logIn(again, 'sam');
    expect(await reasonOf(again)).toBe(200);

    const disable = `mutation { disableUser(id: "${id}") { id } }`;
    expect((await ask(`${first}/graphql`, disable, { token })).status).toBe(200);
    expect(await reasonOf(again)).toBe('TOKEN_REVOKED');
    await again.reload({ waitUntil: 'domcontentloaded' });
    await errorOf(again).getByText('The session has ended.').waitFor();
  });
});
