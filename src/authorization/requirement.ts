/**
 * One `@auth(...)`. It passes for a viewer who is authenticated and is in one of `requires`, or
 * satisfies one of the policies `or`, or finds neither given.
 */
export interface Clause {
  readonly requires: readonly string[];
  readonly or: readonly string[];
}

/** All clauses that hold at a schema coordinate; every one must pass. Empty: anyone may. */
export type Requirement = readonly Clause[];

/** The requirement of a coordinate at which nothing is guarded. */
export const noRequirement: Requirement = [];

/**
 * Joins requirements into one, each distinct clause once, and gives equal requirements one identity,
 * so that whoever decides many coordinates can decide each distinct requirement once.
 */
export function createRequirementPool() {
  const clauses = new Map<string, Clause>();
  const requirements = new Map<string, Requirement>();

  return function join(...parts: readonly Requirement[]): Requirement {
    const keys = [...new Set(parts.flat().map((clause) => keyOf(clause, clauses)))].sort();
    if (keys.length === 0) return noRequirement;
    const key = keys.join(' & ');
    const known = requirements.get(key);
    if (known !== undefined) return known;
    const joined = keys.flatMap((clauseKey) => clauses.get(clauseKey) ?? []);
    requirements.set(key, joined);
    return joined;
  };
}

function keyOf(clause: Clause, clauses: Map<string, Clause>): string {
  const key = `${[...clause.requires].sort().join('|')}?${[...clause.or].sort().join('|')}`;
  if (!clauses.has(key)) clauses.set(key, clause);
  return key;
}
