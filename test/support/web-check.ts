import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import { seriousFindings } from './axe.ts';

const pictures = process.env.PICTURES;

/** Takes a picture of a page for people, if `PICTURES` names a folder. */
export async function takePicture(page: Page, name: string): Promise<void> {
  if (pictures === undefined) return;
  await page.screenshot({ path: `${pictures}/${name}.png`, fullPage: true });
}

/**
 * Checks a state of a page, in light and dark: nothing serious of axe-core, and no wider than the screen.
 */
export async function checkPage(page: Page, name: string): Promise<void> {
  for (const colorScheme of ['dark', 'light'] as const) {
    await page.emulateMedia({ colorScheme });
    await takePicture(page, `${name}-${colorScheme}`);
    expect(await seriousFindings(page), `${name} ${colorScheme}`).toEqual([]);
    expect(await page.evaluate('document.documentElement.scrollWidth'), name).toBe(360);
  }
}
