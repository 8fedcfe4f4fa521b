import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findChromium } from '../support/browser.ts';
import { passkeyScript, plugInAuthenticator } from '../support/browser-passkeys.ts';
import { clickEverything, controlsOf, openPage } from '../support/click-everything.ts';
import { codeOf, createFactorsClient } from '../support/factors-server.ts';
import { isWhole, sampleOf } from '../support/sample.ts';
import { userPassword } from '../support/test-server.ts';
import {
  logIn,
  logInHeading,
  logOutButton,
  startWebBrowser,
  type WebBrowser,
} from '../support/web-browser.ts';
import { checkPage } from '../support/web-check.ts';
import { startWebExample } from '../support/web-example.ts';
import { submitLogIn } from '../support/web-mail.ts';

const chromium = findChromium(process.env.CHROMIUM_PATH);

const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true });

describe.skipIf(chromium === undefined)('the log-in of examples/web (needs Chromium)', () => {
  let web: WebBrowser;
  beforeAll(async () => {
    web = await startWebBrowser(startWebExample, chromium);
  });
  afterAll(() => web.stop());

  it('asks for a code of an app or a recovery code when one is due, and logs out', async () => {
    const user = await web.server.aUser('STAFF');
    const factors = createFactorsClient(web.server, () => new Date());
    const { recoveryCodes, secret } = await factors.addApp(user);
    const { context, page } = await web.openBrowser();
    await submitLogIn(page, user.username);
    await page.getByRole('heading', { name: 'Second factor' }).waitFor();
    await page.getByLabel('Code of your authenticator app').fill('000000');
    await page.keyboard.press('Enter');
    await page.getByText('This is not right. Try again.').waitFor();
    await checkPage(page, 'log-in-code');
    const later = new Date(Date.now() + 30_000);
    await page.getByLabel('Code of your authenticator app').fill(codeOf(secret, later));
    await page.keyboard.press('Enter');
    await logOutButton(page).click();

    await submitLogIn(page, user.username);
    await button(page, 'Use a recovery code').click();
    await page.keyboard.type(recoveryCodes[0] ?? '');
    await page.keyboard.press('Enter');
    await logOutButton(page).click();
    await logInHeading(page).waitFor();
    await context.close();
  });

  it('uses a passkey, which the browser offers in the field for the username', async () => {
    const { username } = await web.server.aUser('STAFF');
    const { context, page } = await web.openAs(username);
    await plugInAuthenticator(page);
    await page.evaluate(passkeyScript);
    await page.evaluate(`addPasskey('Laptop')`);
    await logOutButton(page).click();
    // The virtual authenticator answers at once, so that the field for the username logs in without a click.
    await logOutButton(page).waitFor();
    await context.close();
  });

  it.runIf(isWhole)('uses a key, which browsers offer in a dialog alone', async () => {
    const { username } = await web.server.aUser('STAFF');
    const { context, page } = await web.openAs(username);
    await plugInAuthenticator(page, 'usb');
    await page.evaluate(passkeyScript);
    await page.evaluate(`addPasskey('Key ring')`);
    await logOutButton(page).click();
    await button(page, 'Log in with a passkey').click();
    await logOutButton(page).waitFor();
    await context.close();
  });

  it('explains a wrong password, and can be used by keyboard alone', async () => {
    const { username } = await web.server.aUser('STAFF');
    const { context, page } = await web.openBrowser();
    await page.keyboard.press('Tab');
    await page.keyboard.type(username);
    await page.keyboard.press('Tab');
    await page.keyboard.type('not the password');
    await page.keyboard.press('Enter');
    await page.getByRole('alert').getByText('The username or the password is wrong.').waitFor();
    await page.keyboard.press('ControlOrMeta+A');
    await page.keyboard.type(userPassword);
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Rooms' }).and(page.locator(':focus')).waitFor();
    await context.close();
  });

  it('lasts over a reload and in a new tab, and all tabs follow', async () => {
    const { username } = await web.server.aUser('STAFF');
    const { context, page } = await web.openAs(username);
    await page.reload();
    await logOutButton(page).waitFor();
    const tab = await context.newPage();
    await tab.goto(web.url);
    await logOutButton(tab).click();
    await logInHeading(page).waitFor();
    await logIn(tab, username);
    await logOutButton(page).waitFor();
    await context.close();
  });

  it('offers to try again when the API does not answer', async () => {
    const { context, page } = await web.openBrowser();
    await page.route('**/graphql', (route) => route.abort());
    await page.reload();
    const tryAgain = page.getByRole('button', { name: 'Try again' });
    await tryAgain.click();
    await page.getByRole('alert').waitFor();
    await page.unroute('**/graphql');
    await tryAgain.click();
    await logInHeading(page).waitFor();
    await context.close();
  });

  it('is all that an anonymous viewer sees, whatever the address', async () => {
    const { context, page, traffic } = await web.openBrowser();
    const form = [
      'Username',
      'Password',
      'Log in',
      'Log in with a passkey',
      'Forgotten password?',
      'Create an account',
    ];
    expect(await clickEverything({ page, traffic, url: `${web.url}/` })).toEqual(form);
    for (const path of sampleOf(web.paths)) {
      await openPage({ page, traffic, url: `${web.url}${path}` });
      expect((await controlsOf(page)).map(({ name }) => name)).toEqual(form);
    }
    // The name and the password that were typed are wrong.
    const refused = traffic.refusals.filter((refusal) => !refusal.includes('BAD_CREDENTIALS'));
    expect(refused).toEqual([]);
    await context.close();
  });
});

describe.skipIf(chromium === undefined)('examples/web without packages (needs Chromium)', () => {
  let web: WebBrowser;
  beforeAll(async () => {
    web = await startWebBrowser(() => startWebExample({ packages: [] }), chromium);
  });
  afterAll(() => web.stop());

  it('works for an ADMIN, who is refused nothing', async () => {
    const { username } = await web.server.aUser('ADMIN', 'MANAGER');
    const { context, page, traffic } = await web.openBrowser();
    await logIn(page, username);
    const names = new Set<string>();
    for (const path of web.paths) {
      await openPage({ page, traffic, url: `${web.url}${path}` });
      for (const { name } of await controlsOf(page)) names.add(name);
    }
    const rooms = ['Archive', 'Lobby', 'Server room'];
    const controls = ['Enter', 'Log out', 'Rooms', 'Show the access code'];
    expect([...names].sort()).toEqual([...rooms, ...controls].sort());
    await logOutButton(page).click();
    await logInHeading(page).waitFor();
    await traffic.settle();
    expect(traffic.refusals).toEqual([]);
    // The API has no providers: the pages ask whether it has, and nothing about them.
    const asked = traffic.answers.filter(({ name }) => /Provider|QueryFields/.test(name));
    expect(new Set(asked.map(({ name, status }) => `${status} ${name}`))).toEqual(
      new Set(['200 QueryFields']),
    );
    await context.close();
  });
});
