import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { seriousFindings } from '../support/axe.ts';
import { findChromium } from '../support/browser.ts';
import { controlsOf, openPage } from '../support/click-everything.ts';
import { isWhole, sampleOf } from '../support/sample.ts';
import { userPassword } from '../support/test-server.ts';
import {
  logIn,
  logInHeading,
  logOutButton,
  startWebBrowser,
  type WebBrowser,
} from '../support/web-browser.ts';
import { startWebExample } from '../support/web-example.ts';

const chromium = findChromium(process.env.CHROMIUM_PATH);

describe.skipIf(chromium === undefined)('examples/web (needs Chromium: set CHROMIUM_PATH)', () => {
  let web: WebBrowser;
  beforeAll(async () => {
    web = await startWebBrowser(startWebExample, chromium);
  });
  afterAll(() => web.stop());

  it('stays logged in over a reload and in a new tab, and all tabs follow', async () => {
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
    await tab.getByRole('link', { name: 'Your sessions' }).click();
    await tab.getByRole('button', { name: 'Log out everywhere' }).click();
    await logInHeading(page).waitFor();
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

  it('takes the controls away from an ADMIN who leaves the group', async () => {
    const { username } = await web.server.aUser('ADMIN', 'STAFF');
    const { context, page, traffic } = await web.openAs(username);
    await page.getByRole('link', { name: 'Users' }).click();
    await page.getByLabel('Name', { exact: true }).fill(username);
    await page.getByRole('button', { name: 'Search' }).click();
    await page.getByRole('button', { name: `Revoke ADMIN from ${username}` }).click();
    await page.getByText('Only some groups may list users.').waitFor();
    await logOutButton(page).waitFor();
    await traffic.settle();
    const names = (await controlsOf(page)).map(({ name }) => name);
    expect(names).toEqual(['Rooms', 'Your account', 'Your sessions', 'Second factors', 'Log out']);
    expect(traffic.refusals).toEqual([]);
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
    await page.getByRole('alert').getByText('The user name or the password is wrong.').waitFor();
    await page.keyboard.press('ControlOrMeta+A');
    await page.keyboard.type(userPassword);
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Rooms' }).and(page.locator(':focus')).waitFor();
    await context.close();
  });

  it.runIf(isWhole)('keeps the focus near a control that removes itself', async () => {
    const [admin, staff] = [await web.server.aUser('ADMIN'), await web.server.aUser('STAFF')];
    const { context, page } = await web.openAs(admin.username);
    await page.getByRole('link', { name: 'Your sessions' }).click();
    await page.getByRole('button', { name: 'End the session' }).press('Enter');
    await page.getByRole('list', { name: 'Sessions' }).and(page.locator(':focus')).waitFor();
    await page.getByRole('link', { name: 'Users' }).click();
    await page.getByLabel('Name', { exact: true }).fill(staff.username);
    await page.getByRole('button', { name: 'Search' }).press('Enter');
    await page.getByRole('button', { name: 'Revoke STAFF' }).press('Enter');
    const row = page.getByRole('listitem').filter({ hasText: staff.username });
    await row.and(page.locator(':focus')).waitFor();
    expect(await page.getByRole('button', { name: 'Revoke STAFF' }).count()).toBe(0);
    await context.close();
  });

  it.each(sampleOf(['light', 'dark'] as const))(
    'has no serious finding of axe-core, and fits into 360 px: %s',
    async (colorScheme) => {
      const { username } = await web.server.aUser('ADMIN', 'MANAGER');
      const { context, page, traffic } = await web.openBrowser();
      await page.emulateMedia({ colorScheme });
      const check = async (path: string) => {
        expect(await seriousFindings(page), path).toEqual([]);
        expect(await page.evaluate('document.documentElement.scrollWidth'), path).toBe(360);
      };
      await check('log-in');
      await logIn(page, username);
      // The second and third room look like the first.
      for (const path of sampleOf(web.paths, (_path, index) => index !== 2 && index !== 3)) {
        await openPage({ page, traffic, url: `${web.url}${path}` });
        await check(path);
      }
      await context.close();
    },
  );

  it.runIf(isWhole)('continues its lists page by page', async () => {
    const names = Array.from({ length: 20 }, (_, index) => `Cell ${index}`);
    const data = names.map((name) => ({ name, floor: 3, groups: ['STAFF'] }));
    await web.server.rooms.room.createMany({ data });
    for (let count = 0; count < 10; count += 1) await web.server.aUser('STAFF');
    const { username } = await web.server.aUser('MANAGER');
    const { context, page } = await web.openAs(username);
    await page.getByRole('button', { name: 'More rooms' }).click();
    await page.getByRole('link', { name: 'Cell 19' }).waitFor();
    expect(await page.getByRole('link', { name: /^Cell|^Lobby$/ }).count()).toBe(21);
    await page.getByRole('link', { name: 'Users' }).click();
    await page.getByRole('button', { name: 'More users' }).click();
    await expect.poll(() => page.getByRole('listitem').count()).toBeGreaterThan(20);
    await context.close();
  });
});
