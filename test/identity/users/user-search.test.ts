import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { searchKindOf, toPattern } from '../../../src/identity/users/user-search.ts';

describe('a search', () => {
  it.each([
    { search: 'abc', kind: 'CONTAINS' },
    { search: 'a1b', kind: 'CONTAINS' },
    { search: '- abc', kind: 'CONTAINS' },
    { search: 'Größe', kind: 'CONTAINS' },
    { search: '田中一', kind: 'CONTAINS' },
    { search: 'ab', kind: 'BEGINS_WITH' },
    { search: 'ab.cd', kind: 'BEGINS_WITH' },
    { search: '---', kind: 'BEGINS_WITH' },
    { search: '%%%', kind: 'BEGINS_WITH' },
  ])('for "$search" is by $kind', ({ search, kind }) => {
    expect(searchKindOf(search, true)).toBe(kind);
  });

  it('is by the beginning of names for every text where the database has no index of parts', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (search) => {
        expect(searchKindOf(search, false)).toBe('BEGINS_WITH');
      }),
    );
  });
});

describe('a pattern', () => {
  /** LIKE of PostgreSQL, as its manual describes it. */
  function isLike(text: string, pattern: string): boolean {
    const [first, ...rest] = pattern;
    if (first === undefined) return text === '';
    const others = rest.join('');
    if (first === '%') {
      return [...Array(text.length + 1).keys()].some((n) => isLike(text.slice(n), others));
    }
    if (text === '') return false;
    const [head = '', ...tail] = text;
    if (first === '_') return isLike(tail.join(''), others);
    if (first !== '\\') return head === first && isLike(tail.join(''), others);
    return head === rest[0] && isLike(tail.join(''), rest.slice(1).join(''));
  }

  const text = fc.string({ unit: fc.constantFrom('a', 'b', '%', '_', '\\'), maxLength: 6 });
  it('matches what contains the text, or begins with it, and nothing else', () => {
    fc.assert(
      fc.property(text, text, (name, search) => {
        expect(isLike(name, toPattern(search, 'CONTAINS'))).toBe(name.includes(search));
        expect(isLike(name, toPattern(search, 'BEGINS_WITH'))).toBe(name.startsWith(search));
      }),
      { numRuns: 1_000 },
    );
  });
});
