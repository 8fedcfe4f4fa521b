import type { SqlTransaction } from 'graphql-gatehouse';
import type { Parts } from '../parts.ts';

/** The groups that a provider gives to a user. */
export interface GivenGroups {
  readonly userId: string;
  readonly provider: string;
  readonly groups: readonly string[];
  readonly at: Date;
  readonly until: Date;
}

/** Gives a user the groups of a provider, in place of those of the login before. */
export const giveGroups = (
  { accounts }: Pick<Parts, 'accounts'>,
  transaction: SqlTransaction,
  { provider, ...given }: GivenGroups,
): Promise<void> => accounts.giveGroups(transaction, { ...given, source: `providers:${provider}` });

/** Takes all groups of a provider away from a user. */
export const takeGroups = (
  parts: Pick<Parts, 'accounts'>,
  transaction: SqlTransaction,
  given: Pick<GivenGroups, 'userId' | 'provider' | 'at'>,
): Promise<void> => giveGroups(parts, transaction, { ...given, groups: [], until: given.at });
