import type { Locator } from 'playwright-core';
import { z } from 'zod';

/**
 * Returns the contrast of a text, or of the outline around its element, to what is behind it (WCAG 2.2, "contrast ratio").
 * Backgrounds are opaque or fully transparent. Without an outline, it is 1.
 */
export async function contrastOf(
  element: Locator,
  part: 'text' | 'outline' = 'text',
): Promise<number> {
  const colors = await element.evaluate((start: Element, of: string) => {
    const { getComputedStyle } = globalThis;
    const isClear = (each: Element) =>
      getComputedStyle(each).backgroundColor === 'rgba(0, 0, 0, 0)';
    let behind = of === 'text' ? start : (start.parentElement ?? start);
    while (behind.parentElement !== null && isClear(behind)) behind = behind.parentElement;
    const { color, outlineColor, outlineStyle } = getComputedStyle(start);
    const { backgroundColor } = getComputedStyle(behind);
    if (of === 'text') return [color, backgroundColor];
    return [outlineStyle === 'none' ? backgroundColor : outlineColor, backgroundColor];
  }, part);
  const [text = black, surface = black] = z.array(z.string()).parse(colors).map(toColor);
  const [one, other] = [luminanceOf(over(text, surface)), luminanceOf(surface)];
  return (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);
}

interface Color {
  readonly parts: readonly number[];
  readonly alpha: number;
}

const black: Color = { parts: [0, 0, 0], alpha: 1 };

/** Reads a color such as `rgb(21, 94, 184)`. */
function toColor(color: string): Color {
  const [red, green, blue, alpha = 1] = (color.match(/[\d.]+/g) ?? []).map(Number);
  if (!color.startsWith('rgb') || red === undefined || green === undefined || blue === undefined) {
    throw new Error(`not a color of sRGB: ${color}`);
  }
  return { parts: [red, green, blue], alpha };
}

const over = (color: Color, behind: Color): Color => ({
  parts: color.parts.map(
    (part, index) => part * color.alpha + (behind.parts[index] ?? 0) * (1 - color.alpha),
  ),
  alpha: 1,
});

function luminanceOf({ parts }: Color): number {
  const [red = 0, green = 0, blue = 0] = parts.map((part) => {
    const share = part / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
