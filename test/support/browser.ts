import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';

/** Where a Chromium is, or `undefined` when this machine has none. */
export function findChromium(path = '/usr/bin/chromium'): string | undefined {
  return existsSync(path) ? path : undefined;
}

/**
 * Starts a headless Chromium that calls nobody by itself.
 *
 * `--no-sandbox` because containers run tests as root, for whom Chromium has no sandbox.
 */
export function launchChromium(executablePath: string): Promise<Browser> {
  return chromium.launch({
    executablePath,
    args: [
      '--no-sandbox',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}
