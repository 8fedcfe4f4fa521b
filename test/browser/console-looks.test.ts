import { readFile } from 'node:fs/promises';
import type { Locator, Page } from 'playwright-core';
import { glob } from 'tinyglobby';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { GatehousePackage } from '../../src/index.ts';
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
import { isWhole, sampleOf } from '../support/sample.ts';
import type { TestUser } from '../support/test-server.ts';
import { takePicture } from '../support/web-check.ts';

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

/** The first button of each kind. */
async function oneOfEachKind(within: Locator): Promise<readonly Locator[]> {
  const buttons = within.locator('button:visible');
  const kinds = await buttons.evaluateAll((elements) =>
    elements.map((element) => (element.matches(':disabled') ? undefined : element.className)),
  );
  return [...new Set(kinds)].flatMap((kind) =>
    kind === undefined ? [] : [buttons.nth(kinds.indexOf(kind))],
  );
}

const disable = (each: Locator): Promise<void> =>
  each.evaluate((element) => element.setAttribute('disabled', ''));

/** What the server would refuse says why. */
const refuse = (each: Locator): Promise<void> =>
  each.evaluate((element) => {
    element.removeAttribute('disabled');
    element.setAttribute('aria-disabled', 'true');
    element.setAttribute('aria-describedby', 'root');
  });

const enable = (each: Locator): Promise<void> =>
  each.evaluate((element) => {
    element.removeAttribute('aria-disabled');
    element.removeAttribute('aria-describedby');
  });

/** Groups that a project adds. */
const wards = {
  name: 'wards',
  domains: () => [
    {
      name: 'wards',
      typeDefs: `extend enum Group {
        ${['NURSE', 'DOCTOR', 'PORTER', 'PHARMACIST', 'RECEPTIONIST', 'THEATRE_COORDINATOR']
          .map((name) => `"Works on a ward." ${name}`)
          .join(' ')}
      }`,
    },
  ],
} satisfies GatehousePackage;

