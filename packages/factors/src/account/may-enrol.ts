import { findSecondFactorDemand } from '../demands/demands.ts';
import type { Parts } from '../parts.ts';
import type { OwnChange } from './changing.ts';
import { hasSecondFactor } from './holdings.store.ts';
import { readEnrolmentEnd } from './openings.store.ts';

/** How many factors of a kind an account can have, and what counts them. */
const limits = {
  // Each of them makes a guess more likely to be right.
  app: { max: 3, held: 'apps', reason: 'TOO_MANY_APPS' },
  passkey: { max: 20, held: 'passkeys', reason: 'TOO_MANY_PASSKEYS' },
} as const;

export type EnrolledKind = keyof typeof limits;

/** The account to which a factor is added, in the transaction that has locked it. */
type EnrollingAccount = Pick<OwnChange, 'sql' | 'userId' | 'holdings' | 'at' | 'groups'>;

/**
 * Requires that an account may add a factor: when it is begun, so that no one begins in vain, and again when it is added.
 *
 * @throws CONFLICT: ENROLMENT_CLOSED, TOO_MANY_APPS or TOO_MANY_PASSKEYS.
 */
export async function requireMayEnrol(
  parts: Parts,
  kind: EnrolledKind,
  account: EnrollingAccount,
): Promise<void> {
  const { errors } = parts;
  if (!(await isOpen(parts, account))) {
    const message =
      'The time to enrol a first factor is over. An administrator can open enrolment for 24 hours.';
    throw errors.conflict('ENROLMENT_CLOSED', message);
  }
  const { max, held, reason } = limits[kind];
  if (account.holdings[held] < max) return;
  throw errors.conflict(reason, `An account has at most ${max} ${held}.`);
}

/** Whether an account may enrol. A password alone is not enough for the first factor after the grace of a group. */
async function isOpen(
  { demands }: Parts,
  { sql, userId, holdings, at, groups }: EnrollingAccount,
): Promise<boolean> {
  const isOverdue = [...groups].some(([group, grantedAt]) => {
    const demand = findSecondFactorDemand(demands, group);
    return demand !== undefined && demand.countsFrom(grantedAt) <= at;
  });
  if (hasSecondFactor(holdings) || !isOverdue) return true;
  return (await readEnrolmentEnd(sql, userId, at)) !== null;
}
