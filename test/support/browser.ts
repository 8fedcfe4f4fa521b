import { existsSync } from 'node:fs';
import { type Browser, type BrowserContext, chromium } from 'playwright-core';

/** Where a Chromium is, or `undefined` when this machine has none. */
export function findChromium(path = '/usr/bin/chromium'): string | undefined {
  return existsSync(path) ? path : undefined;
}

/**
 * Features that cost time. In the pages of the address bar's suggestions, which each new window loads, Chromium spends
 * three quarters of what a page costs, and a spare process of each context is rarely used.
 */
const costly = [
  'WebUIOmniboxPopup',
  'WebUIOmniboxAimPopup',
  'WebUIOmniboxFullPopup',
  'SpareRendererForSitePerProcess',
];

/** What Playwright disables itself: the last `--disable-features` replaces those before it. */
const disabledByPlaywright = [
  'AvoidUnnecessaryBeforeUnloadCheckSync',
  'DestroyProfileOnBrowserClose',
  'HttpsUpgrades',
  'HttpsFirstBalancedModeAutoEnable',
  'LensOverlay',
  'MediaRouter',
  'PaintHolding',
  'ThirdPartyStoragePartitioning',
  'AvoidCorsURLLoaderRestartOnRedirect',
  'OptimizationHints',
  'NetworkTimeServiceQuerying',
  'AimEnabled',
  'PreconnectToSearch',
];

/** What a test file does with a browser. */
export type TestBrowser = Pick<Browser, 'newContext' | 'close'>;

/** The browser of this worker, which ends with it. */
let shared: Promise<Browser> | undefined;

/**
 * Opens windows in a headless Chromium that sends no requests of its own. The names below `test` lead to this machine,
 * although browsers take them for other machines (RFC 6761, 6.2). The files of a worker share one, since a start takes
 * a second; windows of different contexts share no cookies, storage or cache. `close` closes those of the caller.
 */
export async function launchChromium(executablePath: string): Promise<TestBrowser> {
  shared ??= start(executablePath);
  const browser = await shared;
  const contexts = new Set<BrowserContext>();
  return {
    async newContext(options) {
      const context = await browser.newContext(options);
      contexts.add(context);
      context.on('close', () => contexts.delete(context));
      return context;
    },
    async close() {
      await Promise.all([...contexts].map((context) => context.close()));
    },
  };
}

/** `--no-sandbox` because containers run tests as root, for whom Chromium has no sandbox. */
function start(executablePath: string): Promise<Browser> {
  return chromium.launch({
    executablePath,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      `--disable-features=${[...disabledByPlaywright, ...costly].join()}`,
      '--host-resolver-rules=MAP *.test 127.0.0.1',
    ],
  });
}

/** Collects what goes wrong in the pages of a browser: errors of scripts, and errors in the console. */
export function collectProblems(context: BrowserContext): readonly string[] {
  const problems: string[] = [];
  context.on('weberror', (error) => problems.push(error.error().message));
  context.on('console', (message) => {
    if (message.type() === 'error') problems.push(message.text());
  });
  return problems;
}
