import type { Clause, Requirement } from '../requirements/requirement.ts';
import type { Viewer } from './viewer.ts';

/**
 * What a viewer's groups say of a requirement. `depends`: no clause fails, and these wait for one of
 * their policies to admit the viewer.
 */
export type Decision =
  | { readonly outcome: 'allowed' }
  | { readonly outcome: 'unauthenticated'; readonly reason: string }
  | { readonly outcome: 'forbidden'; readonly unmet: readonly Clause[] }
  | { readonly outcome: 'depends'; readonly clauses: readonly Clause[] };

/** A negative decision. */
export type Refusal = Extract<Decision, { outcome: 'unauthenticated' | 'forbidden' }>;

const allowed: Decision = { outcome: 'allowed' };

/**
 * Decides what `viewer` may reach by its groups alone.
 *
 * Pure: no I/O and no exceptions, so one call is one row of a truth table. An unauthenticated viewer
 * satisfies no clause and is told to log in before any group is named (RFC 9110, 15.5.2 and 15.5.4).
 */
export function decide(requirement: Requirement, viewer: Viewer): Decision {
  if (admitsByGroups(requirement, viewer)) return allowed;
  if (!viewer.isAuthenticated) return { outcome: 'unauthenticated', reason: viewer.reason };
  const open = requirement.filter((clause) => !meets(clause, viewer.groups));
  const unmet = open.filter((clause) => clause.or.length === 0);
  if (unmet.length > 0) return { outcome: 'forbidden', unmet };
  return { outcome: 'depends', clauses: open };
}

/** Whether groups alone let the viewer in: the quick answer to the usual question. */
export type Admission = (viewer: Viewer) => boolean;

/**
 * Makes the question of one requirement. It is asked for every guarded field of every object, so that it
 * makes no object; most requirements are one clause of one group, which needs no loop either.
 */
export function compileAdmission(requirement: Requirement): Admission {
  const [clause, ...others] = requirement;
  const [group, ...alternatives] = clause?.requires ?? [];
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

function meets({ requires, or }: Clause, groups: ReadonlySet<string>): boolean {
  if (requires.length === 0) return or.length === 0;
  // A look-up that answers with a promise, or with anything but `true`, holds no group.
  for (const group of requires) if (groups.has(group) === true) return true;
  return false;
}