describe.skipIf(chromium === undefined)(
  'the looks of the console (needs Chromium: set CHROMIUM_PATH)',
  () => {
    let console: PeopleConsole;
    let dana: TestUser;
    beforeAll(async () => {
      console = await startPeopleConsole(chromium ?? '', {}, [wards]);
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
        await page.getByRole('link', { name: 'Details' }).click();
        await button(page, 'Delete').waitFor();
      },
      async (page) => {
        await button(page, 'Delete').click();
        await page.getByRole('dialog').waitFor();
      },
      async (page) => {
        await button(page.getByRole('dialog'), 'Cancel').click();
        await page.getByRole('link', { name: 'Log', exact: true }).last().click();
        await page.getByRole('rowheader').first().waitFor();
      },
    ];

    /** What a button can be, with the part that must be seen then, and its least contrast (WCAG 2.2, 1.4.3 and 1.4.11). */
    const conditions = [
      { name: 'at rest', set: () => undefined, part: 'text', least: 4.5 },
      { name: 'under the pointer', set: (each: Locator) => each.hover(), part: 'text', least: 4.5 },
      { name: 'with the focus', set: (each: Locator) => each.focus(), part: 'text', least: 4.5 },
      { name: 'with the focus', set: () => undefined, part: 'outline', least: 3 },
      { name: 'disabled', set: disable, part: 'text', least: 4.5 },
      { name: 'refused', set: refuse, part: 'text', least: 4.5 },
    ] as const;

    const colors = [
      { colorScheme: 'light' },
      { colorScheme: 'dark' },
      { colorScheme: 'light', forcedColors: 'active' },
      { colorScheme: 'dark', forcedColors: 'active' },
    ] as const;

    it.each(sampleOf(colors, (_each, index) => index < 3))(
      'keep each kind of button readable in each condition, in these colors: %o',
      async (looks) => {
        const { context, page } = await console.open(
          `#/people/${dana.id}`,
          ['ADMIN', 'AUDITOR'],
          looks,
        );
        const kinds = new Set<string>();
        const unreadable: string[] = [];
        for (const open of states) {
          await open(page);
          // What was focused by the keyboard last has an outline, and so has what is focused after it.
          await page.keyboard.press('Shift');
          const isModal = (await page.getByRole('dialog').count()) > 0;
          const within = isModal ? page.getByRole('dialog') : page.locator('body');
          for (const each of await oneOfEachKind(within)) {
            const kind = (await each.getAttribute('class')) ?? '';
            kinds.add(kind);
            for (const { name, set, part, least } of conditions) {
              await set(each);
              const contrast = await contrastOf(each, part);
              const found = `${kind} ${await each.textContent()} ${name}: ${part} ${contrast.toFixed(2)}`;
              if (contrast < least) unreadable.push(found);
            }
            await enable(each);
            await page.mouse.move(0, 0);
          }
        }
        expect(unreadable).toEqual([]);
        expect([...kinds]).toEqual(expect.arrayContaining([...(await kindsInStyles())]));
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
      '#/health',
    ];

    /** Which of these elements in tables take more than one line. */
    const broken = (
      elements: string,
      cells = 'td',
    ) => `[...document.querySelectorAll('${cells} :is(${elements})')]
      .filter((each) => {
        const range = document.createRange();
        range.selectNodeContents(each);
        return new Set(Array.from(range.getClientRects(), ({ bottom }) => Math.round(bottom))).size > 1;
      })
      .map((each) => each.textContent)`;

    /** What has more to the right than fits. */
    const scrolling = `[document.documentElement, ...document.querySelectorAll('.table-frame')]
      .filter(({ scrollWidth, clientWidth }) => scrollWidth > clientWidth)
      .map(({ className }) => className)`;

    /** What is in a link, and has no line of it: a box of its own is not underlined with it (CSS Text Decoration, 2.1). */
    const notUnderlined = `[...document.querySelectorAll('td a, td a *, th a, th a *')]
      .filter((each) => /^inline-/.test(getComputedStyle(each).display) && !each.matches('a'))
      .map((each) => each.textContent)`;

    const controls = 'button:not(.link), .tag';
    it.each([
      { width: 1280, whole: `${controls}, time` },
      { width: 700, whole: controls },
      { width: 390, whole: `${controls}, time` },
    ])(
      'keep each $whole of a table on one line, and fit a screen of $width pixels',
      async ({ width, whole }) => {
        const opened = await console.open('#/people', ['ADMIN', 'AUDITOR'], {
          viewport: { width, height: 800 },
        });
        const { page, context } = opened;
        for (const hash of lists(dana.id)) {
          await visit(opened, hash);
          await page.locator('table').first().waitFor();
          expect(await page.evaluate(broken(whole)), hash).toEqual([]);
          if (width === 1280) {
            const names = broken('a:not(:has(.person))', 'tbody th');
            expect(await page.evaluate(names), hash).toEqual([]);
          }
          expect(await page.evaluate(scrolling), hash).toEqual([]);
          expect(await page.evaluate(notUnderlined), hash).toEqual([]);
        }
        await context.close();
      },
    );

    it('show each requirement of the access matrix, however many groups there are', async () => {
      const { page, context } = await console.open('#/access/matrix?by=field', ['AUDITOR'], {
        viewport: { width: 1280, height: 800 },
      });
      const row = page.getByRole('row', { name: 'Query.principal' });
      const box = await row.getByText('@auth(requires: [ADMIN, AUDITOR])').boundingBox();
      expect((box?.x ?? 0) + (box?.width ?? 0)).toBeLessThan(1280);
      expect(await page.evaluate(`document.querySelector('.table-frame').scrollLeft`)).toBe(0);
      await checkConsolePage(page, 'matrix-of-many-groups');
      await context.close();
    });

    it.runIf(isWhole)('keep marks and the current page apart in forced colors', async () => {
      const { page, context } = await console.open('#/access', ['AUDITOR'], {
        forcedColors: 'active',
      });
      await page.locator('.marked').first().waitFor();
      const looks = await page.evaluate<
        string[]
      >(`['open', 'conditional', 'closed'].map((openness) => {
        const mark = document.querySelector('[data-openness="' + openness + '"]');
        const { backgroundColor, backgroundImage } = getComputedStyle(mark, '::before');
        return backgroundColor + ' ' + backgroundImage;
      })`);
      expect(new Set(looks).size).toBe(3);
      const outlines = await page.evaluate(
        `[...document.querySelectorAll('a[aria-current]')].map((link) => getComputedStyle(link).outlineStyle)`,
      );
      expect(outlines).toEqual(['solid', 'solid', 'solid']);
      await takePicture(page, 'forced-colors');
      await context.close();
    });

    it('go back to where a page was left', async () => {
      const { page, context } = await console.open('#/access/matrix', ['AUDITOR'], {
        viewport: { width: 1280, height: 500 },
      });
      const scrolled = () => page.evaluate('window.scrollY');
      await page.getByRole('table').first().waitFor();
      await page.evaluate('window.scrollTo(0, 150)');
      await expect.poll(() => page.evaluate('history.state?.scrolled?.value')).toBe(150);
      await page.getByRole('link', { name: 'Groups' }).click();
      await page.getByRole('table', { name: 'Groups' }).waitFor();
      expect(await scrolled()).toBe(0);
      await page.goBack();
      await expect.poll(scrolled).toBe(150);
      await page.goForward();
      await page.getByRole('table', { name: 'Groups' }).waitFor();
      await expect.poll(scrolled).toBe(0);
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
