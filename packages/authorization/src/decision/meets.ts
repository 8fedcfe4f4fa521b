import { type Clause, narrows } from '../requirements/requirement.ts';
import { holdsAnywhere } from './places.ts';
import type { AuthenticatedViewer } from './viewer.ts';

/** Whether groups alone admit to a clause, and to all rows of what it narrows. */
export function meets(
  { requires, satisfiedBy = requires, or, rows }: Clause,
  groups: ReadonlySet<string>,
): boolean {
  if (requires.length === 0) return or.length === 0 && rows === undefined;
  // `=== true`: a `has` that returns a promise must not grant a group.
  for (const group of satisfiedBy) if (groups.has(group) === true) return true;
  return false;
}

/**
 * Returns the clauses that a withheld group of the viewer meets, and none of its other groups. Narrowing ones narrow. A group
 * that is withheld in any place counts: which place it will be is not known yet.
 */
export const metByWithheld = (
  requirement: readonly Clause[],
  { groups, withheld }: AuthenticatedViewer,
): readonly Clause[] =>
  withheld === undefined
    ? []
    : requirement.filter(
        (clause) =>
          !narrows(clause) &&
          !meets(clause, groups) &&
          (meets(clause, withheld.groups) || holdsAnywhere(clause, withheld)),
      );
