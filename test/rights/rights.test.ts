import { rights } from '@graphql-gatehouse/rights';
import { expect, it } from 'vitest';

it('adds a field where its project has the console, and nothing to other schemas', () => {
  const opened = () => Promise.reject(new Error('Only the schema is composed.'));
  const fieldsWith = (...packages: readonly string[]) =>
    (rights().domains?.(opened, new Set(packages)) ?? []).flatMap(({ resolvers }) =>
      Object.keys(resolvers?.Query ?? {}),
    );
  expect(fieldsWith('rights')).toEqual([]);
  expect(fieldsWith('console', 'rights')).toEqual(['consoleUnusedRights']);
});
