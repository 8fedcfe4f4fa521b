import {
  type Clause,
  type NarrowingClause,
  narrows,
  type Requirement,
} from '../requirements/requirement.ts';
import type { Viewer } from './viewer.ts';

/**
 * The result of checking a requirement against a viewer's groups. `narrowed`: the viewer is admitted, and gets the
 * rows that a policy in `rows` of each of `clauses` admits. `depends`: no clause fails, and a policy in `or` of each
 * of `clauses` has to admit the viewer; other clauses may narrow what it then gets.
 */
export type Decision =
  | { readonly outcome: 'allowed' }
  | { readonly outcome: 'narrowed'; readonly clauses: readonly NarrowingClause[] }
  | { readonly outcome: 'unauthenticated'; readonly reason: string }
  | { readonly outcome: 'forbidden'; readonly unmet: readonly Clause[] }
  | { readonly outcome: 'depends'; readonly clauses: readonly Clause[] };

/** A negative decision. */
export type Refusal = Extract<Decision, { outcome: 'unauthenticated' | 'forbidden' }>;

const allowed: Decision = { outcome: 'allowed' };

/**
 * Decides by groups alone whether `viewer` meets `requirement`.
 *
 * Pure: no I/O and no exceptions, so one call is one row of a truth table. An unauthenticated viewer
 * meets no clause, and the answer is `unauthenticated` before any group is named (RFC 9110, 15.5.2 and 15.5.4).
 */
export function decide(requirement: Requirement, viewer: Viewer): Decision {
  if (admitsByGroups(requirement, viewer)) return allowed;
  if (!viewer.isAuthenticated) return { outcome: 'unauthenticated', reason: viewer.reason };
  const open = requirement.filter((clause) => !meets(clause, viewer.groups));
  const deciding = open.filter((clause) => !narrows(clause));
  const unmet = deciding.filter((clause) => clause.or.length === 0);
  if (unmet.length > 0) return { outcome: 'forbidden', unmet };
  if (deciding.length > 0) return { outcome: 'depends', clauses: deciding };
  return { outcome: 'narrowed', clauses: open.filter(narrows) };
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

/**
 * Decides the requirement of a field for an object that the policies in `rows` of other fields have admitted. The same
 * policies in `or` admit the viewer too: they mean the same for one row, whatever field asks.
 *
 * @param source the requirements of these fields, joined.
 */
export function decideForRow(
  requirement: Requirement,
  viewer: Viewer,
  source: Requirement,
): Decision {
  const admitted = narrowingClauses(source, viewer);
  const left = requirement.filter(({ or }) => !admitted.some(({ rows }) => isIn(rows, or)));
  return decide(left, viewer);
}

/** Whether policies in `rows` are all in `or`, so that a row which they admit meets the clause. */
const isIn = (some: readonly string[], all: readonly string[]): boolean =>
  some.every((each) => all.includes(each));

/** Whether groups alone admit the viewer: the fast path of most checks. */
export type Admission = (viewer: Viewer) => boolean;

/**
 * Compiles the check by groups of one requirement. It runs for every guarded field of every object, so it allocates
 * nothing. Most requirements are one clause with one group, which needs no loop.
 */
export function compileAdmission(requirement: Requirement): Admission {
  const [clause, ...others] = requirement;
  const [group, ...alternatives] = clause?.satisfiedBy ?? clause?.requires ?? [];
  if (group === undefined || others.length > 0 || alternatives.length > 0) {
    return (viewer) => admitsByGroups(requirement, viewer);
  }
  return (viewer) => viewer.isAuthenticated && viewer.groups.has(group) === true;
}

function admitsByGroups(requirement: Requirement, viewer: Viewer): boolean {
  if (!viewer.isAuthenticated) return requirement.length === 0;
  for (const clause of requirement) if (!meets(clause, viewer.groups)) return false;
  return true;
}

function meets(
  { requires, satisfiedBy = requires, or, rows }: Clause,
  groups: ReadonlySet<string>,
): boolean {
  if (requires.length === 0) return or.length === 0 && rows === undefined;
  // `=== true`: a `has` that returns a promise must not grant a group.
  for (const group of satisfiedBy) if (groups.has(group) === true) return true;
  return false;
}
