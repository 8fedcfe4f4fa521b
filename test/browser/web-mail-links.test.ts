import type { BrowserContext, Page, Request } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { findChromium } from '../support/browser.ts';
import { isWhole } from '../support/sample.ts';
import { startWebBrowser, type WebBrowser } from '../support/web-browser.ts';
import { checkPage, takePicture } from '../support/web-check.ts';
import { startWebDevelopment, startWebExample } from '../support/web-example.ts';
import {
  createWebMail,
  followLink,
  linkOf,
  newPassword,
  tokenIn,
  type WebMail,
} from '../support/web-mail.ts';

const chromium = findChromium(process.env.CHROMIUM_PATH);

const heading = (page: Page, name: string) => page.getByRole('heading', { name, exact: true });

/** Returns what each request shows to others than its receiver, and to logs: not its body. */
const shownBy = async (request: Request): Promise<string> =>
  `${request.method()} ${request.url()} ${JSON.stringify(await request.allHeaders())}`;

const navigation = z.object({
  entries: z.array(z.object({ url: z.string(), title: z.string() })),
});

/** Returns the addresses of the tab's history, as the browser has them. */
async function historyOf(context: BrowserContext, page: Page): Promise<readonly string[]> {
  const session = await context.newCDPSession(page);
  const { entries } = navigation.parse(await session.send('Page.getNavigationHistory'));
  await session.detach();
  return entries.map(({ url }) => url);
}

/** All that a page keeps where its scripts, another page or a later visit can read it. */
const kept = `(async () => JSON.stringify({
  location: location.href,
  referrer: document.referrer,
  state: history.state,
  name: window.name,
  local: { ...localStorage },
  session: { ...sessionStorage },
  databases: await indexedDB.databases(),
  caches: await caches.keys(),
  cookie: document.cookie,
  document: document.documentElement.outerHTML,
  globals: Object.getOwnPropertyNames(window).map((name) => {
    const value = Object.getOwnPropertyDescriptor(window, name)?.value;
    return typeof value === 'string' ? name + value : name;
  }),
}))()`;

