import type { AccountChange, ChangingAccount } from 'graphql-gatehouse';
import { type Sql, userOf } from 'graphql-gatehouse/package';
import type { FactorsContext, Parts } from '../parts.ts';
import {
  type Holdings,
  kindsHeld,
  listFactors,
  readHoldings,
  type SecondFactor,
} from './holdings.store.ts';

/** What the owner changes, with the proof of what makes a way in to the account. */
interface OwnChanges extends Pick<AccountChange, 'event' | 'proof'> {
  readonly context: FactorsContext;
}

export interface OwnChange extends ChangingAccount {
  readonly sql: Sql;
  readonly userId: string;
  /** The second factors before the change. The account is locked, so that no other change comes between. */
  readonly holdings: Holdings;
}

/** Changes a user's own factors, ends all other sessions, and informs the user. The work requires what is to be proved. */
export function changeOwnBy<Result>(
  { accounts }: Pick<Parts, 'accounts'>,
  { context, ...asked }: OwnChanges,
  work: (change: OwnChange) => Promise<Result>,
): Promise<Result> {
  const { userId } = userOf(context.viewer);
  return accounts.change({ context, userId, ends: 'others', ...asked }, async (sql, changing) =>
    work(Object.assign({ sql, userId, holdings: await readHoldings(sql, userId) }, changing)),
  );
}

/** The same, for which the user has to prove as many kinds of factors afresh as the account has. */
export const changeOwn = <Result>(
  parts: Pick<Parts, 'accounts'>,
  changes: OwnChanges,
  work: (change: OwnChange) => Promise<Result>,
): Promise<Result> =>
  changeOwnBy(parts, changes, (change) => {
    change.requireProofs(kindsHeld(change.holdings));
    return work(change);
  });

/** Reads a factor after it was written. @throws NOT_FOUND when it was removed meanwhile. */
export async function readFactor(
  { sql, errors }: Parts,
  { userId, id }: { readonly userId: string; readonly id: string },
): Promise<SecondFactor> {
  const found = (await listFactors(sql, [userId])).find((each) => each.id === id);
  if (found !== undefined) return found;
  throw errors.notFound('id');
}

const nameForm = /^[^\p{C}\p{Zl}\p{Zp}]{1,64}$/u;

/** Parses the name that a user gives a factor. @throws BAD_USER_INPUT. */
export function parseName({ errors }: Parts, text: string): string {
  const name = text.length > 1_000 ? '' : text.trim();
  if (nameForm.test(name)) return name;
  throw errors.badInput('name', '`name` must have 1 to 64 characters, without control characters.');
}
