/**
 * One `@auth(...)`. It passes for an authenticated viewer who is in one of the groups in `requires`, or in a group that
 * implies one of them, or whom one of the policies in `or` admits. If both are empty, it passes for every authenticated
 * viewer. A clause with `rows` passes for every authenticated viewer, and narrows the field for those in none of
 * the groups.
 *
 * With `maxAge` or `factors`, a viewer must also have proved its identity so, whatever else admits it.
 */
export interface Clause {
  readonly requires: readonly string[];
  /**
   * `requires` and all groups that imply one of its groups (`@implies`), without those that are held within a type. Absent
   * when it would equal `requires`.
   */
  readonly satisfiedBy?: readonly string[];
  /** The groups that are held within a type (`@within`), by that type. Absent: all groups of the clause are global. */
  readonly within?: readonly PlacedGroups[];
  readonly or: readonly string[];
  /** Policies of which one must admit each row of the field. Absent in a clause that does not narrow. */
  readonly rows?: readonly string[];
  /** Whether the clause of an enum value counts only where a client supplies the value. */
  readonly readable?: true;
  /** In seconds, 1 or more: how long ago the viewer may have proved its factors. Absent: at any time. */
  readonly maxAge?: number;
  /** How many kinds of factors the viewer must have confirmed: 1 or 2. */
  readonly factors?: number;
}

/** Groups of which one, held in a place of a type, meets a clause there. */
export interface PlacedGroups {
  /** The type of the places. */
  readonly type: string;
  /** Those in `requires`, and all that imply one of them. */
  readonly groups: readonly string[];
  /** The policy that asks for the place of the field's parent. Absent: the parent is within no such place. */
  readonly row?: string;
}

/** A clause that a group in a place can meet. */
export type PlacedClause = Clause & { readonly within: readonly PlacedGroups[] };

export const isPlaced = (clause: Clause): clause is PlacedClause => clause.within !== undefined;

/** Names the groups of a clause that count in places: `OWNER or BILLING in its Organization`, for each type of places. */
export const namesInPlaces = ({ requires, within = [] }: Clause): readonly string[] =>
  within.map(({ type, groups }) => {
    const named = requires.filter((group) => groups.includes(group));
    return `${named.join(' or ')} in its ${type}`;
  });

/** Returns the policies that are asked for the place of a field's parent. */
export const rowPlacesOf = ({ within = [] }: Clause): readonly string[] =>
  within.flatMap(({ row = [] }) => row);

/** Whether a clause asks how and when the viewer proved its identity, besides its groups and policies. */
export const demandsProof = ({ maxAge, factors }: ProofDemand): boolean =>
  maxAge !== undefined || factors !== undefined;

/** What a clause, or several together, ask about the proof of identity. */
export type ProofDemand = Pick<Clause, 'maxAge' | 'factors'>;

/** Joins what several clauses ask about the proof: the least age and the most factors. */
export function joinDemands(demands: readonly ProofDemand[]): ProofDemand {
  const ages = demands.flatMap(({ maxAge = [] }) => maxAge);
  const kinds = demands.flatMap(({ factors = [] }) => factors);
  return {
    ...(ages.length > 0 && { maxAge: Math.min(...ages) }),
    ...(kinds.length > 0 && { factors: Math.max(...kinds) }),
  };
}

/** Returns a clause without what it asks about the proof of identity. */
export const withoutProof = ({ maxAge: _age, factors: _factors, ...clause }: Clause): Clause =>
  clause;

/** Returns how many kinds of factors a clause asks for. A maximum age alone asks for one. */
export const kindsDemanded = ({ maxAge, factors }: ProofDemand): number =>
  factors ?? (maxAge === undefined ? 0 : 1);

/** A clause that never refuses an authenticated viewer, but narrows the rows that it gets. */
export type NarrowingClause = Clause & { readonly rows: readonly string[] };

export const narrows = (clause: Clause): clause is NarrowingClause => clause.rows !== undefined;

/** All clauses of a schema coordinate. Every one must pass. Empty: unrestricted. */
export type Requirement = readonly Clause[];

/** The requirement of an unguarded coordinate. */
export const noRequirement: Requirement = [];

/** Leaves out the clauses that count only where a client supplies an enum value. */
export const whereReturned = (requirement: Requirement): Requirement =>
  requirement.some(({ readable }) => readable)
    ? requirement.filter(({ readable }) => !readable)
    : requirement;

/** Leaves out the clauses with `rows`. */
export const withoutRows = (requirement: Requirement): Requirement =>
  requirement.some(narrows) ? requirement.filter((clause) => !narrows(clause)) : requirement;

/**
 * Creates the function that joins requirements into one, with each distinct clause once. Equal requirements become
 * the same object, so that code which decides many coordinates can decide each distinct requirement once.
 */
export function createRequirementPool() {
  const requirements = new Map<string, Requirement>();
  const keys = new WeakMap<Clause, string>();
  const known = new WeakMap<Requirement, Requirement>();

  function keyOf(clause: Clause): string {
    const known = keys.get(clause);
    if (known !== undefined) return known;
    const { requires, or, rows = [], readable, maxAge, factors } = clause;
    const lists = [requires, or, rows, rowPlacesOf(clause)];
    const names = lists.map((each) => [...each].sort().join('|'));
    // A clause can narrow by no policy: to the rows that its groups show.
    const kinds = [narrows(clause) ? 'narrows' : '', readable ? 'readable' : ''];
    const key = [...names, ...kinds, maxAge, factors].join('?');
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
    // The case of nearly every coordinate: nothing to join.
    const same = known.get(first) ?? pool([first]);
    known.set(first, same);
    return same;
  };
}

/** Returns the groups of which one is enough for a clause, wherever it is held. */
export const sufficientGroups = ({ requires, satisfiedBy = requires }: Clause): readonly string[] =>
  satisfiedBy;

/** Returns all groups that can meet a clause: also those that do so in a place alone. */
export const namedGroups = (clause: Clause): readonly string[] => [
  ...sufficientGroups(clause),
  ...(clause.within ?? []).flatMap(({ groups }) => groups),
];

/** Whether the clause names neither groups nor policies: it passes for every authenticated viewer. */
const isOpen = ({ requires, or, rows }: Clause): boolean =>
  requires.length === 0 && or.length === 0 && rows === undefined;

/** Whether every proof of identity that `stronger` accepts is one that `weaker` accepts. */
const impliesProof = (stronger: Clause, weaker: Clause): boolean =>
  kindsDemanded(stronger) >= kindsDemanded(weaker) &&
  (stronger.maxAge ?? Number.POSITIVE_INFINITY) <= (weaker.maxAge ?? Number.POSITIVE_INFINITY);

/** Whether every viewer who passes `stronger` passes `weaker` too, and gets no more rows than `weaker` leaves it. */
export function implies(stronger: Clause, weaker: Clause): boolean {
  if (stronger.readable && !weaker.readable) return false;
  if (!impliesProof(stronger, weaker)) return false;
  if (isOpen(weaker)) return true;
  if (isOpen(stronger)) return false;
  return (
    stronger.requires.every((group) => namedGroups(weaker).includes(group)) &&
    stronger.or.every((policy) => weaker.or.includes(policy)) &&
    (!narrows(stronger) ||
      (narrows(weaker) && stronger.rows.every((policy) => weaker.rows.includes(policy))))
  );
}
