import type { AccountChange } from 'graphql-gatehouse';
import { userOf } from 'graphql-gatehouse/package';
import type { MutationEnrolOtpArgs } from '../generated/resolver-types.ts';
import type { FactorsContext, Parts } from '../parts.ts';
import { restsOnCode } from '../recovery/recovered.ts';
import { type Begun, toBytes } from './begun.ts';
import { changeOwnBy, type OwnChange, readFactor } from './changing.ts';
import { kindsHeld, readHoldings } from './holdings.store.ts';
import { type EnrolledKind, requireMayEnrol } from './may-enrol.ts';
import { closeEnrolment } from './openings.store.ts';
import { putNewCodes } from './recovery.ts';

/**
 * Passes the door of log-ins with a proof, before a factor is added. Stores nothing of the factor. Returns the bytes of
 * `Begun`.
 *
 * @throws CONFLICT: see `requireMayEnrol`.
 */
export function begin(
  parts: Parts,
  { kind, ...proof }: MutationEnrolOtpArgs & { readonly kind: EnrolledKind },
  context: FactorsContext,
): Promise<Buffer> {
  const { userId } = userOf(context.viewer);
  return parts.accounts.prove({ ...proof, context }, async (sql, proving) => {
    const holdings = await readHoldings(sql, userId);
    await requireMayEnrol(parts, kind, Object.assign({ sql, userId, holdings }, proving));
    const recoveredAt = restsOnCode(context.viewer, proving.proved, proving.at) ?? null;
    return toBytes({ kinds: kindsHeld(holdings), recoveredAt });
  });
}

interface Enrolling {
  readonly context: FactorsContext;
  readonly kind: EnrolledKind;
  readonly event: AccountChange['event'];
  readonly begun: Begun;
  readonly ended: () => Error;
}

/**
 * Adds a factor by `add`, which returns its id: the account may have no more kinds of factors than were proved when the
 * enrolment began. Ends all other sessions, and informs the user. Returns the factor with the first recovery codes of the
 * account, or new ones after the last was used: none, if it has some.
 *
 * @throws CONFLICT: see `requireMayEnrol`. @throws `ended`.
 */
export async function enrolOwn(
  parts: Parts,
  { context, kind, event, begun, ended }: Enrolling,
  add: (change: OwnChange) => Promise<string>,
) {
  const { userId } = userOf(context.viewer);
  const { id, recoveryCodes } = await changeOwnBy(parts, { context, event }, async (change) => {
    const { sql, holdings } = change;
    if (begun.kinds < kindsHeld(holdings)) throw ended();
    await requireMayEnrol(parts, kind, change);
    const added = await add(change);
    await closeEnrolment(sql, userId);
    // A thief of the last code would have ten.
    const hasNoNew = holdings.recoveryCodes > 0 || begun.recoveredAt !== null;
    return { id: added, recoveryCodes: hasNoNew ? [] : await putNewCodes(parts, userId, sql) };
  });
  return { factor: await readFactor(parts, { userId, id }), recoveryCodes };
}
