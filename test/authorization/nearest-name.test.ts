import { didYouMean, nearestName } from '@graphql-gatehouse/authorization/options';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

const names = fc.stringMatching(/^[a-z]{4,12}$/);

describe('the name that was probably meant', () => {
  it('is the name itself where it is known, in letters of any case', () => {
    fc.assert(
      fc.property(names, fc.array(names), (name, others) => {
        expect(nearestName(name.toUpperCase(), [...others, name])).toBe(name);
      }),
    );
  });

  it('is found with one letter more, less or other, or two exchanged', () => {
    fc.assert(
      fc.property(names, fc.nat(), (name, place) => {
        const at = place % (name.length - 1);
        const [before, after] = [name.slice(0, at), name.slice(at)];
        const [one = '', two = ''] = after;
        for (const misspelt of [
          `${before}x${after}`,
          `${before}${after.slice(1)}`,
          `${before}-${after.slice(1)}`,
          `${before}${two}${one}${after.slice(2)}`,
        ]) {
          expect(nearestName(misspelt, [name])).toBe(name);
        }
      }),
    );
  });

  it.each([
    { name: 'usres', known: ['user', 'users'], meant: 'users' },
    { name: 'users', known: ['usesr', 'user'], meant: 'user' },
    { name: 'BCRYPT_ROUNDS', known: ['BCRYPT_COST'], meant: 'BCRYPT_COST' },
    { name: 'BCRYPT_COSTS_X', known: ['BCRYPT_COST'], meant: 'BCRYPT_COST' },
    { name: 'LIMIT_COSTS_X', known: ['BCRYPT_COST'], meant: undefined },
    { name: 'Query.usres', known: ['Query.user', 'Query.users'], meant: 'Query.users' },
    { name: 'ROOM_OWNER', known: ['ROOM_HOLDER'], meant: 'ROOM_HOLDER' },
    { name: 'GUEST', known: ['ADMIN', 'AUDITOR'], meant: undefined },
    { name: 'ab', known: ['cd'], meant: undefined },
    { name: 'ab', known: ['ac'], meant: 'ac' },
    { name: 'abcd', known: ['abxyz'], meant: undefined },
    { name: 'a', known: ['a'.repeat(201)], meant: undefined },
    { name: 'a'.repeat(200), known: ['a'.repeat(199)], meant: 'a'.repeat(199) },
    { name: 'a'.repeat(201), known: ['a'.repeat(200)], meant: undefined },
    { name: 'name', known: [], meant: undefined },
  ])('of $name among $known is $meant', ({ name, known, meant }) => {
    expect(nearestName(name, known)).toBe(meant);
    expect(didYouMean(name, known)).toBe(meant === undefined ? '' : ` (did you mean ${meant}?)`);
  });
});
