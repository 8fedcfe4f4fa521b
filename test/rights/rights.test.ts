import { rights } from '@graphql-gatehouse/rights';
import { expect, it } from 'vitest';

it('adds a field about reads, and one about unused rights where its project has the console', () => {
  const opened = () => Promise.reject(new Error('Only the schema is composed.'));
  const fieldsWith = (...packages: readonly string[]) =>
    (rights().domains?.(opened, new Set(packages)) ?? []).flatMap(({ resolvers }) =>
      Object.keys(resolvers?.Query ?? {}),
    );
  expect(fieldsWith('rights')).toEqual(['recordReads']);
  expect(fieldsWith('console', 'rights')).toEqual(['recordReads', 'consoleUnusedRights']);
});
