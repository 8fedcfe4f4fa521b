import {
  type Clause,
  demandsProof,
  joinDemands,
  type NarrowingClause,
  narrows,
  type Requirement,
  rowPlacesOf,
} from '../requirements/requirement.ts';
import { meets, metByWithheld } from './meets.ts';
import { holdsAnywhere } from './places.ts';
import { proves } from './proofs.ts';
import { toUnproven, type Unproven, unprovenClauses } from './unproven.ts';
import type { Viewer } from './viewer.ts';

/**
 * The result of checking a requirement against a viewer. `narrowed`: the viewer is admitted, and gets the
 * rows that a policy in `rows` of each of `clauses` admits. `depends`: no clause fails, and for each of `clauses` a policy
 * in `or` has to admit the viewer, or the rows have to be in a place where it holds a group; other clauses may narrow what
 * it then gets. `unproven`: the viewer is admitted, and has not proved its identity as the clauses ask.
 */
export type Decision = GroupDecision | Unproven;

/** A decision that depends on policies, or on the places of rows. */
export interface PolicyDecision {
  readonly outcome: 'depends';
  readonly clauses: readonly Clause[];
  /** The refusal of a viewer whom the policies admit. Absent: none. */
  readonly unproven?: Unproven;
  /** Those of `clauses` that a withheld group meets, and the refusal where no policy allows the viewer to one of them. */
  readonly withheld?: { readonly clauses: readonly Clause[]; readonly unproven: Unproven };
}

/** The result of checking a requirement against a viewer's groups. */
export type GroupDecision =
  | { readonly outcome: 'allowed' }
  | { readonly outcome: 'narrowed'; readonly clauses: readonly NarrowingClause[] }
  | { readonly outcome: 'unauthenticated'; readonly reason: string }
  | { readonly outcome: 'forbidden'; readonly unmet: readonly Clause[] }
  | PolicyDecision;

/** A negative decision. */
export type Refusal = Extract<Decision, { outcome: 'unauthenticated' | 'forbidden' | 'unproven' }>;

const allowed: GroupDecision = { outcome: 'allowed' };

/**
 * Decides by groups alone whether `viewer` meets `requirement`. It asks for no proof of identity.
 *
 * Pure: no I/O and no exceptions, so one call is one row of a truth table. An unauthenticated viewer
 * meets no clause, and the answer is `unauthenticated` before any group is named (RFC 9110, 15.5.2 and 15.5.4).
 */
export function decideByGroups(requirement: Requirement, viewer: Viewer): GroupDecision {
  if (admitsByGroups(requirement, viewer)) return allowed;
  if (!viewer.isAuthenticated) return { outcome: 'unauthenticated', reason: viewer.reason };
  const open = requirement.filter((clause) => !meets(clause, viewer.groups));
  const deciding = open.filter((clause) => !narrows(clause));
  const unmet = deciding.filter(
    (clause) => clause.or.length === 0 && !holdsAnywhere(clause, viewer),
  );
  if (unmet.length > 0) return { outcome: 'forbidden', unmet };
  if (deciding.length > 0) return { outcome: 'depends', clauses: deciding };
  return { outcome: 'narrowed', clauses: open.filter(narrows) };
}

/**
 * Decides whether `viewer` meets `requirement`: by its groups, those that are withheld included, and then by how and
 * when it proved its identity. Pure.
 *
 * @param now when the execution began.
 */
export function decide(requirement: Requirement, viewer: Viewer, now: Date): Decision {
  if (!viewer.isAuthenticated) return decideByGroups(requirement, viewer);
  // The case of most checks, without allocations.
  const isByGroups = viewer.withheld === undefined && !requirement.some(demandsProof);
  if (isByGroups) return decideByGroups(requirement, viewer);
  const byWithheld = metByWithheld(requirement, viewer);
  const [held, open] = [byWithheld.filter(hasNoPolicy), byWithheld.filter(hasPolicy)];
  const decision = decideByGroups(without(requirement, held), viewer);
  if (decision.outcome === 'forbidden') return decision;
  const unmet = unprovenClauses(requirement, { viewer, now });
  const refuseBy = ({ length }: readonly Clause[]): Unproven =>
    toUnproven(unmet, { viewer, now, withheld: length === 0 ? undefined : viewer.withheld });
  const isProved = unmet.length === 0 && held.length === 0;
  if (decision.outcome !== 'depends') return isProved ? decision : refuseBy(held);
  return {
    ...decision,
    ...(!isProved && { unproven: refuseBy(held) }),
    ...(open.length > 0 && { withheld: { clauses: open, unproven: refuseBy(open) } }),
  };
}

const hasPolicy = ({ or }: Clause): boolean => or.length > 0;
const hasNoPolicy = ({ or }: Clause): boolean => or.length === 0;

