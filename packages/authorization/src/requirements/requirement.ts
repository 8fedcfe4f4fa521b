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
  const requirements = new Map<string, Requirement>();
  const keys = new WeakMap<Clause, string>();
  const known = new WeakMap<Requirement, Requirement>();

  function keyOf(clause: Clause): string {
    const known = keys.get(clause);
    if (known !== undefined) return known;
    const { requires, or } = clause;
    const key = `${[...requires].sort().join('|')}?${[...or].sort().join('|')}`;
    keys.set(clause, key);
    return key;
  }

  function pool(parts: readonly Requirement[]): Requirement {
    const clauses = new Map<string, Clause>();
    for (const part of parts) for (const clause of part) clauses.set(keyOf(clause), clause);
    const key = [...clauses.keys()].sort().join(' & ');
    const pooled = requirements.get(key) ?? [...clauses.values()];
    requirements.set(key, pooled);
    return pooled;
  }

  return function join(...parts: readonly Requirement[]): Requirement {
    const [first, ...others] = new Set(parts.filter((part) => part.length > 0));
    if (first === undefined) return noRequirement;
    if (others.length > 0) return pool([first, ...others]);
    // Nearly every coordinate: nothing to join, and the same clauses as at many others.
    const same = known.get(first) ?? pool([first]);
    known.set(first, same);
    return same;
  };
}

/** Whether whoever passes `stronger` passes `weaker` too. */
export function implies(stronger: Clause, weaker: Clause): boolean {
  if (weaker.requires.length === 0 && weaker.or.length === 0) return true;
  if (stronger.requires.length === 0 && stronger.or.length === 0) return false;
  return (
    stronger.requires.every((group) => weaker.requires.includes(group)) &&
    stronger.or.every((policy) => weaker.or.includes(policy))
  );
}
