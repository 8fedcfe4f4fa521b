import { saveLocale, verifiedOf } from '../addresses/address.store.ts';
import type { MailContext } from '../context.ts';
import { type Delivery, parseDelivery } from '../links/delivery.ts';
import type { Parts } from '../parts.ts';
import { reset } from '../purposes.ts';
import { isBound } from '../tokens/is-bound.ts';
import { queueLink } from './account-link.ts';
import { linkEnded, requireToken, requireUserId, spendToken } from './presented-token.ts';

/** The arguments of `resetPasswordByMail`. */
export interface ResetByMail {
  readonly token: string;
  readonly newPassword: string;
}

/**
 * Sets a password by the token of a mail, and ends all sessions. Second factors stay.
 *
 * @throws CONFLICT, LINK_ENDED. @throws BAD_USER_INPUT.
 */
export async function resetByMail(
  parts: Parts,
  { token: text, newPassword }: ResetByMail,
  context: MailContext,
): Promise<true> {
  const { accounts, sql } = parts;
  const token = await requireToken(parts, reset, text);
  const userId = requireUserId(parts, token);
  const [found] = await accounts.find(sql, [userId]);
  // Before the hash, which costs time.
  if (found === undefined || !isBound(token.link, token, found)) throw linkEnded(parts);
  const { username } = found;
  const checked = { context, password: newPassword, argument: 'newPassword', username };
  const passwordHash = await accounts.hashPassword(checked);
  const event = { action: 'password.reset_by_mail' };
  const change = { context, userId, event, ends: 'all', allowedBy: 'link' } as const;
  await accounts.change(change, async (transaction, changing) => {
    const { account, at, setPassword } = changing;
    if ((await verifiedOf(transaction, account)) === undefined) throw linkEnded(parts);
    await spendToken(parts, transaction, { token, account, at });
    await setPassword(passwordHash);
    await saveLocale(transaction, { userId, locale: token.locale });
  });
  return true;
}

/** The arguments of `sendPasswordReset`. */
export interface ResetFor extends Delivery {
  readonly userId: string;
}

/** Sends a link for a new password to a user. @throws CONFLICT: NO_VERIFIED_ADDRESS or TOO_MANY_LINKS. */
export async function sendReset(
  parts: Parts,
  { userId, ...delivery }: ResetFor,
  context: MailContext,
): Promise<true> {
  const checked = parseDelivery(parts, delivery);
  const event = { action: 'password.reset_sent' };
  await parts.accounts.change({ context, userId, event, ends: 'none' }, async (sql, changing) => {
    const { account, at } = changing;
    const verified = await verifiedOf(sql, account);
    if (verified === undefined || account.disabledAt !== null) {
      throw parts.errors.conflict(
        'NO_VERIFIED_ADDRESS',
        'This user is disabled or has no verified address.',
      );
    }
    const { address, addressKey } = verified;
    const email = { text: address, key: addressKey };
    await queueLink(parts, sql, { purpose: reset, account, email, delivery: checked, at });
  });
  return true;
}
