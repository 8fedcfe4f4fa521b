import type { BrowserContext, Page } from 'playwright-core';
import { collectProblems } from './browser.ts';

/** What a page with strange texts does. */
export interface PageWatch {
  /**
   * Returns what must never be: requests elsewhere, dialogs, errors (which Chromium makes of what its policy forbids), and
   * elements or links that came of texts.
   */
  findings(): Promise<readonly string[]>;
}

/** Elements that the pages have none of in their body, and links that lead away from them. */
const describeBody = () => [
  ...[...document.querySelectorAll('body :is(img, svg, script, iframe, object, embed, style)')].map(
    (element) => `element ${element.outerHTML.slice(0, 100)}`,
  ),
  ...[...document.querySelectorAll('a')]
    .map((link) => link.getAttribute('href') ?? '')
    // The page for queries is of the same server.
    .filter((href) => href !== '' && href !== '/graphql' && !href.startsWith('#'))
    .map((href) => `link ${href}`),
  ...(Reflect.has(window, 'attacked') ? ['a script of a text has run'] : []),
];

/** Watches a page of an application whose address is `url` with a hash. Begins with a reload, so that nothing is missed. */
export async function watchPage(
  context: BrowserContext,
  page: Page,
  url: string,
): Promise<PageWatch> {
  const found: string[] = [];
  const problems = collectProblems(context);
  const { origin } = new URL(url);
  context.on('request', (request) => {
    const to = request.url();
    const isOwn = ['data:', `blob:${origin}`, origin].some((start) => to.startsWith(start));
    if (!isOwn) found.push(`request ${to}`);
  });
  context.on('dialog', async (dialog) => {
    found.push(`dialog ${dialog.message()}`);
    await dialog.dismiss();
  });
  context.on('page', (other) => found.push(`page ${other.url()}`));
  await page.reload();
  return {
    async findings() {
      const isElsewhere = page.url().split('#')[0] !== url;
      // The API refuses wrong ids.
      const errors = problems.filter((text) => !text.startsWith('Failed to load resource'));
      return [
        ...found,
        ...errors,
        ...(isElsewhere ? [`page at ${page.url()}`] : []),
        ...(await page.evaluate(describeBody)),
      ];
    },
  };
}
