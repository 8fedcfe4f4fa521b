import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findChromium } from '../support/browser.ts';
import { type ConsoleBrowser, startConsoleBrowser } from '../support/console-browser.ts';
import { checkConsolePage } from '../support/console-check.ts';
import { button, visit } from '../support/console-people.ts';

const chromium = findChromium(process.env.CHROMIUM_PATH);

describe.skipIf(chromium === undefined)('the console (needs Chromium: set CHROMIUM_PATH)', () => {
  let console: ConsoleBrowser;
  beforeAll(async () => {
    console = await startConsoleBrowser(chromium ?? '');
  });
  afterAll(() => console.stop());

  it('says that the server cannot be reached when the browser is offline, and goes on later', async () => {
    const { page, context } = await console.open('#/people', ['ADMIN', 'AUDITOR']);
    await context.setOffline(true);
    await page.getByRole('link', { name: 'API clients' }).click();
    await page.getByRole('alert').getByText('The server cannot be reached').waitFor();
    await context.setOffline(false);
    await button(page, 'Try again').click();
    await page.getByText('There are no API clients.').waitFor();
    await context.close();
  });

  it('shows the page when what is withheld from the viewer cannot be read', async () => {
    const { page, context } = await console.open('#/groups', ['ADMIN', 'AUDITOR']);
    let failures = 0;
    await page.route(/graphql$/, (route) => {
      const isDecision = route.request().headers().prefer !== undefined;
      const isRead = route.request().postData()?.includes('query Withheld') && !isDecision;
      if (!isRead) return route.continue();
      failures += 1;
      return route.abort();
    });
    await page.reload();
    await page.getByRole('heading', { name: 'Groups' }).waitFor();
    await page.getByRole('rowheader', { name: 'STAFF' }).waitFor();
    expect(failures).toBeLessThan(10);
    await context.close();
  });

  it('offers to load itself again when a server of another version has no file of its name', async () => {
    const { page, context } = await console.open('#/people', ['ADMIN', 'AUDITOR']);
    await page.route(/assets\/console-.*\.js$/, (route) => route.fulfill({ status: 404 }));
    await page.reload();
    await page.getByRole('alert').getByText('The console cannot be loaded.').waitFor();
    await page.unroute(/assets\/console-.*\.js$/);
    await button(page, 'Load it again').click();
    await page.getByRole('heading', { name: 'Users' }).waitFor();
    await context.close();
  });

  it('says when an answer takes longer than usual', async () => {
    const { page, context } = await console.open('#/people', ['ADMIN', 'AUDITOR']);
    await page.clock.install();
    await page.route(/graphql$/, () => undefined);
    await page.getByRole('link', { name: 'Groups' }).click();
    await page.getByRole('status').getByText('Loading').waitFor();
    await page.clock.fastForward(8_000);
    await page.getByText('This takes longer than usual.').waitFor();
    await context.close();
  });

  it('says that there is no such page, with a link that leads on', async () => {
    const opened = await console.open('#/nowhere', ['ADMIN', 'AUDITOR']);
    const { page, context } = opened;
    for (const hash of [
      '#/nowhere',
      '#/people/01890000-0000-7000-8000-000000000000/nope',
      '#/groups/STAFF/nope',
      '#/access/nope',
      '#/health/nope',
    ]) {
      await visit(opened, hash);
      await page.getByRole('heading', { name: 'No such page' }).waitFor();
      await page.getByText(`There is no page ${hash}.`).waitFor();
      if (hash === '#/nowhere') await checkConsolePage(page, 'not-found');
      await page.getByRole('main').getByRole('link', { name: 'Overview' }).click();
      await page.getByRole('heading', { name: 'Overview' }).waitFor();
    }
    await context.close();
  });

  it('distinguishes a page that a viewer may not use from one that there is not', async () => {
    const opened = await console.open('#/log', ['STAFF']);
    const { page, context } = opened;
    await page.getByText('Your groups may not use this page.').waitFor();
    await visit(opened, '#/access/matrix');
    await page.getByText('Your groups may not use this page.').waitFor();
    await visit(opened, '#/');
    await page.getByRole('heading', { name: 'My account' }).waitFor();
    expect(opened.traffic.refusals).toEqual([]);
    await context.close();
  });
});
