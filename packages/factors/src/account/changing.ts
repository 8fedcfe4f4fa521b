import type { AccountChange, ChangingAccount } from 'graphql-gatehouse';
import type { Sql } from '../database/rows.ts';
import type { Parts } from '../parts.ts';
import { restsOnCode } from '../recovery/recovered.ts';
import type { Begun, SentProof } from './begun.ts';
import type { FactorsContext } from './context.ts';
import { type Holdings, kindsHeld, readHoldings } from './holdings.store.ts';
import { type EnrolledKind, requireMayEnrol } from './may-enrol.ts';

/** The user and the session that change their own factors. */
export interface Owner {
  readonly userId: string;
  readonly sessionId: string;
  readonly context: FactorsContext;
}

/** Returns the user of a request. @throws {Error} for another viewer: a guard is missing. Not for clients. */
export function ownerOf(context: FactorsContext): Owner {
  const { viewer } = context;
  if (viewer.kind === 'user') {
    return { userId: viewer.userId, sessionId: viewer.sessionId, context };
  }
  throw new Error('The field requires a user, but no guard enforces it.');
}

/**
 * Passes the door of log-ins with a proof, before a factor is added. Stores nothing of the factor.
 *
 * @throws CONFLICT: see `requireMayEnrol`.
 */
export const begin = (
  parts: Parts,
  { userId, context }: Owner,
  { kind, proof: sent }: { readonly kind: EnrolledKind; readonly proof: SentProof },
): Promise<Begun> => {
  const { proof, challenge } = sent;
  return parts.accounts.prove({ context, proof, challenge }, async (sql: Sql, proving) => {
    const holdings = await readHoldings(sql, userId);
    await requireMayEnrol(parts, kind, Object.assign({}, proving, { sql, userId, holdings }));
    const { at, proved } = proving;
    return { kinds: kindsHeld(holdings), recoveredAt: restsOnCode(context.viewer, proved, at) };
  });
};

/** What the owner changes, with the proof of what makes a way in to the account. */
interface OwnChanges {
  readonly owner: Owner;
  readonly event: AccountChange['event'];
  readonly proof?: SentProof;
}

/** Passed to the work of a change. */
export interface OwnChange extends ChangingAccount {
  readonly sql: Sql;
  /** The second factors before the change. The account is locked, so that no other change comes between. */
  readonly holdings: Holdings;
}

/**
 * Changes a user's own factors: requires as many kinds of fresh proofs as the account has, ends all other sessions, and
 * informs the user.
 */
export const changeOwn = <Result>(
  { accounts }: Parts,
  { owner, event, ...proven }: OwnChanges,
  work: (change: OwnChange) => Promise<Result>,
): Promise<Result> => {
  const { userId, context } = owner;
  const change = { context, userId, event, ends: 'others', ...proven } as const;
  return accounts.change(change, async (sql, changing) => {
    const holdings = await readHoldings(sql, userId);
    changing.requireProofs(kindsHeld(holdings));
    return work(Object.assign({}, changing, { sql, holdings }));
  });
};

/** A factor whose enrolment began with a proof. */
interface Enrolling {
  readonly owner: Owner;
  readonly kind: EnrolledKind;
  readonly event: AccountChange['event'];
  readonly begun: Begun;
  /** The error for an enrolment that has ended. */
  readonly ended: () => Error;
}

/**
 * Adds a factor: the account may have no more kinds of factors than were proved when the enrolment began. Ends all other
 * sessions, and informs the user.
 *
 * @throws CONFLICT: see `requireMayEnrol`. @throws `ended`.
 */
export const enrolOwn = <Result>(
  parts: Parts,
  { owner, kind, event, begun, ended }: Enrolling,
  work: (change: OwnChange) => Promise<Result>,
): Promise<Result> => {
  const { userId, context } = owner;
  const change = { context, userId, event, ends: 'others' } as const;
  return parts.accounts.change(change, async (sql, changing) => {
    const holdings = await readHoldings(sql, userId);
    if (begun.kinds < kindsHeld(holdings)) throw ended();
    const own = Object.assign({}, changing, { sql, holdings });
    await requireMayEnrol(parts, kind, Object.assign({ userId }, own));
    return work(own);
  });
};

/** Parses the name that a user gives a factor. @throws BAD_USER_INPUT. */
export function parseName({ errors }: Parts, text: string): string {
  const name = text.length > 1_000 ? '' : text.trim();
  if (nameForm.test(name)) return name;
  throw errors.badInput('name', '`name` must have 1 to 64 characters, without control characters.');
}

const nameForm = /^[^\p{C}\p{Zl}\p{Zp}]{1,64}$/u;
