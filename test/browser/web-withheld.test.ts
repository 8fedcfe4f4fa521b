import { factors } from '@graphql-gatehouse/factors';
import { mail } from '@graphql-gatehouse/mail';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findChromium } from '../support/browser.ts';
import { codeOf } from '../support/factors-server.ts';
import { userPassword } from '../support/test-server.ts';
import { startWebBrowser, type WebBrowser } from '../support/web-browser.ts';
import { checkPage } from '../support/web-check.ts';
import { startWebExample } from '../support/web-example.ts';

const chromium = findChromium(process.env.CHROMIUM_PATH);

describe.skipIf(chromium === undefined)('withheld groups in examples/web (needs Chromium)', () => {
  let web: WebBrowser;
  beforeAll(async () => {
    const packages = [
      factors({ groups: { AUDITOR: 2 }, graceDays: 0 }),
      mail({ signUp: true }),
    ] as const;
    web = await startWebBrowser(() => startWebExample(packages), chromium);
  });
  afterAll(() => web.stop());

  it('are named with what to do, until the session has proved the factor that was added', async () => {
    const { id, username } = await web.server.aUser('AUDITOR');
    const { context, page, traffic } = await web.openAs(username);
    const notice = page.getByRole('status').filter({ hasText: 'AUDITOR' });
    await notice.getByText('the time to add one ended').waitFor();
    await checkPage(page, 'withheld-closed');
    await page.getByRole('link', { name: 'Second factors' }).click();
    await page.getByText('You have none yet.').waitFor();
    expect(await page.getByRole('button', { name: /^Add/ }).count()).toBe(0);

    const open = 'mutation ($id: ID!) { openEnrolment(userId: $id) }';
    const { accessToken: token } = web.server.admin;
    expect((await web.server.ask(open, { token, variables: { id } })).status).toBe(200);
    await page.goto(`${web.url}/#/rooms`);
    await page.reload();
    await notice.getByRole('link', { name: 'Add a second factor' }).click();
    await page.getByRole('button', { name: 'Add an authenticator app' }).click();
    const dialog = page.getByRole('dialog', { name: 'Is it still you?' });
    const confirm = async (label: string, value: string) => {
      await dialog.getByLabel(label).fill(value);
      await page.keyboard.press('Enter');
    };
    await confirm('Password', userPassword);
    const secret = (await page.locator('.panel code').textContent()) ?? '';
    await page.getByLabel('Code of your authenticator app').fill(codeOf(secret, new Date()));
    await page.getByRole('button', { name: 'Add the app' }).click();
    await page.getByRole('button', { name: 'I have kept them' }).click();

    await page.getByRole('button', { name: 'Prove it' }).click();
    await confirm('Password', userPassword);
    // The code that was used does not work again. The next one does already.
    await confirm('Code of your authenticator app', codeOf(secret, new Date(Date.now() + 30_000)));
    await page.getByRole('link', { name: 'Users' }).waitFor();
    expect(await notice.count()).toBe(0);
    await traffic.settle();
    expect(traffic.refusals.filter((each) => !each.includes('FACTOR_REQUIRED'))).toEqual([]);
    await context.close();
  });
});
