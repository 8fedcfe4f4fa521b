import { isDeclaredPolicy } from '../requirements/places.ts';
import type { Clause, ProofDemand, Requirement } from '../requirements/requirement.ts';

/** Prints a clause in SDL notation: `@auth(requires: [ADMIN], or: [SELF])`. */
function printClause({ requires, or, rows: all = [], readable, ...proof }: Clause): string {
  const rows = all.filter(isDeclaredPolicy);
  const args = [
    ...(requires.length === 0 ? [] : [`requires: [${requires.join(', ')}]`]),
    ...(or.length === 0 ? [] : [`or: [${or.join(', ')}]`]),
    ...(rows.length === 0 ? [] : [`rows: [${rows.join(', ')}]`]),
    ...(readable ? ['readable: true'] : []),
    ...(proof.maxAge === undefined ? [] : [`maxAge: ${proof.maxAge}`]),
    ...(proof.factors === undefined ? [] : [`factors: ${proof.factors}`]),
  ];
  return args.length === 0 ? '@auth' : `@auth(${args.join(', ')})`;
}

/** Prints all clauses of a requirement in SDL notation, each once. */
export const printRequirement = (requirement: Requirement): string =>
  [...new Set(requirement.map(printClause))].join(' ');

/** Prints what is asked about the proof of identity, in parts: `2 factors`, `600 s`. */
export const printDemand = ({ factors, maxAge }: ProofDemand): readonly string[] => [
  ...(factors === undefined ? [] : [`${factors} factor${factors === 1 ? '' : 's'}`]),
  ...(maxAge === undefined ? [] : [`${maxAge} s`]),
];

/** Prints the policies that must admit a viewer, each list once: `SELF`, or `(SELF or BOSS) and OWNER`. */
export function printPolicies(lists: readonly (readonly string[])[]): string {
  const texts = [...new Set(lists.map((policies) => policies.join(' or ')))];
  const isAlone = texts.length === 1;
  return texts.map((text) => (isAlone || !text.includes(' ') ? text : `(${text})`)).join(' and ');
}
