import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import { seriousFindings } from './axe.ts';
import { sampleOf } from './sample.ts';

const pictures = process.env.PICTURES;

/** Takes a picture of a page for people, if `PICTURES` names a folder. */
export async function takePicture(page: Page, name: string): Promise<void> {
  if (pictures === undefined) return;
  await page.screenshot({ path: `${pictures}/${name}.png`, fullPage: true });
}

const schemes = ['dark', 'light'] as const;

/**
 * Checks a state of a page: nothing serious of axe-core, and no wider than the screen. In light and dark for pictures and
 * for the proof `samples`, and otherwise in one of them by the length of the name.
 */
export async function checkPage(page: Page, name: string): Promise<void> {
  const isBoth = pictures !== undefined;
  const isChosen = (_scheme: string, index: number) => isBoth || index === name.length % 2;
  for (const colorScheme of sampleOf(schemes, isChosen)) {
    await page.emulateMedia({ colorScheme });
    await takePicture(page, `${name}-${colorScheme}`);
    expect(await seriousFindings(page), `${name} ${colorScheme}`).toEqual([]);
    expect(await page.evaluate('document.documentElement.scrollWidth'), name).toBe(360);
  }
}
