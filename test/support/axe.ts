import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';
import { z } from 'zod';

const axeFile = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

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

async function findingsOf(
  page: Page,
  counts: (impact: string | null | undefined) => boolean,
): Promise<readonly string[]> {
  await page.evaluate(await readFile(axeFile, 'utf8'));
  const { passes, violations } = results.parse(await page.evaluate('axe.run()'));
  if (passes.length === 0) throw new Error('axe-core has checked nothing.');
  return violations
    .filter(({ impact }) => counts(impact))
    .flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`));
}
