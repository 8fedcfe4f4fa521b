import type { AccountNotice, PackageContext, SqlTransaction } from 'gatehouse';
import type { FactorsSettings } from '../settings.ts';
import { hasDoneOther, recordDuty } from './duties.store.ts';
import { separateDuties } from './separate-duties.ts';

/** Changes of the password or address of an account. */
const actions: readonly string[] = ['password.reset', 'user.updated'];

/**
 * Remembers who has set the password or address of another user.
 *
 * @throws CONFLICT, SEPARATE_DUTIES, when the same user has reset the factors of the account within 24 hours.
 */
export async function noteCredentials(
  sql: SqlTransaction,
  { userId, actorId, action, at }: AccountNotice,
  { settings, errors }: Pick<PackageContext<FactorsSettings>, 'settings' | 'errors'>,
): Promise<void> {
  if (actorId === null || actorId === userId || !actions.includes(action)) return;
  const done = { userId, actorId, at, duty: 'CREDENTIALS' } as const;
  if (settings.FACTORS_SEPARATE_DUTIES === 'on' && (await hasDoneOther(sql, done))) {
    throw errors.conflict('SEPARATE_DUTIES', separateDuties);
  }
  await recordDuty(sql, done);
}
