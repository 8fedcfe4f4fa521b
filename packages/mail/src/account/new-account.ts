import type { NewAccount } from 'graphql-gatehouse';
import { lockAddress, saveVerified } from '../addresses/address.store.ts';
import { findHolders } from '../addresses/holders.ts';
import type { MutationCompleteSignUpArgs, MutationResolvers } from '../generated/resolver-types.ts';
import type { Parts } from '../parts.ts';
import { signUp } from '../purposes.ts';
import { findLive, takeAttempt } from '../tokens/token.store.ts';
import { linkEnded, type PresentedToken, requireToken, spendToken } from './presented-token.ts';

/** A new account by a token, and what gives it groups. */
interface AccountByToken extends Pick<NewAccount, 'context' | 'groups' | 'grantedBy' | 'proof'> {
  readonly chosen: Omit<MutationCompleteSignUpArgs, 'password'> & Pick<NewAccount, 'password'>;
  readonly token: PresentedToken;
  readonly action: string;
  /** Called in the transaction, after the token was spent. */
  readonly after?: (sql: Parameters<Parts['accounts']['mayRun']>[0]) => Promise<void>;
}

/** Creates an account with the address of a token, which is then verified. Returns the username. */
export async function createByToken(
  parts: Parts,
  { chosen, token, action, after, ...rights }: AccountByToken,
): Promise<string> {
  const { accounts, errors, sql } = parts;
  const { token: _text, ...names } = chosen;
  requireOwnName(parts, names.username, token.addressKey);
  if (!(await takeAttempt(sql, token.hash))) {
    // It can have been spent since it was found.
    if (!(await findLive(sql, token, parts.now()))) throw linkEnded(parts);
    throw errors.conflict('TOO_MANY_ATTEMPTS', 'There were too many attempts with this link.');
  }
  const account: NewAccount = {
    ...names,
    ...rights,
    email: token.address,
    event: { action },
    async before(transaction, at) {
      await lockAddress(transaction, token.addressKey);
      await spendToken(parts, transaction, { token, at });
      if ((await findHolders(parts, transaction, token.addressKey)).length > 0) {
        throw errors.conflict('HAS_ACCOUNT', 'There is an account with this address: log in.');
      }
      await after?.(transaction);
    },
  };
  await accounts.create(account, (transaction, { id, at }) =>
    saveVerified(transaction, { ...token, userId: id }, at),
  );
  return names.username;
}

/** A name that looks like an address could be taken for that of another person. */
function requireOwnName({ errors }: Parts, username: string, addressKey: string): void {
  // Longer ones are refused with the rules of usernames.
  const name = username.length > 1_000 ? '' : username.normalize('NFKC').toLowerCase();
  if (!name.includes('@') || name.trim() === addressKey) return;
  throw errors.badInput('username', 'A username with `@` must be the address of the account.');
}

export const signUpFields = {
  /** Creates an account by the token of a sign-up. Returns the username. @throws CONFLICT: LINK_ENDED or HAS_ACCOUNT. */
  async completeSignUp(parts, chosen, context) {
    const token = await requireToken(parts, signUp, chosen.token);
    const groups = parts.options.signUpGroups ?? null;
    return createByToken(parts, { chosen, token, context, groups, action: 'user.signed_up' });
  },
} satisfies MutationResolvers;
