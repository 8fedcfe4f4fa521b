import type { AccountNotice } from 'graphql-gatehouse';
import type { Duty } from './duties.store.ts';

/** What an account does for another one. */
export interface Act {
  readonly duty: Duty;
  /** The operation of its field, by the variable `id`. Absent: it is a field of another package. */
  readonly operation?: string;
}

const actOn = (duty: Duty, field: string): Act => ({
  duty,
  operation: `mutation ($id: ID!) { ${field} }`,
});

/** By the action of the event. */
const acts: ReadonlyMap<string, Act> = new Map([
  ['factors.reset', actOn('FACTORS', 'resetFactors(userId: $id) { id }')],
  ['enrolment.opened', actOn('FACTORS', 'openEnrolment(userId: $id)')],
  ['password.reset', actOn('CREDENTIALS', 'resetPassword(userId: $id, newPassword: "") { id }')],
  ['user.updated', actOn('CREDENTIALS', 'updateUser(id: $id, input: { email: null }) { id }')],
]);

/** Returns what a notice says that its actor did for another account. Undefined: nothing that duties separate. */
export function actOf(notice: AccountNotice): Act | undefined {
  const { userId, actorId, action, setsPassword, emailBefore } = notice;
  if (actorId === null || actorId === userId) return undefined;
  const isCredential = setsPassword === true || emailBefore !== undefined;
  return acts.get(action) ?? (isCredential ? { duty: 'CREDENTIALS' } : undefined);
}

/** What someone else does without opening the account, by the action of the event. */
const harmless: ReadonlySet<string> = new Set([
  // The memberships at the time of an act say more.
  'membership.granted',
  // The link goes to the verified address.
  'password.reset_sent',
  // A second factor stays due.
  'otp.lost',
]);

export const opensAccount = ({ userId, actor, actorId, action }: AccountNotice): boolean =>
  action === 'user.created' || (actor !== 'LINK' && actorId !== userId && !harmless.has(action));