describe.skipIf(chromium === undefined)('links of mails in examples/web (needs Chromium)', () => {
  let web: WebBrowser;
  let mail: WebMail;
  beforeAll(async () => {
    web = await startWebBrowser(startWebExample, chromium);
    mail = createWebMail(web);
  });
  afterAll(() => web.stop());

  const isPost = (request: Request) => request.method() === 'POST';

  it('show their token to the server alone, in the body that spends it', async () => {
    const received = await mail.resetMail(await mail.aVerifiedUser('STAFF'));
    const token = tokenIn(linkOf(received));
    const { context, page, requests } = await mail.openEmpty();
    await followLink(page, received);
    await heading(page, 'Choose a new password').waitFor();
    expect(page.url()).toBe(`${web.url}/account.html?reset`);
    expect(await page.evaluate(kept)).not.toContain(token);
    expect(await page.evaluate(kept)).not.toContain('takeToken');
    expect(requests.filter(isPost)).toEqual([]);
    expect(await page.locator('meta[name=referrer]').getAttribute('content')).toBe('no-referrer');

    await page.getByLabel('New password').fill(newPassword);
    await page.keyboard.press('Enter');
    await heading(page, 'Your password is changed').waitFor();
    expect(await page.evaluate(kept)).not.toContain(token);
    await page.getByRole('link', { name: 'Log in with the new password' }).click();
    await heading(page, 'Log in').waitFor();
    expect(await page.evaluate(kept)).not.toContain(token);
    expect(await context.storageState().then(JSON.stringify)).not.toContain(token);
    expect((await historyOf(context, page)).join(' ')).not.toContain(token);

    for (const request of requests) {
      const shown = await shownBy(request);
      expect(shown).not.toContain(token);
      expect(shown).not.toMatch(/"referer"/i);
      expect(new URL(request.url()).origin).toMatch(new RegExp(`^(${web.url}|null)$`));
    }
    const withToken = requests.filter((request) => request.postData()?.includes(token));
    expect(withToken.map((request) => `${request.method()} ${request.url()}`)).toEqual([
      `POST ${web.url}/graphql`,
    ]);
    expect(web.server.logLines.join('\n')).not.toContain(token);
    await context.close();
  });

  it('lose their token before any other script or style of the page', async () => {
    const link = await mail.resetLink(await mail.aVerifiedUser('STAFF'));
    const { context, page } = await mail.openEmpty();
    await page.addInitScript(`
      const replaceState = history.replaceState.bind(history);
      history.replaceState = (...given) => {
        window.seen = [document.scripts.length, document.styleSheets.length, document.body === null];
        replaceState(...given);
      };
    `);
    await page.goto(link);
    await heading(page, 'Choose a new password').waitFor();
    expect(await page.evaluate('window.seen')).toEqual([1, 0, true]);
    await context.close();
  });

  it.runIf(isWhole)('do nothing in a browser without scripts, and say so', async () => {
    const link = await mail.resetLink(await mail.aVerifiedUser('STAFF'));
    const context = await web.newContext({ javaScriptEnabled: false });
    const page = await context.newPage();
    const requests: Request[] = [];
    page.on('request', (request) => requests.push(request));
    await page.goto(link);
    await heading(page, 'This page needs JavaScript').waitFor();
    const text = await page.getByRole('main').textContent();
    expect(text).toContain('The link of the mail was not used');
    await takePicture(page, 'without-scripts');
    expect(requests.filter(isPost)).toEqual([]);
    for (const request of requests) expect(await shownBy(request)).not.toContain(tokenIn(link));
    await context.close();

    const later = await mail.openEmpty();
    await later.page.goto(link);
    await later.page.getByLabel('New password').fill(newPassword);
    await later.page.keyboard.press('Enter');
    await heading(later.page, 'Your password is changed').waitFor();
    await later.context.close();
  });

  it('are not spent when they are opened, and work once', async () => {
    const link = await mail.resetLink(await mail.aVerifiedUser('STAFF'));
    const first = await mail.openEmpty();
    await first.page.goto(link);
    await heading(first.page, 'Choose a new password').waitFor();
    await first.context.close();

    const { context, page, traffic } = await mail.openEmpty();
    await page.goto(link);
    const other = await context.newPage();
    await other.goto(link);
    await page.getByLabel('New password').fill(newPassword);
    await page.keyboard.press('Enter');
    await heading(page, 'Your password is changed').waitFor();

    await other.getByLabel('New password').fill(`${newPassword}-2`);
    await other.keyboard.press('Enter');
    await heading(other, 'This link has ended').and(other.locator(':focus')).waitFor();
    await checkPage(other, 'ended');
    await other.getByRole('link', { name: 'request another link' }).click();
    await heading(other, 'Forgotten password').waitFor();
    await traffic.settle();
    expect(traffic.refusals).toEqual([]);
    await context.close();
  });

  it.runIf(isWhole)('are to be opened from the mail once more after a reload', async () => {
    const link = await mail.resetLink(await mail.aVerifiedUser('STAFF'));
    const { context, page } = await mail.openEmpty();
    await page.goto(link);
    await heading(page, 'Choose a new password').waitFor();
    await page.reload();
    await heading(page, 'Open the link of your mail').waitFor();
    await checkPage(page, 'without-token');
    await page.goto(link);
    await heading(page, 'Choose a new password').waitFor();
    await context.close();
  });

  it.runIf(isWhole)('replace another link that is open in the same tab', async () => {
    const user = await mail.aVerifiedUser('STAFF');
    const [earlier, link] = [await mail.resetLink(user), await mail.resetLink(user)];
    const { context, page, requests } = await mail.openEmpty();
    await page.goto(earlier);
    await heading(page, 'Choose a new password').waitFor();
    await page.goto(link);
    await expect.poll(() => page.url()).toBe(`${web.url}/account.html?reset`);
    await page.getByLabel('New password').fill(newPassword);
    await page.keyboard.press('Enter');
    await heading(page, 'Your password is changed').waitFor();
    const sent = requests.filter(isPost).map((request) => request.postData() ?? '');
    expect(sent.filter((body) => body.includes(tokenIn(link)))).toHaveLength(1);
    expect(sent.filter((body) => body.includes(tokenIn(earlier)))).toHaveLength(0);
    expect((await historyOf(context, page)).join(' ')).not.toContain('token');
    await context.close();
  });

  it.runIf(isWhole)('say that they have ended, and what to do, for each purpose', async () => {
    const actions = [
      ['verification', 'Confirm the address'],
      ['address', 'Confirm the new address'],
      ['undo', 'Restore the address'],
    ] as const;
    const { context, page, traffic } = await mail.openEmpty();
    for (const [purpose, action] of actions) {
      await page.goto(`${web.url}/account.html?${purpose}#token=${'A'.repeat(43)}`);
      await page.getByRole('button', { name: action }).click();
      await heading(page, 'This link has ended').waitFor();
      await checkPage(page, `ended-${purpose}`);
    }
    for (const purpose of ['invitation', 'sign-up']) {
      await page.goto(`${web.url}/account.html?${purpose}#token=${'A'.repeat(43)}`);
      await page.getByLabel('Username').fill('dana');
      await page.getByLabel('Password', { exact: true }).fill(newPassword);
      await page.keyboard.press('Enter');
      await heading(page, 'This link has ended').waitFor();
      await checkPage(page, `ended-${purpose}`);
    }
    await page.goto(`${web.url}/account.html?other#token=${'A'.repeat(43)}`);
    await heading(page, 'Open the link of your mail').waitFor();
    expect(traffic.refusals).toEqual([]);
    await context.close();
  });
});

describe.skipIf(chromium === undefined)('links of mails in development (needs Chromium)', () => {
  let web: WebBrowser;
  beforeAll(async () => {
    web = await startWebBrowser(startWebDevelopment, chromium);
  });
  afterAll(() => web.stop());

  it.runIf(isWhole)('lose their token and work with the pages that Vite serves', async () => {
    const mail = createWebMail(web);
    const link = await mail.resetLink(await mail.aVerifiedUser('STAFF'));
    const { context, page, requests } = await mail.openEmpty();
    await page.goto(link);
    await page.getByLabel('New password').fill(newPassword);
    expect(page.url()).toBe(`${web.url}/account.html?reset`);
    await page.keyboard.press('Enter');
    await heading(page, 'Your password is changed').waitFor();
    for (const request of requests) expect(await shownBy(request)).not.toContain(tokenIn(link));
    await context.close();
  });
});
