import type { AccountNotice, PackageContext, SqlTransaction } from 'gatehouse';
import { recoveredAt, recoveredSession } from '../recovery/recovered.ts';
import type { FactorsSettings } from '../settings.ts';
import { hasDoneOther, recordDuty } from './duties.store.ts';
import { separateDuties } from './separate-duties.ts';

/** Changes of the password or address of an account. */
const actions: readonly string[] = ['password.reset', 'user.updated'];

/** What a recovery code does not permit: the own address, at once and by a link to another one, and the own password. */
const withheldActions: readonly string[] = [
  'user.updated',
  'email.change_requested',
  'password.changed',
];

/**
 * Remembers who has set the password or address of another user. An own address or password waits for 24 hours after a recovery code.
 *
 * @throws CONFLICT, RECOVERED_SESSION.
 * @throws CONFLICT, SEPARATE_DUTIES, when the same user has reset the factors of the account within 24 hours.
 */
export async function noteCredentials(
  sql: SqlTransaction,
  { userId, actorId, action, at, authenticatedAt }: AccountNotice,
  { settings, errors }: Pick<PackageContext<FactorsSettings>, 'settings' | 'errors'>,
): Promise<void> {
  const isWithheld = actorId === userId && withheldActions.includes(action);
  if (isWithheld && recoveredAt(authenticatedAt, at) !== undefined) {
    throw recoveredSession(errors);
  }
  if (actorId === null || actorId === userId || !actions.includes(action)) return;
  const done = { userId, actorId, at, duty: 'CREDENTIALS' } as const;
  if (settings.FACTORS_SEPARATE_DUTIES === 'on' && (await hasDoneOther(sql, done))) {
    throw errors.conflict('SEPARATE_DUTIES', separateDuties);
  }
  await recordDuty(sql, done);
}
