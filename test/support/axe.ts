import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';
import { z } from 'zod';

const axeFile = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

/** To find a selector for each element that passes would take most of the time. */
const options = { resultTypes: ['violations'], selectors: false };

const results = z.object({
  passes: z.array(z.unknown()),
  violations: z.array(
    z.object({
      id: z.string(),
      impact: z.string().nullish(),
      nodes: z.array(z.object({ html: z.string() })),
    }),
  ),
});

/** Returns what axe-core finds on a page, of every grade, as its rule and the element. */
export const allFindings = (page: Page): Promise<readonly string[]> => findingsOf(page, () => true);

/** Returns what axe-core finds on a page that is serious or critical, as its rule and the element. */
export const seriousFindings = (page: Page): Promise<readonly string[]> =>
  findingsOf(page, (impact) => impact === 'serious' || impact === 'critical');

/** Loads axe-core, unless an earlier check of the same document has done so. */
async function load(page: Page): Promise<void> {
  if (await page.evaluate(`typeof axe === 'undefined'`)) {
    await page.evaluate(await readFile(axeFile, 'utf8'));
  }
}

async function findingsOf(
  page: Page,
  counts: (impact: string | null | undefined) => boolean,
): Promise<readonly string[]> {
  await load(page);
  const found = await page.evaluate(`axe.run(${JSON.stringify(options)})`);
  const { passes, violations } = results.parse(found);
  if (passes.length === 0) throw new Error('axe-core has checked nothing.');
  return violations
    .filter(({ impact }) => counts(impact))
    .flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`));
}
