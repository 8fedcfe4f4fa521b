import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { createGraphQLSteps } from '../../../src/doors/http/graphql-steps.ts';
import { pipeline } from '../../../src/doors/http/pipeline.ts';

/** The numbered lists of a page, after a heading or sentence that ends like this. */
async function listAfter(sentence: string): Promise<readonly string[]> {
  const text = await readFile('docs/contributing/architecture.md', 'utf8');
  const [, after = ''] = text.split(`${sentence}\n\n`);
  const [list = ''] = after.split('\n\n');
  return list.split('\n').map((line) => line.replace(/^\d+\. /, ''));
}

it('has the steps that the page about the architecture lists, in this order', async () => {
  const documented = await listAfter('Their order there is the order at run time:');
  expect(pipeline.map(({ name }) => name)).toEqual(documented);
});

it('has the steps of a request for GraphQL that the page lists, in this order', async () => {
  const unused = (): never => {
    throw new Error('No request was sent.');
  };
  const steps = createGraphQLSteps({
    subscriptions: { accept: unused },
    upgradeOf: unused,
    shedding: { hasRoom: unused, refuse: unused, run: unused },
    trace: undefined,
    resolveId: unused,
    run: unused,
    toClientError: unused,
    withinBudget: unused,
    withinReadTimeout: unused,
  });
  const documented = await listAfter('continues in `src/doors/http/graphql-steps.ts`:');
  expect(steps.map(({ name }) => name)).toEqual(documented);
});