const without = (requirement: Requirement, left: readonly Clause[]): Requirement =>
  left.length === 0 ? requirement : requirement.filter((clause) => !left.includes(clause));

/**
 * Returns the refusal of a viewer after its policies were asked, or undefined when it is admitted.
 *
 * @param unmet the clauses of the decision that no policy meets, and no place.
 */
export function refusalAfter(
  { unproven, withheld }: PolicyDecision,
  unmet: readonly Clause[],
): Refusal | undefined {
  const refused = withheld === undefined ? unmet : without(unmet, withheld.clauses);
  if (refused.length > 0) return { outcome: 'forbidden', unmet: refused };
  return unmet.length > 0 && withheld !== undefined ? withheld.unproven : unproven;
}

/** Whether a clause of the requirement can narrow a viewer. */
export const canNarrow = (requirement: Requirement): boolean => requirement.some(narrows);

/** Returns the clauses that narrow an authenticated viewer, whatever the other clauses decide. Pure. */
export function narrowingClauses(
  requirement: Requirement,
  viewer: Viewer,
): readonly NarrowingClause[] {
  if (!viewer.isAuthenticated) return [];
  return requirement.filter(narrows).filter((clause) => !meets(clause, viewer.groups));
}

/** Whether rules of types can keep a value from a viewer. An anonymous viewer has no value of a type with a rule. */
export const canLackRows = (rules: Requirement, viewer: Viewer): boolean =>
  viewer.isAuthenticated ? narrowingClauses(rules, viewer).length > 0 : rules.length > 0;

/**
 * Returns the clauses of a field that are left to decide for an object that the policies in `rows` of other fields have
 * admitted. The same policies in `or` admit the viewer too: they mean the same for one row, whatever field asks. What
 * such a clause asks about the proof of identity is left.
 *
 * @param source the requirements of these fields, joined.
 */
export function leftForRow(
  requirement: Requirement,
  viewer: Viewer,
  source: Requirement,
): Requirement {
  const admitted = narrowingClauses(source, viewer);
  const isAdmitted = (clause: Clause) =>
    admitted.some(({ rows }) => isIn(rows, [...clause.or, ...rowPlacesOf(clause)]));
  return requirement.flatMap((clause) => {
    if (!isAdmitted(clause)) return [clause];
    return demandsProof(clause) ? [{ requires: [], or: [], ...joinDemands([clause]) }] : [];
  });
}

/** Whether policies in `rows` are all in `or`, so that a row which they admit meets the clause. */
const isIn = (some: readonly string[], all: readonly string[]): boolean =>
  some.every((each) => all.includes(each));

/** Creates the check whether groups or a policy can admit a viewer. Each distinct requirement is decided once. */
export function createMayPass(viewer: Viewer): (requirement: Requirement) => boolean {
  const known = new Map<Requirement, boolean>();
  return (requirement) => {
    const answer = known.get(requirement);
    if (answer !== undefined) return answer;
    const { outcome } = decideByGroups(requirement, viewer);
    const mayPass = outcome !== 'unauthenticated' && outcome !== 'forbidden';
    known.set(requirement, mayPass);
    return mayPass;
  };
}

/** Whether groups alone admit the viewer: the fast path of most checks. */
export type GroupAdmission = (viewer: Viewer) => boolean;

/**
 * Compiles the check by groups of one requirement. It runs for every guarded field of every object, so it allocates
 * nothing. Most requirements are one clause with one group, which needs no loop.
 */
export function compileGroupAdmission(requirement: Requirement): GroupAdmission {
  const group = onlyGroupOf(requirement);
  return group === undefined
    ? (viewer) => admitsByGroups(requirement, viewer)
    : (viewer) => viewer.isAuthenticated && viewer.groups.has(group) === true;
}

/** Returns the group that is all that a requirement asks for. */
export function onlyGroupOf(requirement: Requirement): string | undefined {
  const [clause, ...others] = requirement;
  const [group, ...alternatives] = clause?.satisfiedBy ?? clause?.requires ?? [];
  return others.length > 0 || alternatives.length > 0 ? undefined : group;
}

/** Whether groups and proofs alone admit the viewer of an execution that began at `now`. */
export type Admission = (viewer: Viewer, now: Date) => boolean;

/** Compiles the check of one requirement. Without `maxAge` and `factors`, it is that of the groups. */
export function compileAdmission(requirement: Requirement): Admission {
  const admits = compileGroupAdmission(requirement);
  const demands = requirement.filter(demandsProof);
  if (demands.length === 0) return admits;
  return (viewer, now) =>
    viewer.isAuthenticated &&
    admits(viewer) &&
    demands.every((clause) => proves(clause, viewer, now));
}

function admitsByGroups(requirement: Requirement, viewer: Viewer): boolean {
  if (!viewer.isAuthenticated) return requirement.length === 0;
  for (const clause of requirement) if (!meets(clause, viewer.groups)) return false;
  return true;
}
