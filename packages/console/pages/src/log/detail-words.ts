import { toFactorNames } from '../parts/factor-names.ts';

interface Recorded {
  readonly action: string;
  readonly detail: string | null;
}

/** Their details are the factors that were proved. */
const proofs: ReadonlySet<string> = new Set([
  'login.succeeded',
  'session.reauthenticated',
  'session.proved',
]);

/** Their details have times, and no text that a user chose. */
const timed: ReadonlySet<string> = new Set([
  'membership.granted',
  'login.limited',
  'audit.pruned',
  'access_history.pruned',
]);

/** They are about sessions, and their details begin with the user. */
const ofSessions: ReadonlySet<string> = new Set(['session.ended', 'refresh.reused']);

const minute = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' });

const time = /\d{4}-\d\d-\d\dT[\d:.]+Z/g;
const owner = /^of user ([0-9a-f-]{36})(?:; )?/;

/** Returns the id of the user whose session a record is about. */
export const ownerOf = ({ action, detail }: Recorded): string | undefined =>
  ofSessions.has(action) ? owner.exec(detail ?? '')?.[1] : undefined;

/** Returns the detail of a record in words. What users and projects have written stays as it is. */
export function toDetailWords({ action, detail }: Recorded): string | null {
  if (detail === null) return null;
  if (proofs.has(action)) return `by ${toFactorNames(detail.split(', '))}`;
  if (timed.has(action)) return detail.replaceAll(time, (at) => minute.format(new Date(at)));
  return ofSessions.has(action) ? detail.replace(owner, '') : detail;
}
