import type { AccountFacts } from 'graphql-gatehouse';
import type { Sql } from 'graphql-gatehouse/package';
import type { MailRuntime } from '../settings.ts';
import { findAddresses, findByAddress, isCurrent, type VerifiedAddress } from './address.store.ts';

export interface Holder {
  readonly account: AccountFacts;
  readonly verified: VerifiedAddress;
}

type Accounts = Pick<MailRuntime, 'accounts'>;

/** More accounts of one address are not looked at. */
const maxRead = 50;

/** Finds the accounts that have verified an address and still have it, the first one first. */
export const findHolders = async (
  parts: Accounts,
  sql: Sql,
  addressKey: string,
): Promise<readonly Holder[]> =>
  withAccounts(parts, sql, await findByAddress(sql, { addressKey, limit: maxRead }));

/** Finds the verified addresses of those accounts that still have them. */
export async function findVerified(
  parts: Accounts,
  sql: Sql,
  userIds: readonly string[],
): Promise<readonly VerifiedAddress[]> {
  const found = await withAccounts(parts, sql, await findAddresses(sql, userIds));
  return found.map(({ verified }) => verified);
}

async function withAccounts(
  parts: Accounts,
  sql: Sql,
  rows: readonly VerifiedAddress[],
): Promise<readonly Holder[]> {
  const ids = rows.map(({ userId }) => userId);
  const facts = await findAccounts(parts, sql, ids);
  return rows.flatMap((verified) => {
    const account = facts.get(verified.userId);
    return account !== undefined && isCurrent(verified, account) ? [{ account, verified }] : [];
  });
}

export const findAccounts = async (
  { accounts }: Accounts,
  sql: Sql,
  ids: readonly string[],
): Promise<ReadonlyMap<string, AccountFacts>> =>
  new Map((await accounts.find(sql, ids)).map((each) => [each.id, each]));

/** Returns those whose address has the same text as the first one: a mail goes to the text that is stored. */
export const sameText = (found: readonly Holder[]): readonly Holder[] =>
  found.filter(({ verified: { address } }) => address === found[0]?.verified.address);
