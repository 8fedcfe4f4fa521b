import { describe, expect, it } from 'vitest';
import type { Viewer } from '../../../src/authentication/viewer.ts';
import { requireCompleteFilters } from '../../../src/schema/policies/complete-filters.ts';
import { definePolicy } from '../../../src/schema/policies/policy.ts';
import { createTestContext } from '../../support/test-context.ts';

const client = {
  kind: 'apiClient',
  isAuthenticated: true,
  clientId: 'client-1',
  secretHash: new Uint8Array(),
  groups: new Set<string>(),
} as const satisfies Viewer;

const context = createTestContext(client);

/** What the policy's filter is for an API client. */
function filterOf(where: () => unknown): unknown {
  const policy = definePolicy({ reads: [], admits: () => true, where });
  const { OWN } = requireCompleteFilters({ OWN: policy });
  if (typeof OWN !== 'object') throw new Error('The policy has no filter.');
  return OWN.where(client, context);
}

describe('the filter of a policy for Prisma', () => {
  it.each([
    { title: 'a property', filter: { customerId: undefined }, path: 'customerId' },
    { title: 'a nested one', filter: { customer: { id: undefined } }, path: 'customer.id' },
    { title: 'one in a list', filter: { OR: [{ a: 1 }, { b: undefined }] }, path: 'OR.1.b' },
  ])('is refused when $title is undefined: Prisma would return all rows', ({ filter, path }) => {
    expect(() => filterOf(() => filter)).toThrow(path);
  });

  it.each([{}, { a: null }, { at: { lt: new Date(0) } }, { id: { in: [] } }])(
    'stays as it is otherwise: %j',
    (filter) => {
      expect(filterOf(() => filter)).toBe(filter);
    },
  );

  it('is not asked for of a predicate', () => {
    const isOwn = () => true;
    expect(requireCompleteFilters({ OWN: isOwn })).toEqual({ OWN: isOwn });
  });
});
