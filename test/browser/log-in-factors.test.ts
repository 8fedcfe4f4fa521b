import { join } from 'node:path';
import type { BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { seriousFindings } from '../support/axe.ts';
import { findChromium, launchChromium, type TestBrowser } from '../support/browser.ts';
import { passkeyScript, plugInAuthenticator } from '../support/browser-passkeys.ts';
import { codeOf, createFactorsClient, startFactorsServer } from '../support/factors-server.ts';
import {
  errorOf,
  leaveOutAltair,
  logInForm,
  logOutButton,
  submitLogIn,
  viewerOf,
} from '../support/log-in-form.ts';
import { repository } from '../support/process.ts';
import { freePort } from '../support/proxy.ts';
import { isWhole } from '../support/sample.ts';
import type { TestServer, TestUser } from '../support/test-server.ts';

const chromium = findChromium(process.env.CHROMIUM_PATH);
let nowMs = Date.parse('2026-05-01T12:00:00Z');
const now = () => new Date(nowMs);

describe.skipIf(chromium === undefined)(
  'the log-in form of a user with a second factor (needs Chromium: set CHROMIUM_PATH)',
  () => {
    let server: TestServer;
    let client: ReturnType<typeof createFactorsClient>;
    let browser: TestBrowser;
    let context: BrowserContext;
    let page: Page;
    let user: TestUser;
    let origin = '';

    beforeAll(async () => {
      const port = await freePort();
      origin = `http://localhost:${port}`;
      server = await startFactorsServer({
        now,
        options: { groups: { AUDITOR: 2 }, graceDays: 0 },
        environment: { PORT: String(port), PASSKEY_RP_ID: 'localhost', PASSKEY_ORIGINS: origin },
      });
      client = createFactorsClient(server, now);
      browser = await launchChromium(chromium ?? '');
    });
    afterAll(async () => {
      await browser.close();
      await server.stop();
    });
    beforeEach(async () => {
      user = await server.aUser('STAFF');
      context = await browser.newContext();
      await leaveOutAltair(context);
      page = await context.newPage();
      await page.goto(`${origin}/graphql`, { waitUntil: 'domcontentloaded' });
    });
    afterEach(() => context.close());

    const factorForm = () => page.getByRole('form', { name: 'Second factor' });
    const codeField = () => factorForm().getByLabel('Code of your app, or a recovery code');
    const enter = async (code: string) => {
      await codeField().fill(code);
      await codeField().press('Enter');
    };
    const laterCode = (secret: string) => {
      nowMs += 60_000;
      return codeOf(secret, now());
    };

    it('asks for a code, says when it is wrong, and logs in with the right one', async () => {
      const { secret } = await client.addApp(user);
      await submitLogIn(page, user.username);
      await expect.poll(() => page.evaluate('document.activeElement.name')).toBe('code');
      expect(await logInForm(page).isVisible()).toBe(false);
      expect(await factorForm().getByRole('button', { name: 'Use a passkey' }).isVisible()).toBe(
        false,
      );
      // The page around the form is Altair's.
      const findings = await seriousFindings(page);
      expect(findings.filter((each) => !each.startsWith('html-'))).toEqual([]);
      await page.screenshot({ path: join(repository, 'reports', 'playground-second-factor.png') });
      await enter('000000');
      await errorOf(page).getByText('The code or the passkey is wrong.').waitFor();
      await enter(laterCode(secret));
      await viewerOf(page).getByText(user.username).waitFor();
      expect(await factorForm().isVisible()).toBe(false);
      await logOutButton(page).click();
      await logInForm(page).waitFor();
    });

    it.runIf(isWhole)('accepts a recovery code, and goes back to the password', async () => {
      const { recoveryCodes } = await client.addApp(user);
      await submitLogIn(page, user.username);
      await factorForm().getByRole('button', { name: 'Cancel' }).click();
      await logInForm(page).waitFor();
      await submitLogIn(page, user.username);
      await enter(recoveryCodes[0] ?? '');
      await viewerOf(page).getByText(user.username).waitFor();
    });

    it.runIf(isWhole)('begins again when the challenge has ended', async () => {
      const { secret } = await client.addApp(user);
      await submitLogIn(page, user.username);
      await factorForm().waitFor();
      nowMs += 5 * 60_000;
      await enter(codeOf(secret, now()));
      await errorOf(page).getByText('This login took too long. Log in again.').waitFor();
      await logInForm(page).waitFor();
    });

    it('says why a group is paused, and what to do', async () => {
      const auditor = await server.aUser('AUDITOR');
      await submitLogIn(page, auditor.username);
      await viewerOf(page)
        .getByText('AUDITOR is paused: the time to add a second factor ended on')
        .waitFor();
      const findings = await seriousFindings(page);
      expect(findings.filter((each) => !each.startsWith('html-'))).toEqual([]);
    });

    it('uses a passkey', async () => {
      await plugInAuthenticator(page);
      await submitLogIn(page, user.username);
      await viewerOf(page).getByText(user.username).waitFor();
      await page.evaluate(passkeyScript);
      const added = await page.evaluate(`addPasskey('Laptop')`);
      expect(added).toMatchObject({ data: { addPasskey: { factor: {} } } });
      await logOutButton(page).click();
      await submitLogIn(page, user.username);
      // With a passkey alone, a recovery code is for those who have lost it.
      await expect
        .poll(() => page.evaluate('document.activeElement.textContent'))
        .toBe('Use a passkey');
      await page.keyboard.press('Enter');
      await viewerOf(page).getByText(user.username).waitFor();
      await logOutButton(page).click();
      await page.getByRole('button', { name: 'Log in with a passkey' }).click();
      await viewerOf(page).getByText(user.username).waitFor();
    });
  },
);
