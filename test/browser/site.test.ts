import { existsSync } from 'node:fs';
import fastifyStatic from '@fastify/static';
import fastify, { type FastifyInstance } from 'fastify';
import type { Page } from 'playwright-core';
import { glob } from 'tinyglobby';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { seriousFindings } from '../support/axe.ts';
import {
  collectProblems,
  findChromium,
  launchChromium,
  type TestBrowser,
} from '../support/browser.ts';
import { repository } from '../support/process.ts';
import { sampleOf } from '../support/sample.ts';
import { takePicture } from '../support/web-check.ts';

const chromium = findChromium(process.env.CHROMIUM_PATH);
const folder = `${repository}/site/.vitepress/dist`;

/** What readers ask, with the page that answers it. */
const questions = [
  ['403 but I am in the group', '/guides/troubleshooting'],
  ['rows list totalCount', '/guides/lists'],
  ['rotate keys', '/operations/keys'],
  ['log in with a passkey', '/guides/second-factors'],
  ['lost password', '/guides/accounts-by-mail'],
  ['who has read a record', '/guides/reads-on-record'],
  ['tenants', '/guides/tenants'],
  ['which proxy', '/operations/deploy'],
  ['cookies or bearer tokens', '/guides/cookies-or-tokens'],
  ['Apollo Router', '/guides/router'],
] as const;

