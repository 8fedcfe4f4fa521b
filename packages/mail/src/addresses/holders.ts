import type { AccountFacts } from 'graphql-gatehouse';
import type { Sql } from 'graphql-gatehouse/package';
import type { MailRuntime } from '../settings.ts';
import { findByAddress, isCurrent, type VerifiedAddress } from './address.store.ts';

/** An account, and the address that it has verified. */
export interface Holder {
  readonly account: AccountFacts;
  readonly verified: VerifiedAddress;
}

/** More accounts of one address are not looked at. */
const maxRead = 50;

/** Finds the accounts that have verified an address and still have it, the first one first. */
export async function findHolders(
  { accounts }: Pick<MailRuntime, 'accounts'>,
  sql: Sql,
  addressKey: string,
): Promise<readonly Holder[]> {
  const rows = await findByAddress(sql, { addressKey, limit: maxRead });
  const ids = rows.map(({ userId }) => userId);
  const facts = new Map((await accounts.find(sql, ids)).map((each) => [each.id, each]));
  return rows.flatMap((verified) => {
    const account = facts.get(verified.userId);
    return account !== undefined && isCurrent(verified, account) ? [{ account, verified }] : [];
  });
}

/** Returns those whose address has the same text as the first one: a mail goes to the text that is stored. */
export const sameText = (found: readonly Holder[]): readonly Holder[] =>
  found.filter(({ verified: { address } }) => address === found[0]?.verified.address);
