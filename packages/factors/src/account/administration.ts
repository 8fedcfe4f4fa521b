import { parseUuid, required, type Sql } from 'graphql-gatehouse/package';
import { clearCodeAttempts } from '../attempts/code-attempts.ts';
import type { MutationResolvers } from '../generated/resolver-types.ts';
import type { FactorsContext, Parts } from '../parts.ts';
import { removeAllFactors } from './factor.store.ts';
import { kindsHeld, readHoldings } from './holdings.store.ts';
import { openEnrolment } from './openings.store.ts';

/** The account for which an administrator does something, or without a context a command on the machine. */
interface Target {
  readonly userId: string;
  readonly context?: FactorsContext;
}

/**
 * Removes all factors of a user, ends all sessions, and lets the user enrol for 24 hours.
 *
 * @throws NOT_FOUND. @throws CONFLICT: OWN_ACCOUNT or SEPARATE_DUTIES.
 */
export const resetFactors = (parts: Parts, target: Target): Promise<Date> =>
  administer(
    parts,
    { ...target, action: 'factors.reset', ends: 'all' },
    async (sql, userId, at) => {
      await removeAllFactors(sql, userId);
      await clearCodeAttempts(sql, userId);
      return openEnrolment(sql, userId, at);
    },
  );

/** Lets a user enrol a first factor for 24 hours, and returns the end. @throws as `resetFactors` does. */
export const openForEnrolment = (parts: Parts, target: Target): Promise<Date> =>
  administer(parts, { ...target, action: 'enrolment.opened', ends: 'none' }, openEnrolment);

export const administrationFields = {
  async resetFactors(parts, { userId }, context) {
    await resetFactors(parts, { userId, context });
    return required(context.load.users(userId.toLowerCase()));
  },
  openEnrolment: (parts, { userId }, context) => openForEnrolment(parts, { userId, context }),
} satisfies MutationResolvers;

interface Administration extends Target {
  readonly action: string;
  readonly ends: 'all' | 'none';
}

async function administer(
  { accounts, errors }: Parts,
  { context, userId: givenId, action, ends }: Administration,
  work: (sql: Sql, userId: string, at: Date) => Promise<Date>,
): Promise<Date> {
  const userId = parseUuid(givenId);
  if (userId === undefined) throw errors.notFound('userId');
  const viewer = context?.viewer;
  // API clients prove themselves with each request.
  const askingId = viewer?.kind === 'user' ? viewer.userId : undefined;
  if (askingId === userId) {
    throw errors.conflict('OWN_ACCOUNT', 'Another administrator has to do this for you.');
  }
  const change = { userId, event: { action }, ends, ...(context && { context }) };
  return accounts.change(change, async (sql, { at, requireProofs }) => {
    if (askingId !== undefined) requireProofs(kindsHeld(await readHoldings(sql, askingId)));
    return work(sql, userId, at);
  });
}
