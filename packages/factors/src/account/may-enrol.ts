import type { ChangingAccount } from 'graphql-gatehouse';
import type { Sql } from 'graphql-gatehouse/package';
import { findSecondFactorDemand } from '../demands/demands.ts';
import type { Parts } from '../parts.ts';
import { type Holdings, hasSecondFactor } from './holdings.store.ts';
import { readEnrolmentEnd } from './openings.store.ts';

/** How many factors of a kind an account can have. */
interface KindLimit {
  readonly max: number;
  readonly held: (holdings: Holdings) => number;
  readonly reason: string;
  readonly noun: string;
}

const limits = {
  // Each of them makes a guess more likely to be right.
  app: { max: 3, held: ({ apps }) => apps, reason: 'TOO_MANY_APPS', noun: 'apps' },
  passkey: {
    max: 20,
    held: ({ passkeys }) => passkeys,
    reason: 'TOO_MANY_PASSKEYS',
    noun: 'passkeys',
  },
} as const satisfies Record<string, KindLimit>;

/** A kind of factor that users add. */
export type EnrolledKind = keyof typeof limits;

/** The account to which a factor is added, in the transaction that has locked it. */
interface EnrollingAccount extends Pick<ChangingAccount, 'at' | 'groups'> {
  readonly sql: Sql;
  readonly userId: string;
  readonly holdings: Holdings;
}

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
  await requireOpen(parts, account);
  const { max, held, reason, noun } = limits[kind];
  if (held(account.holdings) < max) return;
  throw parts.errors.conflict(reason, `An account has at most ${max} ${noun}.`);
}

/** A password alone is not enough for the first factor after the grace of a group. @throws CONFLICT, ENROLMENT_CLOSED. */
async function requireOpen(
  { errors, demands }: Parts,
  { sql, userId, holdings, at, groups }: EnrollingAccount,
): Promise<void> {
  const isOverdue = [...groups].some(([group, grantedAt]) => {
    const demand = findSecondFactorDemand(demands, group);
    return demand !== undefined && demand.countsFrom(grantedAt) <= at;
  });
  if (hasSecondFactor(holdings) || !isOverdue) return;
  if ((await readEnrolmentEnd(sql, userId, at)) !== null) return;
  throw errors.conflict(
    'ENROLMENT_CLOSED',
    'The time to enrol a first factor is over. An administrator can open enrolment for 24 hours.',
  );
}
