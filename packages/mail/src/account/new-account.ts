import { lockAddress } from '../addresses/address.store.ts';
import { findHolders } from '../addresses/holders.ts';
import type { MailContext } from '../context.ts';
import type { Parts } from '../parts.ts';
import { signUp } from '../purposes.ts';
import { takeAttempt } from '../tokens/token.store.ts';
import { type PresentedToken, requireToken, spendToken, verifyByToken } from './presented-token.ts';

/** What who reads the mailbox chooses. */
export interface ChosenAccount {
  readonly token: string;
  readonly username: string;
  readonly password: string;
  readonly displayName?: string | null;
}

/** A new account by a token, and what gives it groups. */
export interface AccountByToken {
  readonly chosen: ChosenAccount;
  readonly token: PresentedToken;
  readonly context: MailContext;
  readonly groups: readonly string[] | null;
  readonly grantedBy?: { readonly kind: 'USER' | 'API_CLIENT'; readonly id: string };
  readonly action: string;
  /** Called in the transaction, after the token was spent. */
  readonly after?: (sql: Parameters<Parts['accounts']['mayRun']>[0]) => Promise<void>;
}

/** Creates an account with the address of a token, which is then verified. */
export async function createByToken(
  parts: Parts,
  { chosen, token, context, groups, grantedBy, action, after }: AccountByToken,
): Promise<void> {
  const { accounts, errors, sql } = parts;
  const { username, password, displayName } = chosen;
  requireOwnName(parts, username, token.addressKey);
  if (!(await takeAttempt(sql, token.hash))) {
    throw errors.conflict('TOO_MANY_ATTEMPTS', 'There were too many attempts with this link.');
  }
  const by = grantedBy === undefined ? {} : { grantedBy };
  const account = { context, username, password, displayName, email: token.address, groups };
  await accounts.create(
    {
      ...account,
      ...by,
      event: { action },
      async before(transaction, at) {
        await lockAddress(transaction, token.addressKey);
        await spendToken(parts, transaction, { token, at });
        const holders = await findHolders(parts, transaction, token.addressKey);
        if (holders.length > 0) throw hasAccountError(parts);
        await after?.(transaction);
      },
    },
    (transaction, { id, at }) => verifyByToken(transaction, { userId: id, token }, at),
  );
}

/** A name that looks like an address could be taken for that of another person. */
function requireOwnName({ errors }: Parts, username: string, addressKey: string): void {
  // Longer ones are refused with the rules of user names.
  const name = username.length > 1_000 ? '' : username.normalize('NFKC').toLowerCase();
  if (!name.includes('@') || name.trim() === addressKey) return;
  throw errors.badInput('username', 'A user name with `@` must be the address of the account.');
}

const hasAccountError = ({ errors }: Pick<Parts, 'errors'>): Error =>
  errors.conflict('HAS_ACCOUNT', 'There is an account with this address: log in.');

/** Creates an account by the token of a sign-up. Returns the user name. @throws CONFLICT: LINK_ENDED or HAS_ACCOUNT. */
export async function completeSignUp(
  parts: Parts,
  chosen: ChosenAccount,
  context: MailContext,
): Promise<string> {
  const token = await requireToken(parts, signUp, chosen.token);
  const groups = parts.options.signUpGroups ?? null;
  const action = 'user.signed_up';
  await createByToken(parts, { chosen, token, context, groups, action });
  return chosen.username;
}
