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

    const sample = ['/', '/documents', '/reference/settings', '/guides/rows'];
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
