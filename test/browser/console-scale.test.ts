import { factors } from '@graphql-gatehouse/factors';
import { mail } from '@graphql-gatehouse/mail';
import { describe, expect, it, onTestFinished } from 'vitest';
import { findChromium } from '../support/browser.ts';
import { startConsoleBrowser } from '../support/console-browser.ts';
import { consolePackages } from '../support/console-example.ts';
import { observeLayoutShifts } from '../support/layout-shifts.ts';
import { sampleOf } from '../support/sample.ts';

const chromium = findChromium(process.env.CHROMIUM_PATH);

interface Size {
  readonly groups: number;
  readonly types: number;
  /** Of each type. */
  readonly fields: number;
}

/** A domain with groups, and types whose fields have rules of their own. */
function chartsOf({ groups, types, fields }: Size) {
  const names = Array.from({ length: groups }, (_, index) => `WARD_${index}`);
  const nameAt = (index: number) => names[index % groups] ?? '';
  const fieldsOf = (type: number) =>
    Array.from(
      { length: fields },
      (_, index) =>
        `field${index}: String @auth(requires: [${nameAt(type + index)}, ${nameAt(index)}])`,
    );
  const all = Array.from({ length: types }, (_, type) => type);
  return {
    name: 'charts',
    typeDefs: [
      `extend enum Group { ${names.map((name) => `"Works on a ward." ${name}`).join(' ')} }`,
      ...all.map(
        (type) => `type Chart${type} @auth { ${fieldsOf(type).join(' ')} }
          extend type Query { chart${type}: Chart${type} @auth }`,
      ),
    ].join('\n'),
    resolvers: {
      Query: Object.fromEntries(all.map((type) => [`chart${type}`, () => null])),
    },
  };
}

describe.skipIf(chromium === undefined)(
  'the access matrix of a large schema (needs Chromium: set CHROMIUM_PATH)',
  () => {
    async function open(size: Size, hash: string) {
      const console = await startConsoleBrowser(
        chromium ?? '',
        {},
        { packages: [...consolePackages, factors(), mail()], domains: [chartsOf(size)] },
      );
      onTestFinished(() => console.stop());
      return console.open(hash, ['ADMIN', 'AUDITOR'], { viewport: { width: 1280, height: 860 } });
    }

    it('shows all types and an open one on one screen', async () => {
      const opened = await open({ groups: 2, types: 1, fields: 12 }, '#/access/matrix?open=Chart0');
      const { page } = opened;
      await page.getByRole('table').waitFor();
      const box = await page.getByRole('table').boundingBox();
      expect((box?.y ?? 0) + (box?.height ?? 0)).toBeLessThanOrEqual(860);
    });

    it('shows all of few rows that were looked for, and then the types as they were', async () => {
      const { page } = await open(
        { groups: 2, types: 2, fields: 12 },
        '#/access/matrix?open=Chart1',
      );
      const toggles = page.getByRole('table').getByRole('button');
      const fields = page.locator('.field-row');
      expect(await toggles.count()).toBeGreaterThan(3);
      expect(await fields.count()).toBe(13);
      await page.getByLabel('Search').fill('.field11');
      await expect.poll(() => toggles.count()).toBe(0);
      expect(await fields.allTextContents()).toEqual([
        expect.stringMatching(/^Chart0\.field11/),
        expect.stringMatching(/^Chart1\.field11/),
      ]);
      await page.getByLabel('Search').fill('');
      await expect.poll(() => fields.count()).toBe(13);
    });

    const sizes = [
      { groups: 16, types: 4, fields: 75 },
      { groups: 16, types: 20, fields: 75 },
    ];

    it.each(sampleOf(sizes))(
      'adds few elements at once of $types types with $fields fields, for $groups groups, and then the others',
      async (size) => {
        const { page } = await open(size, '#/access/matrix');
        const rows = page.getByRole('row');
        await page.getByRole('button', { name: 'Chart1', exact: true }).waitFor();
        // In pages, a mutation observer is called once for what was added at once.
        await page.evaluate(`
          window.most = 0;
          new MutationObserver((changes) => {
            const added = changes.flatMap(({ addedNodes }) => [...addedNodes]);
            const elements = added.map((node) => 1 + (node.querySelectorAll?.('*').length ?? 0));
            window.most = Math.max(window.most, elements.reduce((sum, count) => sum + count, 0));
          }).observe(document.body, { childList: true, subtree: true });`);
        await page.getByRole('button', { name: 'Chart1', exact: true }).click();
        await expect.poll(() => page.locator('.field-row').count()).toBe(76);
        await page.getByRole('link', { name: 'By rule' }).click();
        await expect.poll(() => rows.count()).toBeGreaterThan(60);
        await page.getByRole('link', { name: 'By field' }).click();
        await expect.poll(() => rows.count()).toBe(101);
        await page.getByLabel('Search').fill('Chart2');
        await expect.poll(() => rows.count()).toBe(78);
        await page.getByLabel('Search').fill('');
        await expect.poll(() => rows.count()).toBe(101);
        await page.getByLabel('Finding').selectOption('open to one group alone');
        await page.getByLabel('Finding').selectOption('All rules');
        await expect.poll(() => rows.count()).toBe(101);
        // A browser lays out and paints so many within a twentieth of a second; a whole page has 5,000.
        expect(await page.evaluate('window.most')).toBeLessThan(2_500);
      },
    );

    it.each(sampleOf(['field', 'rule', 'type&open=Chart0,Chart2']))(
      'moves nothing that can be seen when rows come part by part, by %s',
      async (grouping) => {
        const { page, traffic } = await open(
          { groups: 16, types: 4, fields: 75 },
          `#/access/matrix?by=${grouping}`,
        );
        const shifts = await observeLayoutShifts(page);
        await page.reload();
        await traffic.settle();
        await expect.poll(() => page.getByRole('row').count()).toBeGreaterThan(60);
        expect(await shifts.take()).toEqual([]);
      },
    );
  },
);
