import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { repository } from './support/process.ts';

const inRepository = (path: string): string => `${repository}/${path}`;

// With `vitest -u`, this copies them.
it.each(['src/playground/page/tokens.css', 'examples/web/src/tokens.css'])(
  'has the colors of the console in %s',
  async (copy) => {
    const tokens = await readFile(
      inRepository('packages/console/pages/src/styles/tokens.css'),
      'utf8',
    );
    await expect(tokens).toMatchFileSnapshot(inRepository(copy));
  },
);
