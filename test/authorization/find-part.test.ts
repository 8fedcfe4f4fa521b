import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findPart } from '../../packages/authorization/src/enforcement/reads/find-part.ts';

const starts = fc
  .array(fc.nat({ max: 50 }), { maxLength: 100 })
  .map((each) => each.sort((left, right) => left - right));

describe('the search of the part of a list that holds an index', () => {
  it('finds the last one that begins at the index or before it', () => {
    fc.assert(
      fc.property(starts, fc.nat({ max: 60 }), (sorted, index) => {
        const parts = sorted.map((start) => ({ start }));
        expect(findPart(parts, index)).toBe(parts.findLast(({ start }) => start <= index));
      }),
    );
  });

  it('looks at 14 of 10,000 parts', () => {
    let looked = 0;
    const parts = Array.from({ length: 10_000 }, (_, start) => ({
      get start() {
        looked += 1;
        return start;
      },
    }));
    for (const index of [0, 1, 5000, 9999]) {
      looked = 0;
      expect(findPart(parts, index)).toBe(parts[index]);
      expect(looked).toBeLessThanOrEqual(14);
    }
  });
});
