import type { AccountFacts } from 'graphql-gatehouse';
import type { PurposeLink } from '../purpose.ts';
import type { Token } from './token.store.ts';

/** Whether a token still fits its account: that is enabled, and has what its link is bound to. */
export function isBound(
  { boundTo }: PurposeLink,
  token: Pick<Token, 'userId' | 'passwordVersion' | 'address'>,
  account: AccountFacts | undefined,
): boolean {
  if (token.userId === null) return true;
  if (account?.id !== token.userId) return false;
  if (boundTo === 'nothing') return true;
  return (
    account.disabledAt === null &&
    token.passwordVersion === account.passwordVersion &&
    (boundTo === 'password' || token.address === account.email)
  );
}
