import { createGatehouse, type GatehouseOptions, parseText } from 'graphql-gatehouse';
import { startTestGatehouse, type TestGatehouseOptions } from 'graphql-gatehouse/testing';
import { expect, it } from 'vitest';
import { checkRows } from '../../src/testing/check-rows.ts';
import { misspell } from '../support/misspelt-options.ts';

const gatehouse: Required<GatehouseOptions> = {
  environment: {},
  directory: '.',
  logDestination: { write: () => {} },
  onFirstAdmin: () => {},
};
const testGatehouse: Required<TestGatehouseOptions> = {
  directory: '.',
  databaseUrl: 'postgresql://127.0.0.1/none',
  environment: {},
  log: () => {},
};
const rows = { policy: 'OWN', read: async () => [], viewers: [], key: () => 1 };
const bounds = { least: 1, most: 2 };

/** Calls a function as JavaScript does. */
const call = async (caller: unknown, ...given: readonly unknown[]): Promise<unknown> =>
  typeof caller === 'function' ? Reflect.apply(caller, undefined, given) : undefined;

it.each([
  { caller: createGatehouse, options: gatehouse, before: [{}] },
  { caller: startTestGatehouse, options: testGatehouse, before: [{}] },
  { caller: checkRows, options: rows, before: [] },
  { caller: parseText, options: bounds, before: ['name', 'a'] },
])('$caller.name refuses an option that is misspelt, before anything is done', async (each) => {
  const { caller, options, before } = each;
  for (const { options: misspelt, meant } of misspell(options, ['environment', 'logDestination'])) {
    await expect(call(caller, ...before, misspelt, {})).rejects.toThrow(`did you mean ${meant}?`);
  }
});

it('parseText takes no text where a bound is missing', async () => {
  await expect(call(parseText, 'name', 'a', { least: 1 })).rejects.toThrow('name');
});
