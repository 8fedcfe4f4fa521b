import { describe, expect, it } from 'vitest';
import { createGroups } from '../../src/values/groups.ts';

describe('groups in effect', () => {
  const { inEffect } = createGroups(
    ['ADMIN', 'MANAGER', 'AUDITOR', 'STAFF'],
    new Map([
      ['ADMIN', ['MANAGER', 'AUDITOR']],
      ['MANAGER', ['STAFF']],
    ]),
  );

  it.each([
    { granted: [], held: [] },
    { granted: ['STAFF'], held: ['STAFF'] },
    { granted: ['MANAGER'], held: ['MANAGER', 'STAFF'] },
    { granted: ['STAFF', 'AUDITOR'], held: ['AUDITOR', 'STAFF'] },
    { granted: ['ADMIN', 'STAFF'], held: ['ADMIN', 'MANAGER', 'AUDITOR', 'STAFF'] },
  ])('of $granted are $held: in schema order, each once', ({ granted, held }) => {
    expect(inEffect(granted)).toEqual(held);
    expect(inEffect(held)).toEqual(held);
  });

  it('leave out groups that the schema does not have', () => {
    expect(inEffect(['JANITOR', 'STAFF'])).toEqual(['STAFF']);
  });

  it('end for groups that imply each other, which refuse the start', () => {
    const circle = new Map([
      ['A', ['B']],
      ['B', ['A']],
    ]);
    expect(createGroups(['A', 'B'], circle).inEffect(['A'])).toEqual(['A', 'B']);
  });
});
