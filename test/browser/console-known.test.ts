import { describe, expect, it, onTestFinished } from 'vitest';
import { findChromium } from '../support/browser.ts';
import { startConsoleBrowser } from '../support/console-browser.ts';
import { makeOperationsFolder } from '../support/known-operations.ts';

const chromium = findChromium(process.env.CHROMIUM_PATH);

describe.skipIf(chromium === undefined)('the console (needs Chromium)', () => {
  it('works on a server that runs known operations alone', async () => {
    const folder = await makeOperationsFolder();
    onTestFinished(() => folder.remove());
    const environment = { OPERATIONS: 'known', OPERATIONS_PATH: folder.directory };
    const console = await startConsoleBrowser(chromium ?? '', {}, { environment });
    onTestFinished(() => console.stop());
    const { page, traffic } = await console.open('#/people', ['ADMIN', 'AUDITOR'], {
      byForm: true,
    });
    const pages = await page
      .getByRole('navigation', { name: 'Pages' })
      .getByRole('link')
      .allTextContents()
      .then((texts) => texts.map((text) => text.replace(/\d+ found$/, '')));
    expect(pages).toEqual([
      'Overview',
      'Users',
      'Groups',
      'API clients',
      'Log',
      'Access',
      'Health',
    ]);
    for (const name of pages) {
      await page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name }).click();
      await traffic.settle();
      await page.getByRole('heading', { level: 1, name }).waitFor();
      expect(await page.getByRole('alert').allTextContents(), name).toEqual([]);
      // There is no API client yet, and the overview has a list.
      const rows = ['API clients', 'Overview'].includes(name) ? 0 : 2;
      expect(await page.getByRole('row').count(), name).toBeGreaterThanOrEqual(rows);
    }
    expect(traffic.refusals).toEqual([]);
  });
});
