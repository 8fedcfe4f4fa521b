import { describe, expect, it } from 'vitest';
import { nearestName } from '../../src/values/nearest-name.ts';

describe('the nearest name', () => {
  it.each([
    { name: 'Query.usres', known: ['Query.user', 'Query.users'], nearest: 'Query.users' },
    { name: 'accountant', known: ['STAFF', 'ACCOUNTANT'], nearest: 'ACCOUNTANT' },
    { name: 'ROOM_OWNER', known: ['ROOM_HOLDER'], nearest: 'ROOM_HOLDER' },
    { name: 'HR', known: ['IT'], nearest: undefined },
    { name: 'GUEST', known: ['ADMIN', 'AUDITOR'], nearest: undefined },
    { name: 'ADMIN', known: [], nearest: undefined },
  ])('to $name among $known is $nearest', ({ name, known, nearest }) => {
    expect(nearestName(name, known)).toBe(nearest);
  });
});
