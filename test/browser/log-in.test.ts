import type { BrowserContext, Page, Response } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { findChromium, launchChromium, type TestBrowser } from '../support/browser.ts';
import {
  errorOf,
  leaveOutAltair,
  logIn,
  logInForm,
  logOutButton,
  submitLogIn,
  viewerOf,
} from '../support/log-in-form.ts';
import { isWhole } from '../support/sample.ts';
import {
  startTestServer,
  type TestServer,
  type TestUser,
  userPassword,
} from '../support/test-server.ts';

const chromium = findChromium(process.env.CHROMIUM_PATH);
const minuteMs = 60 * 1000;
/** No other test logs one user in as often. */
const attempts = 8;

describe.skipIf(chromium === undefined)(
  'the log-in form (needs Chromium: set CHROMIUM_PATH)',
  () => {
    let server: TestServer;
    let user: TestUser;
    let browser: TestBrowser;
    let context: BrowserContext;
    let clockOffsetMs = 0;

    beforeAll(async () => {
      server = await startTestServer({
        now: () => new Date(Date.now() + clockOffsetMs),
        environment: { LOGIN_ATTEMPTS_PER_ACCOUNT: `${attempts}` },
      });
      browser = await launchChromium(chromium ?? '');
    });
    afterAll(async () => {
      await browser.close();
      await server.stop();
    });
    beforeEach(async () => {
      clockOffsetMs = 0;
      user = await server.aUser('MANAGER', 'STAFF');
      context = await browser.newContext();
      await leaveOutAltair(context);
    });
    afterEach(() => context.close());

    async function openPage(): Promise<Page> {
      const page = await context.newPage();
      await page.goto(`${server.url}/graphql`, { waitUntil: 'domcontentloaded' });
      return page;
    }

    const logInOnPage = async () => {
      const page = await openPage();
      await logIn(page, user.username);
      return page;
    };

    const sessionCookie = async () => {
      const [cookie, ...others] = await context.cookies();
      if (cookie === undefined || others.length > 0) throw new Error('There is not one cookie.');
      return cookie;
    };

    it('names the viewer with the groups, and moves the focus there', async () => {
      const page = await logInOnPage();
      const text = `Logged in as ${user.username} (MANAGER, STAFF)`;
      expect(await viewerOf(page).textContent()).toBe(text);
      expect(await logInForm(page).count()).toBe(0);
      expect(await page.getByRole('status').textContent()).toBe(text);
      expect(await viewerOf(page).evaluate((element) => element.matches(':focus'))).toBe(true);
      expect(await sessionCookie()).toMatchObject({
        httpOnly: true,
        sameSite: 'Strict',
        path: '/',
      });
    });

    it('can be used with the keyboard alone', async () => {
      const page = await openPage();
      await logInForm(page).getByLabel('Username').focus();
      await page.keyboard.type(user.username);
      await page.keyboard.press('Tab');
      await page.keyboard.type(userPassword);
      await page.keyboard.press('Enter');
      await viewerOf(page).getByText(user.username).waitFor();
      await page.keyboard.press('Tab');
      await page.keyboard.press('Enter');
      await logInForm(page).waitFor();
      const username = logInForm(page).getByLabel('Username');
      expect(await username.evaluate((element) => element.matches(':focus'))).toBe(true);
    });

    it('leads to the console', async () => {
      await context.unrouteAll(); // with Altair, which opens links itself
      const page = await logInOnPage();
      const opened = context.waitForEvent('page');
      await page.getByRole('link', { name: 'Console' }).click();
      const other = await opened;
      await other.waitForURL('**/console/');
      await other.getByRole('heading', { level: 1 }).waitFor();
    });

    it('keeps the log-in over a reload, in a new tab, and for 30 minutes', async () => {
      const page = await logInOnPage();
      const tab = await openPage();
      await viewerOf(tab).getByText(user.username).waitFor();

      for (const minutes of [11, 30]) {
        clockOffsetMs = minutes * minuteMs;
        const { reason } = await server.ask('{ me { id } }', { token: user.accessToken });
        expect(reason, 'an access token').toBe('TOKEN_EXPIRED');
        await page.reload({ waitUntil: 'domcontentloaded' });
        await viewerOf(page).getByText(user.username).waitFor();
      }
    });

    it('leaves no credential where a script could read it', async () => {
      await context.unrouteAll(); // with Altair
      const bodies: Promise<string>[] = [];
      const collectBody = (response: Response) => {
        const isText = /json|javascript|html|css/.test(response.headers()['content-type'] ?? '');
        if (isText && response.ok()) bodies.push(response.text());
      };
      context.on('response', collectBody);
      const page = await openPage();
      await page.waitForLoadState('networkidle');
      await logIn(page, user.username);
      await page.waitForLoadState('networkidle');
      context.off('response', collectBody);
      const { value } = await sessionCookie();

      const readable = await page.evaluate(() => {
        const fields = [...document.querySelectorAll('input, textarea')];
        return JSON.stringify([
          document.cookie,
          { ...localStorage },
          { ...sessionStorage },
          document.documentElement.outerHTML,
          fields.map((field) => 'value' in field && field.value),
        ]);
      });
      const stored = JSON.stringify((await context.storageState({ indexedDB: true })).origins);
      const received = await Promise.all(bodies);
      // Of the server: the page, its scripts, and who is logged in.
      expect(received.filter((body) => body.includes(user.username))).not.toEqual([]);
      expect(received.filter((body) => body.includes('startSession'))).not.toEqual([]);
      expect(stored).toContain('AltairDB');
      for (const text of [readable, stored, ...received]) {
        expect(text.includes(value) || text.includes(userPassword)).toBe(false);
      }
    });

    it('follows a log-in and a log-out of another tab', async () => {
      const first = await openPage();
      const second = await openPage();
      await Promise.all([first, second].map((page) => logInForm(page).waitFor()));
      await logIn(first, user.username);
      await viewerOf(second).getByText(user.username).waitFor();

      await logOutButton(first).click();
      await Promise.all([first, second].map((page) => logInForm(page).waitFor()));
      expect(await context.cookies()).toEqual([]);
    });

    it.runIf(isWhole)('says that the session has ended when it was ended elsewhere', async () => {
      const page = await logInOnPage();
      await server.ask('mutation { logoutEverywhere }', { token: user.accessToken });
      await page.reload({ waitUntil: 'domcontentloaded' });
      await errorOf(page).getByText('The session has ended. Log in again.').waitFor();
      await logIn(page, user.username);
      expect(await errorOf(page).textContent()).toBe('');
    });

    it('says what is wrong when the log-in is refused, and keeps the form', async () => {
      const page = await openPage();
      await submitLogIn(page, user.username, 'another-password');
      await errorOf(page).getByText('The username or the password is wrong.').waitFor();
      const password = logInForm(page).getByLabel('Password');
      expect(await password.getAttribute('aria-invalid')).toBe('true');
      expect(await password.evaluate((element) => element.matches(':focus'))).toBe(true);
      expect(await context.cookies()).toEqual([]);
    });

    it.runIf(isWhole)('says that the server cannot be reached when the network fails', async () => {
      const page = await openPage();
      await logInForm(page).waitFor();
      await context.setOffline(true);
      await submitLogIn(page, user.username);
      await errorOf(page).getByText('The server cannot be reached.').waitFor();
      await context.setOffline(false);
      await logIn(page, user.username);
    });

    it('says when to try again after too many attempts', async () => {
      const page = await openPage();
      for (let attempt = 1; attempt < attempts; attempt += 1) {
        await server.ask(
          'mutation { login(username: "sam", password: "another") { accessToken } }',
        );
      }
      await submitLogIn(page, 'sam', 'another-password');
      await errorOf(page).getByText('wrong').waitFor();
      await submitLogIn(page, 'sam', 'another-password');
      await errorOf(page)
        .getByText(/There were too many attempts. Try again in \d+ /)
        .waitFor();
    });

    it.runIf(isWhole)(
      'says that the browser rejected the cookie when the page is not secure',
      async () => {
        // As on another machine without TLS.
        const { port } = new URL(server.url);
        const page = await context.newPage();
        await page.goto(`http://gatehouse.test:${port}/graphql`, { waitUntil: 'domcontentloaded' });
        await submitLogIn(page, user.username);
        await errorOf(page).getByText('The browser rejected the session cookie.').waitFor();
      },
    );

    it('fits into a page that is 360 or 1280 pixels wide', async () => {
      const page = await openPage();
      await logInForm(page).waitFor();
      const overflow = () =>
        page.evaluate(
          () =>
            [
              document.documentElement,
              ...document.querySelectorAll('.gatehouse, .gatehouse *'),
            ].filter(
              ({ scrollWidth, clientWidth, tagName }) =>
                clientWidth > 1 && tagName !== 'INPUT' && scrollWidth > clientWidth,
            ).length,
        );
      const check = async () => {
        for (const width of [360, 1280]) {
          await page.setViewportSize({ width, height: 740 });
          expect(await overflow(), `${width}`).toBe(0);
        }
      };
      await check();
      await logIn(page, user.username);
      await check();
    });
  },
);
