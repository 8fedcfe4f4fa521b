import { describe, expect, it } from 'vitest';
import { createPolicyCalls } from '../../packages/authorization/src/enforcement/calls/policy-calls.ts';
import { anonymous, holding } from './fixtures.ts';

const calls = createPolicyCalls({
  policies: {
    ROW: { reads: [], admits: () => true, where: () => ({ all: true }) },
    FIELD: () => true,
  },
});
const question = { coordinate: 'Query.bills', context: {} };
const field = { ...question, source: {}, args: {} };
const row = { ...question, row: {} };

describe('a policy', () => {
  it('admits a viewer whom it names', () => {
    expect(calls.admits('FIELD', holding(), field)).toBe(true);
    expect(calls.admitsRow('ROW', holding(), row)).toBe(true);
    expect(calls.where('ROW', holding(), {})).toEqual({ all: true });
  });

  it.each([
    { title: 'an anonymous viewer', viewer: anonymous, name: { field: 'FIELD', row: 'ROW' } },
    {
      title: 'anyone, if there is no such policy',
      viewer: holding(),
      name: { field: 'NO', row: 'NO' },
    },
    {
      title: 'anyone to rows, if it is not for rows',
      viewer: holding(),
      name: { field: 'NO', row: 'FIELD' },
    },
  ])('does not admit $title', ({ viewer, name }) => {
    expect(calls.admits(name.field, viewer, field)).toBe(false);
    expect(calls.admitsRow(name.row, viewer, row)).toBe(false);
    expect(calls.where(name.row, viewer, {})).toBeUndefined();
  });
});
