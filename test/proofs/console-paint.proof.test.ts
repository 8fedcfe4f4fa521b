import { gzipSync } from 'node:zlib';
import type { BrowserContext, BrowserContextOptions, Response } from 'playwright-core';
import { expect, it, onTestFinished } from 'vitest';
import { recordFigure } from '../../scripts/figures/figures.ts';
import { findChromium, launchChromium } from '../support/browser.ts';
import { startConsole } from '../support/console-example.ts';
import { logIn } from '../support/web-browser.ts';

/**
 * `npm run proof -- console-paint`: how soon the console is painted when nothing of it is cached, and how much it loads
 * for that.
 */
const loads = Number(process.env.LOADS ?? 9);
const chromium = findChromium(process.env.CHROMIUM_PATH);

const pages = [
  { figure: 'form', name: 'the form to log in', isLoggedIn: false, hash: '', text: 'Password' },
  {
    figure: 'list',
    name: 'the list of users',
    isLoggedIn: true,
    hash: '#/people',
    text: 'the oldest first',
  },
  {
    figure: 'matrix',
    name: 'the access matrix',
    isLoggedIn: true,
    hash: '#/access/matrix',
    text: 'How to read this',
  },
];

it.skipIf(chromium === undefined)(
  `paints the console within a second, median of ${loads} loads`,
  async () => {
    const server = await startConsole();
    onTestFinished(() => server.stop());
    const browser = await launchChromium(chromium ?? '');
    onTestFinished(() => browser.close());
    const url = server.consoleUrl.replace('127.0.0.1', 'localhost');
    const { username } = await server.aUser('ADMIN');

    /** Loads a page in a new context, which caches nothing of another one. */
    async function load(hash: string, text: string, options: BrowserContextOptions) {
      const context = await browser.newContext(options);
      const page = await context.newPage();
      const files: Promise<number>[] = [];
      page.on('response', (response) => void files.push(sizeOf(response)));
      await page.goto(`${url}${hash}`);
      await page.getByText(text).first().waitFor();
      const shownMs = await page.evaluate(() => performance.now());
      const paintMs = await page.evaluate(readFirstPaint);
      await context.close();
      return { paintMs, shownMs, bytes: sum(await Promise.all(files)) };
    }

    for (const { figure, name, isLoggedIn, hash, text } of pages) {
      const storageState = isLoggedIn ? await logInOnce(username) : undefined;
      const found = [];
      for (let count = 0; count < loads; count += 1) {
        found.push(await load(hash, text, storageState === undefined ? {} : { storageState }));
      }
      const [paintMs, shownMs] = [
        median(found.map((each) => each.paintMs)),
        median(found.map((each) => each.shownMs)),
      ];
      const bytes = Math.max(...found.map((each) => each.bytes));
      process.stdout.write(
        `${name}: painted first after ${paintMs.toFixed(0)} ms, shown after ${shownMs.toFixed(0)} ms; ` +
          `${(bytes / 1000).toFixed(1)} kB of JavaScript and CSS with gzip\n`,
      );
      expect(paintMs).toBeLessThan(1_000);
      expect(bytes).toBeLessThanOrEqual(200_000);
      recordFigure(`console-paint.${figure}`, Math.round(paintMs));
      recordFigure('console-paint.size', (bytes / 1000).toFixed(1));
    }

    async function logInOnce(
      user: string,
    ): Promise<Awaited<ReturnType<BrowserContext['storageState']>>> {
      const context = await browser.newContext();
      const page = await context.newPage();
      await page.goto(url);
      await logIn(page, user);
      const state = await context.storageState();
      await context.close();
      return state;
    }
  },
);

/** Runs in the page. The browser may say it after the text is there. */
const readFirstPaint = () =>
  new Promise<number>((resolve) => {
    new PerformanceObserver((list) => {
      const [paint] = list.getEntriesByName('first-contentful-paint');
      if (paint !== undefined) resolve(paint.startTime);
    }).observe({ type: 'paint', buffered: true });
  });

/** The size with gzip of a file of the console. */
async function sizeOf(response: Response): Promise<number> {
  if (!/\.(js|css)$/.test(new URL(response.url()).pathname)) return 0;
  return gzipSync(await response.body()).length;
}

const sum = (numbers: readonly number[]): number => numbers.reduce((all, each) => all + each, 0);

const median = (numbers: readonly number[]): number =>
  numbers.toSorted((left, right) => left - right)[Math.floor(numbers.length / 2)] ?? Number.NaN;
