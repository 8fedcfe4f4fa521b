import type { AccountChange } from 'graphql-gatehouse';
import { type Sql, userOf } from 'graphql-gatehouse/package';
import type { Parts } from '../parts.ts';
import { restsOnCode } from '../recovery/recovered.ts';
import type { Begun, SentProof } from './begun.ts';
import { type OwnChange, readFactor } from './changing.ts';
import type { FactorsContext } from './context.ts';
import { kindsHeld, readHoldings, type SecondFactor } from './holdings.store.ts';
import { type EnrolledKind, requireMayEnrol } from './may-enrol.ts';
import { closeEnrolment } from './openings.store.ts';
import { putFirstCodes } from './recovery.ts';

/**
 * Passes the door of log-ins with a proof, before a factor is added. Stores nothing of the factor.
 *
 * @throws CONFLICT: see `requireMayEnrol`.
 */
export const begin = (
  parts: Parts,
  { kind, proof, challenge }: SentProof & { readonly kind: EnrolledKind },
  context: FactorsContext,
): Promise<Begun> => {
  const { userId } = userOf(context.viewer);
  return parts.accounts.prove({ context, proof, challenge }, async (sql: Sql, proving) => {
    const holdings = await readHoldings(sql, userId);
    await requireMayEnrol(parts, kind, Object.assign({}, proving, { sql, userId, holdings }));
    const { at, proved } = proving;
    return { kinds: kindsHeld(holdings), recoveredAt: restsOnCode(context.viewer, proved, at) };
  });
};

/** A factor whose enrolment began with a proof. */
interface Enrolling {
  readonly context: FactorsContext;
  readonly kind: EnrolledKind;
  readonly event: AccountChange['event'];
  readonly begun: Begun;
  /** The error for an enrolment that has ended. */
  readonly ended: () => Error;
}

/** A factor that was added. */
export interface Enrolled {
  readonly factor: SecondFactor;
  /** The first recovery codes of the account, which are shown only now. Empty: it has some. */
  readonly recoveryCodes: readonly string[];
}

/**
 * Adds a factor by `add`, which returns its id: the account may have no more kinds of factors than were proved when the
 * enrolment began. Ends all other sessions, and informs the user.
 *
 * @throws CONFLICT: see `requireMayEnrol`. @throws `ended`.
 */
export async function enrolOwn(
  parts: Parts,
  { context, kind, event, begun, ended }: Enrolling,
  add: (change: OwnChange) => Promise<string>,
): Promise<Enrolled> {
  const { userId } = userOf(context.viewer);
  const { recoveredAt } = begun;
  const change = { context, userId, event, ends: 'others' } as const;
  const { id, recoveryCodes } = await parts.accounts.change(change, async (sql, changing) => {
    const holdings = await readHoldings(sql, userId);
    if (begun.kinds < kindsHeld(holdings)) throw ended();
    const own = Object.assign({}, changing, { sql, holdings });
    await requireMayEnrol(parts, kind, Object.assign({ userId }, own));
    const added = await add(own);
    await closeEnrolment(sql, userId);
    return { id: added, recoveryCodes: await putFirstCodes(parts, { userId, recoveredAt }, own) };
  });
  return { factor: await readFactor(parts, { userId, id }), recoveryCodes };
}
