import type { Clause, Requirement } from '../requirements/requirement.ts';

/** A clause as it is written in a schema: `@auth(requires: [ADMIN], or: [SELF])`. */
export function printClause({ requires, or }: Clause): string {
  const args = [
    ...(requires.length === 0 ? [] : [`requires: [${requires.join(', ')}]`]),
    ...(or.length === 0 ? [] : [`or: [${or.join(', ')}]`]),
  ];
  return args.length === 0 ? '@auth' : `@auth(${args.join(', ')})`;
}

/** All clauses of a requirement, as they are written in a schema. */
export const printRequirement = (requirement: Requirement): string =>
  requirement.map(printClause).join(' ');

/** The policies that must admit a viewer: `SELF`, or `(SELF or BOSS) and OWNER`. */
export function printPolicies(lists: readonly (readonly string[])[]): string {
  const isAlone = lists.length === 1;
  return lists
    .map((policies) => policies.join(' or '))
    .map((text) => (isAlone || !text.includes(' ') ? text : `(${text})`))
    .join(' and ');
}
