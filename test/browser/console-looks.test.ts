import { readFile } from 'node:fs/promises';
import type { Page } from 'playwright-core';
import { glob } from 'tinyglobby';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { findChromium } from '../support/browser.ts';
import { checkConsolePage } from '../support/console-check.ts';
import {
  button,
  type PeopleConsole,
  startPeopleConsole,
  visit,
} from '../support/console-people.ts';
import { contrastOf } from '../support/contrast.ts';
import { repository } from '../support/process.ts';
import type { TestUser } from '../support/test-server.ts';

const chromium = findChromium(process.env.CHROMIUM_PATH);

/** The classes of buttons in the styles of the console. None: `button` itself. */
async function kindsInStyles(): Promise<readonly string[]> {
  const files = await glob('packages/console/pages/src/**/*.css', {
    cwd: repository,
    absolute: true,
  });
  const texts = await Promise.all(files.map((file) => readFile(file, 'utf8')));
  const found = texts.join('').matchAll(/button\.([a-z]+)/g);
  return ['', ...new Set(Array.from(found, ([, kind = '']) => kind))].sort();
}

describe.skipIf(chromium === undefined)(
  'the looks of the console (needs Chromium: set CHROMIUM_PATH)',
  () => {
    let console: PeopleConsole;
    let dana: TestUser;
    beforeAll(async () => {
      console = await startPeopleConsole(chromium ?? '');
      dana = await console.server.aUser('STAFF', 'MANAGER', 'AUDITOR');
    });
    afterAll(() => console.stop());

    /** Opens the states that have all kinds of buttons, one after the other. */
    const states: readonly ((page: Page) => Promise<unknown>)[] = [
      (page) => button(page, 'Grant a group').waitFor(),
      async (page) => {
        await button(page, 'Grant a group').click();
        await page.getByRole('dialog').waitFor();
      },
      async (page) => {
        await button(page.getByRole('dialog'), 'Cancel').click();
        await page.getByRole('link', { name: 'Log', exact: true }).last().click();
        await page.getByRole('rowheader').first().waitFor();
      },
    ];

    it.each(['light', 'dark'] as const)(
      'keep the text of each kind of button readable under the pointer, in %s colors',
      async (colorScheme) => {
        const { context, page } = await console.open(`#/people/${dana.id}`, ['ADMIN', 'AUDITOR'], {
          colorScheme,
        });
        const kinds = new Set<string>();
        const unreadable: string[] = [];
        for (const open of states) {
          await open(page);
          const isModal = (await page.getByRole('dialog').count()) > 0;
          const within = isModal ? page.getByRole('dialog') : page.locator('body');
          for (const each of await within.locator('button:visible:enabled').all()) {
            await each.hover();
            const kind = (await each.getAttribute('class')) ?? '';
            const contrast = await contrastOf(each);
            kinds.add(kind);
            if (contrast < 4.5) {
              unreadable.push(`${kind} ${await each.textContent()}: ${contrast.toFixed(2)}`);
            }
          }
        }
        expect(unreadable).toEqual([]);
        expect([...kinds].sort()).toEqual(await kindsInStyles());
        await context.close();
      },
    );

    const lists = (id: string) => [
      '#/people',
      `#/people/${id}`,
      `#/people/${id}/sessions`,
      '#/groups',
      '#/groups/STAFF',
      '#/log',
      '#/access/unused',
      '#/health',
    ];

    /** Times, tags and buttons of tables that take more than one line. */
    const broken = `[...document.querySelectorAll('td time, td button:not(.link), .tag')]
      .filter((each) => each.getBoundingClientRect().height > 40 || each.getClientRects().length > 1)
      .map((each) => each.textContent)`;

    it.each([1280, 700, 390])(
      'break no time, tag or button in a table, and fit a screen of %d pixels',
      async (width) => {
        const opened = await console.open('#/people', ['ADMIN', 'AUDITOR'], {
          viewport: { width, height: 800 },
        });
        const { page, context } = opened;
        for (const hash of lists(dana.id)) {
          await visit(opened, hash);
          await page.locator('table').first().waitFor();
          expect(await page.evaluate(broken), hash).toEqual([]);
          expect(await page.evaluate('document.documentElement.scrollWidth'), hash).toBe(width);
        }
        await context.close();
      },
    );

    it('show the whole access matrix on a screen of 1280 pixels', async () => {
      const { page, context } = await console.open('#/access', ['AUDITOR'], {
        viewport: { width: 1280, height: 800 },
      });
      await page.locator('.table-frame').waitFor();
      const [inner, outer] = z
        .array(z.number())
        .parse(
          await page.evaluate(
            `[document.querySelector('.table-frame').scrollWidth, document.querySelector('.table-frame').clientWidth]`,
          ),
        );
      expect(inner).toBe(outer);
      await page.getByText('requires: [ADMIN, AUDITOR]').first().waitFor();
      await context.close();
    });

    it('have a head of one line on a narrow screen, with a menu', async () => {
      const opened = await console.open('#/people', ['ADMIN', 'AUDITOR'], {
        viewport: { width: 390, height: 844 },
      });
      const { page, context } = opened;
      const { height = 0 } = (await page.getByRole('banner').boundingBox()) ?? {};
      expect(height).toBeLessThan(56);
      expect(await page.getByRole('navigation', { name: 'Pages' }).count()).toBe(0);
      await button(page, 'Menu').click();
      await checkConsolePage(page, 'menu');
      await page.getByRole('link', { name: 'Health' }).click();
      await page.getByRole('heading', { name: 'Health' }).waitFor();
      expect(await button(page, 'Log out').isVisible()).toBe(false);
      await button(page, 'Menu').click();
      await button(page, 'Log out').click();
      await button(page, 'Log in').waitFor();
      expect(await page.title()).toBe(`Log in · ${new URL(page.url()).host}`);
      await context.close();
    });
  },
);
