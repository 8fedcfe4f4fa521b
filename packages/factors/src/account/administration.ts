import type { Viewer } from 'graphql-gatehouse';
import { parseUuid, type Sql } from 'graphql-gatehouse/package';
import { clearCodeAttempts } from '../attempts/code-attempts.ts';
import type { Parts } from '../parts.ts';
import type { FactorsContext } from './context.ts';
import { removeAllFactors } from './factor.store.ts';
import { kindsHeld, readHoldings } from './holdings.store.ts';
import { openEnrolment } from './openings.store.ts';

/** The account for which an administrator, or a command on the machine, does something. */
export interface Target {
  readonly userId: string;
}

/**
 * Removes all factors of a user, ends all sessions, and lets the user enrol for 24 hours.
 *
 * @throws NOT_FOUND. @throws CONFLICT: OWN_ACCOUNT or SEPARATE_DUTIES.
 */
export const resetFactors = (
  parts: Parts,
  { userId: given }: Target,
  context?: FactorsContext,
): Promise<void> => {
  const asked = { userId: given, context, action: 'factors.reset', ends: 'all' } as const;
  return administer(parts, asked, async (sql, userId, at) => {
    await removeAllFactors(sql, userId);
    await clearCodeAttempts(sql, userId);
    await openEnrolment(sql, userId, at);
  });
};

/**
 * Lets a user enrol a first factor for 24 hours, and returns the end.
 *
 * @throws NOT_FOUND. @throws CONFLICT: OWN_ACCOUNT or SEPARATE_DUTIES.
 */
export const openForEnrolment = (
  parts: Parts,
  { userId }: Target,
  context?: FactorsContext,
): Promise<Date> =>
  administer(parts, { userId, context, action: 'enrolment.opened', ends: 'none' }, openEnrolment);

interface Administration extends Target {
  /** Undefined: a command. */
  readonly context: FactorsContext | undefined;
  readonly action: string;
  readonly ends: 'all' | 'none';
}

async function administer<Result>(
  parts: Parts,
  { context, userId: givenId, action, ends }: Administration,
  work: (sql: Sql, userId: string, at: Date) => Promise<Result>,
): Promise<Result> {
  const { accounts, errors } = parts;
  const userId = parseUuid(givenId);
  if (userId === undefined) throw errors.notFound('userId');
  const viewer = context?.viewer;
  const actorId = viewer && idOf(viewer);
  if (actorId === userId) {
    throw errors.conflict('OWN_ACCOUNT', 'Another administrator has to do this for you.');
  }
  const asking = context === undefined ? {} : { context };
  const change = { ...asking, userId, event: { action }, ends };
  return accounts.change(change, async (sql, { at, requireProofs }) => {
    // API clients prove themselves with each request.
    if (viewer?.kind === 'user') requireProofs(kindsHeld(await readHoldings(sql, viewer.userId)));
    return work(sql, userId, at);
  });
}

const idOf = (viewer: Viewer): string | undefined =>
  viewer.kind === 'apiClient'
    ? viewer.clientId
    : viewer.kind === 'user'
      ? viewer.userId
      : undefined;
