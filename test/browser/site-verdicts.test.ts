import { it } from 'vitest';
import { compareVerdicts } from '../site/compare-verdicts.ts';
import { runSiteWorker, siteWorker } from '../site/site-worker.ts';

it.skipIf(siteWorker === undefined)(
  'the built page decides in Chromium as a server, for a sample of generated states (needs `npm run docs:build` before)',
  async () => {
    const { decide, stop } = await runSiteWorker();
    await compareVerdicts({ file: 'test/browser/site-verdicts.test.ts', cases: 60, decide });
    await stop();
  },
);
