import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import { allFindings } from './axe.ts';
import { sampleOf } from './sample.ts';
import { takePicture } from './web-check.ts';

const looks = [
  { colorScheme: 'light', width: 1280 },
  { colorScheme: 'dark', width: 360 },
  { colorScheme: 'dark', width: 1280 },
  { colorScheme: 'light', width: 360 },
] as const;

/**
 * Checks a state of a page of the console: nothing of axe-core, and no wider than the screen. On a wide and on a narrow
 * screen, in light and dark for pictures and for the proof `samples`, and otherwise in one of the four by the length of
 * the name.
 */
export async function checkConsolePage(page: Page, name: string): Promise<void> {
  const before = page.viewportSize();
  const isChosen = (_look: unknown, index: number) =>
    process.env.PICTURES !== undefined || index === name.length % looks.length;
  for (const { colorScheme, width } of sampleOf([...looks], isChosen)) {
    await page.emulateMedia({ colorScheme });
    await page.setViewportSize({ width, height: 800 });
    const look = `${name}-${width}-${colorScheme}`;
    await takePicture(page, look);
    expect(await allFindings(page), look).toEqual([]);
    expect(await page.evaluate('document.documentElement.scrollWidth'), look).toBeLessThanOrEqual(
      width,
    );
  }
  if (before !== null) await page.setViewportSize(before);
}
