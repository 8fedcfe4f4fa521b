import type { Locator } from 'playwright-core';
import { z } from 'zod';

/**
 * Returns the contrast of a text to what is behind it (WCAG 2.2, "contrast ratio"). Backgrounds are opaque or fully
 * transparent.
 */
export async function contrastOf(element: Locator): Promise<number> {
  const colors = await element.evaluate((start: Element) => {
    const { getComputedStyle } = globalThis;
    let behind: Element | null = start;
    const isClear = (each: Element) =>
      getComputedStyle(each).backgroundColor === 'rgba(0, 0, 0, 0)';
    while (behind.parentElement !== null && isClear(behind)) behind = behind.parentElement;
    return [getComputedStyle(start).color, getComputedStyle(behind).backgroundColor];
  });
  const [text = 0, surface = 0] = z.array(z.string()).parse(colors).map(luminanceOf);
  return (Math.max(text, surface) + 0.05) / (Math.min(text, surface) + 0.05);
}

/** Of a color such as `rgb(21, 94, 184)`. */
function luminanceOf(color: string): number {
  const parts = color.match(/[\d.]+/g);
  if (!/^rgb\(/.test(color) || parts === null) throw new Error(`not an opaque color: ${color}`);
  const [red = 0, green = 0, blue = 0] = parts.map((part) => {
    const share = Number(part) / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
