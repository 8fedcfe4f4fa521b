import { saveLocale, verifiedOf } from '../addresses/address.store.ts';
import type { MutationResolvers } from '../generated/resolver-types.ts';
import { parseDelivery } from '../links/delivery.ts';
import { reset } from '../purposes.ts';
import { isBound } from '../tokens/is-bound.ts';
import { queueLink } from './account-link.ts';
import { linkEnded, requireToken, requireUserId, spendToken } from './presented-token.ts';

export const resetFields = {
  /**
   * Sets a password by the token of a mail, and ends all sessions. Second factors stay.
   *
   * @throws CONFLICT, LINK_ENDED. @throws BAD_USER_INPUT.
   */
  async resetPasswordByMail(parts, { token: text, newPassword: password }, context) {
    const { accounts, sql } = parts;
    const token = await requireToken(parts, reset, text);
    const userId = requireUserId(parts, token);
    const [found] = await accounts.find(sql, [userId]);
    // Before the hash, which costs time.
    if (found === undefined || !isBound(token.link, token, found)) throw linkEnded(parts);
    const { username } = found;
    const checked = { context, password, argument: 'newPassword', username };
    const passwordHash = await accounts.hashPassword(checked);
    const event = { action: 'password.reset_by_mail' };
    const change = { context, userId, event, ends: 'all', allowedBy: 'link' } as const;
    await accounts.change(change, async (transaction, { account, at, setPassword }) => {
      if ((await verifiedOf(transaction, account)) === undefined) throw linkEnded(parts);
      await spendToken(parts, transaction, { token, account, at });
      await setPassword(passwordHash);
      await saveLocale(transaction, { userId, locale: token.locale });
    });
    return true;
  },

  /** Sends a link for a new password to a user. @throws CONFLICT: NO_VERIFIED_ADDRESS or TOO_MANY_LINKS. */
  async sendPasswordReset(parts, { userId, ...given }, context) {
    const delivery = parseDelivery(parts, given);
    const event = { action: 'password.reset_sent' };
    await parts.accounts.change({ context, userId, event, ends: 'none' }, async (sql, changing) => {
      const { account, at } = changing;
      const verified = await verifiedOf(sql, account);
      if (verified === undefined || account.disabledAt !== null) {
        const message = 'This user is disabled or has no verified address.';
        throw parts.errors.conflict('NO_VERIFIED_ADDRESS', message);
      }
      const email = { text: verified.address, key: verified.addressKey };
      await queueLink(parts, sql, { purpose: reset, account, email, delivery, at });
    });
    return true;
  },
} satisfies MutationResolvers;
