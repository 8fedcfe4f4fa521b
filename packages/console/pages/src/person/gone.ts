import type { Person } from './person.ts';

/** Names what is deleted with a user, as far as the viewer may read it. */
export function gone({ memberships }: Person): string {
  if (memberships === undefined) return ' with all memberships and sessions';
  const [first, ...others] = new Set(memberships.map(({ group }) => group));
  if (first === undefined) return ' with all sessions';
  return others.length === 0
    ? `, the membership in ${first} and all sessions`
    : `, ${others.length + 1} memberships (${[first, ...others].join(', ')}) and all sessions`;
}
