import type { AccountChange, ChangingAccount } from 'graphql-gatehouse';
import { type Sql, userOf } from 'graphql-gatehouse/package';
import type { Parts } from '../parts.ts';
import type { SentProof } from './begun.ts';
import type { FactorsContext } from './context.ts';
import {
  type Holdings,
  kindsHeld,
  listFactors,
  readHoldings,
  type SecondFactor,
} from './holdings.store.ts';

/** What the owner changes, with the proof of what makes a way in to the account. */
interface OwnChanges {
  readonly context: FactorsContext;
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
  { context, event, ...proven }: OwnChanges,
  work: (change: OwnChange) => Promise<Result>,
): Promise<Result> => {
  const { userId } = userOf(context.viewer);
  const change = { context, userId, event, ends: 'others', ...proven } as const;
  return accounts.change(change, async (sql, changing) => {
    const holdings = await readHoldings(sql, userId);
    changing.requireProofs(kindsHeld(holdings));
    return work(Object.assign({}, changing, { sql, holdings }));
  });
};

/** Reads a factor after it was written. @throws NOT_FOUND when it was removed meanwhile. */
export async function readFactor(
  { sql, errors }: Parts,
  { userId, id }: { readonly userId: string; readonly id: string },
): Promise<SecondFactor> {
  const found = (await listFactors(sql, [userId])).find((each) => each.id === id);
  if (found !== undefined) return found;
  throw errors.notFound('id');
}

/** Parses the name that a user gives a factor. @throws BAD_USER_INPUT. */
export function parseName({ errors }: Parts, text: string): string {
  const name = text.length > 1_000 ? '' : text.trim();
  if (nameForm.test(name)) return name;
  throw errors.badInput('name', '`name` must have 1 to 64 characters, without control characters.');
}

const nameForm = /^[^\p{C}\p{Zl}\p{Zp}]{1,64}$/u;
