import type { Page } from 'playwright-core';
import { z } from 'zod';

/** What has moved in a page, with how much of the screen, as `layout-shift` of the browser has it. */
export interface LayoutShifts {
  /** Returns what has moved since the last call. */
  take(): Promise<readonly Shift[]>;
}

export interface Shift {
  readonly value: number;
  /** The elements that moved, with their places before and after. */
  readonly moved: readonly string[];
}

const shiftSchema = z.array(z.object({ value: z.number(), moved: z.array(z.string()) }));

/** In the page: TypeScript has no types of this interface. */
const observe = `
  window.layoutShifts = [];
  const place = ({ x, y, width, height }) => [x, y, width, height].map(Math.round).join();
  const describe = ({ node, previousRect, currentRect }) =>
    (node?.outerHTML ?? node?.textContent ?? 'removed').slice(0, 80) + ' ' + place(previousRect) + ' > ' + place(currentRect);
  window.layoutShiftObserver = new PerformanceObserver((list) => record(list.getEntries()));
  const record = (entries) => window.layoutShifts.push(
    ...entries.map(({ value, sources }) => ({ value, moved: sources.map(describe) })));
  window.layoutShiftObserver.observe({ type: 'layout-shift', buffered: true });
  window.takeLayoutShifts = () => {
    record(window.layoutShiftObserver.takeRecords());
    return window.layoutShifts.splice(0);
  };
`;

/** Observes a page from its next load on. */
export async function observeLayoutShifts(page: Page): Promise<LayoutShifts> {
  await page.addInitScript(observe);
  return { take: async () => shiftSchema.parse(await page.evaluate('takeLayoutShifts()')) };
}

/**
 * Delays the answers that a page gets: each comes alone, after the page has been painted without it. So every state that
 * a slow network could show is shown.
 */
export async function delayAnswers(page: Page, url: RegExp): Promise<void> {
  let last: Promise<unknown> = Promise.resolve();
  const paint = () =>
    page
      .evaluate(
        'new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done))))',
      )
      .catch(() => {}); // The page has been left.
  await page.route(url, async (route) => {
    const response = await route.fetch();
    last = last.then(async () => {
      await paint();
      await route.fulfill({ response }).catch(() => {});
      await paint();
    });
    await last;
  });
}
