import type { Clause } from '../../requirements/requirement.ts';

/**
 * Creates the function that remembers positions by a key. A position after the same clauses as an earlier one, and
 * perhaps more, reveals nothing new: types refer to each other, and there are many ways to the same type.
 */
export function createVisited(): (key: string, passed: ReadonlySet<Clause>) => boolean {
  const earlier = new Map<string, ReadonlySet<Clause>[]>();
  return (key, passed) => {
    const known = earlier.get(key) ?? [];
    if (known.some((clauses) => [...clauses].every((clause) => passed.has(clause)))) return true;
    earlier.set(key, [...known, passed]);
    return false;
  };
}