describe.skipIf(chromium === undefined || !existsSync(folder))(
  'the site of the documents (needs Chromium, and `npm run docs:build` before)',
  async () => {
    const files = existsSync(folder) ? await glob('**/*.html', { cwd: folder }) : [];
    const paths = files.map((file) =>
      `/${file.replace(/(^|\/)index\.html$/, '$1')}`.replace(/\.html$/, ''),
    );
    let server: FastifyInstance;
    let browser: TestBrowser;
    let url = '';
    beforeAll(async () => {
      server = fastify();
      // As the hosts of static files do: an address without an ending has that of the page.
      await server.register(fastifyStatic, { root: folder, extensions: ['html'] });
      url = await server.listen({ port: 0, host: '127.0.0.1' });
      browser = await launchChromium(chromium ?? '');
    });
    afterAll(async () => {
      await browser.close();
      await server.close();
    });

    async function open(path: string, options: object = {}) {
      const context = await browser.newContext(options);
      const problems = collectProblems(context);
      const page = await context.newPage();
      await page.goto(`${url}${path}`, { waitUntil: 'networkidle' });
      return { context, page, problems };
    }

    const sample = ['/', '/documents', '/reference/settings', '/guides/rows', '/try'];
    it.each(sampleOf(paths, (path) => sample.includes(path)))(
      'shows %s at two widths, light and dark, under its policy',
      async (path) => {
        for (const width of [1280, 360]) {
          const { context, page, problems } = await open(path, {
            viewport: { width, height: 800 },
          });
          for (const colorScheme of ['light', 'dark'] as const) {
            await page.emulateMedia({ colorScheme });
            await takePicture(page, `site${path.replaceAll('/', '-')}-${width}-${colorScheme}`);
            expect(await seriousFindings(page), colorScheme).toEqual([]);
          }
          expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(width);
          expect(problems).toEqual([]);
          await context.close();
        }
      },
    );

    it('shows text, code and links without scripts', async () => {
      const { context, page } = await open('/guides/rows', { javaScriptEnabled: false });
      await page.getByRole('heading', { level: 1 }).waitFor();
      expect(await page.locator('main pre code').first().textContent()).not.toBe('');
      await page.getByRole('link', { name: 'Glossary' }).click();
      await page.getByRole('heading', { level: 1, name: 'Glossary' }).waitFor();
      await context.close();
    });

    it('decides on the page what is typed there', async () => {
      const { context, page, problems } = await open('/try');
      await page.getByText('The operation: 403 Forbidden.').waitFor();
      await page.getByLabel('ACCOUNTING').check();
      await page.getByText('The operation: it runs.').waitFor();
      await page.getByRole('button', { name: 'Keep to compare' }).click();
      const sdl = page.getByLabel('SDL');
      await sdl.fill((await sdl.inputValue()).replace('status: String @public', 'status: String'));
      await page.getByText('Query.status: a root field must have @auth or @public').waitFor();
      await page.getByRole('button', { name: 'Line 8' }).press('Enter');
      const selected = `document.activeElement.value.slice(document.activeElement.selectionStart, document.activeElement.selectionEnd)`;
      expect(await page.evaluate(selected)).toBe('  status: String');
      await page.keyboard.type('  status: String @auth');
      await page.getByText(/^changed +Query\.status: .*anonymous yes -> no/).waitFor();
      expect(problems).toEqual([]);
      await context.close();
    });

    it('shows what a link holds as text, in its editors', async () => {
      const first = await open('/try');
      const hostile =
        '# <img src=x onerror=alert(1)>\nenum Group { A }\ntype Query { a: Int @auth }';
      await first.page.getByLabel('SDL').fill(hostile);
      await first.page.getByLabel('Document', { exact: true }).fill('{ a }');
      await first.page.getByLabel('logged in').uncheck();
      await first.page.getByText('The operation: 401 Unauthorized.').waitFor();
      const { hash } = new URL(first.page.url());
      await first.context.close();

      const { context, page, problems } = await open(`/try${hash}`);
      await page.getByText('The operation: 401 Unauthorized.').waitFor();
      expect(await page.getByLabel('SDL').inputValue()).toBe(hostile);
      expect(await page.locator('main img').count()).toBe(0);
      expect(problems).toEqual([]);
      await context.close();
    });

    it.each([
      { what: 'a name of every object', fragment: '__proto__' },
      { what: 'the anchor of a heading', fragment: 'access-matrix' },
      { what: 'half a character', fragment: '%E0%A4%A' },
      { what: 'more than it may', fragment: 'a'.repeat(60_000) },
    ])(
      'starts with an example where the address holds no state but $what',
      async ({ fragment }) => {
        const { context, page, problems } = await open(`/try#${fragment}`);
        await page.getByText('held nothing that it can read').waitFor();
        await page.getByText('The operation: 403 Forbidden.').waitFor();
        expect(problems).toEqual([]);
        await context.close();
      },
    );

    const megabyte = 1_000_000;
    const startup = 'Startup errors';
    // By how much stack the parser has left.
    const nested = /Startup errors|could not be decided/;
    const groups = 'enum Group { A } type Query { a: T0 @public }';
    const guarded = (n: number) =>
      ` type T${n} { a: T${n + 1} b: T${n * 7 + 1} c: Int @auth(requires: [A]) }`;
    it.each([
      { what: 'many types', start: groups, next: guarded, answer: 'The schema takes too long' },
      {
        what: 'nested lists',
        start: 'type Query { a: ',
        next: () => '['.repeat(100),
        answer: nested,
      },
      { what: 'one long line', start: '"', next: () => 'a'.repeat(100), answer: startup },
    ])('stays usable under a megabyte of SDL: $what', async ({ start, next, answer }) => {
      const { context, page, problems } = await open('/try');
      let sdl = start;
      for (let n = 0; sdl.length < megabyte; n += 1) sdl += next(n);
      // The longest time in which the page did nothing else, while it decides.
      await page.evaluate(`longest = 0; last = performance.now(); setInterval(() => {
        longest = Math.max(longest, performance.now() - last); last = performance.now();
      }, 10);`);
      await page.getByLabel('SDL').fill(sdl);
      await page.getByText('too large for an address').waitFor();
      await page.locator('.try-note', { hasText: answer }).waitFor();
      expect(await page.evaluate('longest')).toBeLessThan(1_000);
      await page.getByLabel('Start from an example').selectOption({ index: 2 });
      await page.getByText('The operation: it runs.').waitFor();
      expect(problems).toEqual([]);
      await context.close();
    });

    const search = async (page: Page, question: string) => {
      await page.keyboard.press('Control+k');
      await page.getByRole('searchbox').fill(question);
      await page.locator('.result').first().waitFor();
      const found = await page
        .locator('.result')
        .evaluateAll((links) => links.map((link) => link.getAttribute('href') ?? ''));
      await page.keyboard.press('Escape');
      return found.map((href) => href.split('#')[0]);
    };

    it('finds the page that answers a question among the first three', async () => {
      const { context, page } = await open('/');
      const missed: string[] = [];
      for (const [question, answer] of questions) {
        const found = await search(page, question);
        if (!found.slice(0, 3).includes(answer)) missed.push(`${question}: ${found.slice(0, 5)}`);
      }
      expect(missed).toEqual([]);
      await context.close();
    });
  },
);
