import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import fastifyStatic from '@fastify/static';
import fastify, { type FastifyInstance } from 'fastify';
import type { Locator, Page } from 'playwright-core';
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
    /** In a sample, the colours are those of the other width on the next page. */
    const colorsOf = (path: string, width: number) =>
      sampleOf(
        ['light', 'dark'] as const,
        (_colors, index) =>
          process.env.PICTURES !== undefined ||
          (sample.indexOf(path) + Number(width === 360)) % 2 === index,
      );
    it.each(sampleOf(paths, (path) => sample.includes(path)))(
      'shows %s at two widths, light and dark, under its policy',
      async (path) => {
        for (const width of [1280, 360]) {
          const { context, page, problems } = await open(path, {
            viewport: { width, height: 800 },
          });
          for (const colorScheme of colorsOf(path, width)) {
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

    /** The text of an editor, of which every line is in view. */
    const textOf = async (editor: Locator) =>
      (await editor.locator('.cm-line').allTextContents()).join('\n');
    /** Pastes in place of all. */
    const replace = async (editor: Locator, text: string) => {
      await editor.press('ControlOrMeta+a');
      await editor.evaluate((element, pasted) => {
        const { ClipboardEvent, DataTransfer } = globalThis;
        const clipboardData = new DataTransfer();
        clipboardData.setData('text/plain', pasted);
        element.dispatchEvent(
          new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }),
        );
      }, text);
    };
    const editorOf = (page: Page, label: string) =>
      page.getByRole('textbox', { name: label, exact: true }).and(page.locator('.cm-content'));

    const isFocused = (locator: Locator) =>
      locator.evaluate((element) => element.matches(':focus'));

    it('decides on the page what is typed there', async () => {
      const { context, page, problems } = await open('/try');
      await page.getByText('The operation: 403 Forbidden.').waitFor();
      await page.getByLabel('ACCOUNTING').check();
      await page.getByText('The operation: it runs.').waitFor();
      await page.getByRole('button', { name: 'Keep to compare' }).click();
      const sdl = editorOf(page, 'SDL');
      await replace(sdl, (await textOf(sdl)).replace('status: String @public', 'status: String'));
      await page.getByText('Query.status: a root field must have @auth or @public').waitFor();
      expect(await sdl.locator('.cm-lintRange-error').textContent()).toBe('  status: String');
      await page.getByRole('button', { name: 'Line 8' }).press('Enter');
      await page.keyboard.type('  status: String @auth');
      await page.getByText(/^changed +Query\.status: .*anonymous yes -> no/).waitFor();
      expect(await sdl.locator('.cm-lintRange-error').count()).toBe(0);
      expect(problems).toEqual([]);
      await context.close();
    });

    it('loads the library and the editor on this page alone, in 300 kB at most', async () => {
      const scripts = await glob('assets/**/{worker-,TryPage.,editor.}*.js', { cwd: folder });
      expect(scripts.length).toBe(3);
      const sizes = scripts.map((file) => gzipSync(readFileSync(`${folder}/${file}`)).length);
      expect(sizes.reduce((sum, size) => sum + size)).toBeLessThan(300_000);
      const loadedBy = async (path: string) => {
        const context = await browser.newContext();
        const loaded: string[] = [];
        context.on('request', (request) => loaded.push(new URL(request.url()).pathname.slice(1)));
        await (await context.newPage()).goto(`${url}${path}`, { waitUntil: 'networkidle' });
        await context.close();
        return scripts.filter((file) => loaded.includes(file)).length;
      };
      expect([await loadedBy('/guides/rows'), await loadedBy('/try')]).toEqual([0, 3]);
    });

    it('copies a link to what was typed', async () => {
      const { context, page } = await open('/try', {
        permissions: ['clipboard-read', 'clipboard-write'],
      });
      await page.getByLabel('Minutes since the login').fill('17');
      await page.getByRole('button', { name: 'Copy a link' }).click();
      await page.getByText('Copied.').waitFor();
      const link = await page.evaluate<string>('navigator.clipboard.readText()');
      const other = await context.newPage();
      await other.goto(link);
      expect(await other.getByLabel('Minutes since the login').inputValue()).toBe('17');
      await context.close();
    });

    it('has editors that Tab leaves, and that are plain until they are loaded', async () => {
      const { context, page } = await open('/try');
      const sdl = editorOf(page, 'SDL');
      await sdl.focus();
      await page.keyboard.press('Tab');
      expect(await isFocused(page.getByRole('button', { name: 'Keep to compare' }))).toBe(true);
      await page.keyboard.press('Shift+Tab');
      expect(await isFocused(sdl)).toBe(true);
      await context.close();

      const plain = await browser.newContext();
      await plain.route('**/editor.*.js', (route) => route.abort());
      const other = await plain.newPage();
      await other.goto(`${url}/try`, { waitUntil: 'networkidle' });
      await other
        .getByLabel('SDL', { exact: true })
        .fill('type Query {\n  a: Int\n}\nenum Group { A }');
      await other.getByRole('button', { name: 'Line 2' }).press('Enter');
      await other.keyboard.type('  a: Int @auth');
      await other.getByText('Nothing. It does not compare').waitFor();
      await plain.close();
    });

    it('shows what a link holds as text, in its editors', async () => {
      const first = await open('/try');
      const hostile =
        '# <img src=x onerror=alert(1)>\nenum Group { A }\ntype Query { a: Int @auth }';
      await replace(editorOf(first.page, 'SDL'), hostile);
      await replace(editorOf(first.page, 'Document'), '{ a }');
      await first.page.getByLabel('logged in').uncheck();
      await first.page.getByText('The operation: 401 Unauthorized.').waitFor();
      const { hash } = new URL(first.page.url());
      await first.context.close();

      const { context, page, problems } = await open(`/try${hash}`);
      await page.getByText('The operation: 401 Unauthorized.').waitFor();
      expect(await textOf(editorOf(page, 'SDL'))).toBe(hostile);
      expect(await page.locator('main img').count()).toBe(0);
      expect(problems).toEqual([]);
      await context.close();
    });

    const encoded = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const addresses = [
      { what: 'a name of every object', fragment: '__proto__' },
      { what: 'the anchor of a heading', fragment: 'access-matrix' },
      { what: 'half a character', fragment: '%E0%A4%A' },
      { what: 'random bytes', fragment: randomBytes(3_000).toString('base64url') },
      { what: 'more than it may', fragment: 'a'.repeat(1_000_000) },
      { what: 'an array', fragment: encoded([[[]]]) },
      { what: 'a state without its parts', fragment: encoded({ sdl: 'type Query { a: Int }' }) },
      { what: 'HTML', fragment: '<img src=x onerror=alert(1)>' },
    ];
    // test/site/decide.test.ts reads such addresses without a browser.
    it.each(sampleOf(addresses, ({ what }) => ['more than it may', 'HTML'].includes(what)))(
      'starts with an example where the address holds no state but $what',
      async ({ fragment }) => {
        const { context, page, problems } = await open(`/try#${fragment}`);
        await page.getByText('held nothing that it can read').waitFor();
        await page.getByText('The operation: 403 Forbidden.').waitFor();
        expect(await page.locator('main img').count()).toBe(0);
        expect(problems).toEqual([]);
        await context.close();
      },
    );

    const megabyte = 1_000_000;
    const late = 'This takes too long';
    const startup = 'Startup errors';
    // By how busy the machine is.
    const either = /Startup errors|takes too long/;
    const groups = 'enum Group { A } type Query { a: T0 @public }';
    const guarded = (n: number) =>
      ` type T${n} { a: T${n + 1} b: T${n * 7 + 1} c: Int @auth(requires: [A]) }`;
    const large = [
      { what: 'many types', start: groups, next: guarded, answer: late },
      {
        what: 'nested lists',
        start: 'type Query { a: ',
        next: () => '['.repeat(100),
        answer: either,
      },
      {
        what: 'nested objects',
        start: `type Query { a(b: I = `,
        next: () => '{a:'.repeat(100),
        answer: either,
      },
      {
        what: 'many directives',
        start: `${groups} type T0 { a: Int`,
        next: () => ' @auth',
        answer: either,
      },
      {
        what: 'a circle of interfaces',
        start: groups,
        next: (n: number) => ` interface T${n} implements T${n + 1} & T0 { a: Int }`,
        answer: either,
      },
      { what: 'one long line', start: '"', next: () => 'a'.repeat(100), answer: startup },
      {
        what: 'a long description',
        start: `${groups} """`,
        next: () => '<b>a</b>\n',
        answer: startup,
      },
    ];
    // What takes too long, what ends in an error, and what is text alone.
    const inSample = ['many types', 'a circle of interfaces', 'a long description'];
    it.each(sampleOf(large, ({ what }) => inSample.includes(what)))(
      'stays usable under a megabyte of SDL: $what',
      async ({ start, next, answer }) => {
        const { context, page, problems } = await open('/try');
        let sdl = start;
        for (let n = 0; sdl.length < megabyte; n += 1) sdl += next(n);
        // The longest time in which the page did nothing else, while it decides.
        await page.evaluate(`longest = 0; last = performance.now(); setInterval(() => {
        longest = Math.max(longest, performance.now() - last); last = performance.now();
      }, 10);`);
        await replace(editorOf(page, 'SDL'), sdl);
        await page.getByText('too large for a link').waitFor();
        await page.locator('.try-note', { hasText: answer }).waitFor();
        expect(await page.evaluate('longest')).toBeLessThan(1_000);
        await page.getByLabel('Start from an example').selectOption({ index: 2 });
        await page.getByText('The operation: it runs, unless data denies a part.').waitFor();
        expect(problems).toEqual([]);
        await context.close();
      },
    );

    const search = async (page: Page, question: string) => {
      await page.keyboard.press('Control+k');
      const box = page.getByRole('searchbox');
      // The search keeps the last question, whose results are shown until those of the next are found.
      await box.fill('');
      await page.locator('.result').first().waitFor({ state: 'detached' });
      await box.fill(question);
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
