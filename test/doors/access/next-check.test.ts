import { expect, it } from 'vitest';
import { nextCheckAtMs } from '../../../src/doors/access/next-check.ts';
import { createGroups } from '../../../src/values/groups.ts';

const at = (ms: number) => new Date(ms);
const manager = { group: 'MANAGER', expiresAt: at(20) };
const staff = { group: 'STAFF', expiresAt: null };
const { inEffect } = createGroups(['MANAGER', 'STAFF'], new Map([['MANAGER', ['STAFF']]]));

it.each([
  { what: 'nothing that ends', token: undefined, held: [], memberships: [], expected: Infinity },
  { what: 'a token', token: at(10), held: [], memberships: [], expected: 10 },
  {
    what: 'a membership',
    token: undefined,
    held: ['MANAGER'],
    memberships: [manager],
    expected: 20,
  },
  {
    what: 'a membership after a token',
    token: at(10),
    held: ['MANAGER', 'STAFF'],
    memberships: [manager, staff],
    expected: 10,
  },
  {
    what: 'a group that has ended since it was read',
    token: at(10),
    held: ['MANAGER', 'STAFF'],
    memberships: [staff],
    expected: 0,
  },
  {
    what: 'a group that has begun since',
    token: undefined,
    held: ['STAFF'],
    memberships: [manager, staff],
    expected: 20,
  },
  {
    what: 'a group that a membership implies',
    token: undefined,
    held: ['MANAGER', 'STAFF'],
    memberships: [manager],
    expected: 20,
  },
])('with $what, the next look is at $expected', ({ token, held, memberships, expected }) => {
  const endings = { groups: new Set(held), memberships, tokenEndsAt: token, inEffect };
  expect(nextCheckAtMs(endings)).toBe(expected);
});
