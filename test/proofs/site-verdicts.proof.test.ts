import { expect, it } from 'vitest';
import { recordFigure } from '../../scripts/figures/figures.ts';
import { compareVerdicts } from '../site/compare-verdicts.ts';
import { runSiteWorker, siteWorker } from '../site/site-worker.ts';

/**
 * `npm run proof -- site-verdicts`, after `npm run docs:build`: compares what the built page shows in Chromium with the
 * answers of a server over HTTP. `CASES` changes the number of cases.
 */
const cases = Number(process.env.CASES ?? 2_000);

it('the page decides as a server', async () => {
  expect(siteWorker, 'needs Chromium, and `npm run docs:build` before').toBeDefined();
  const { decide, stop } = await runSiteWorker();
  const file = 'test/proofs/site-verdicts.proof.test.ts';
  const states = await compareVerdicts({ file, cases, decide });
  await stop();
  recordFigure('site-verdicts.states', states);
});
