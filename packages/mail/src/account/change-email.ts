import { userOf } from 'graphql-gatehouse/package';
import { saveVerified, verifiedOf } from '../addresses/address.store.ts';
import type { MutationResolvers } from '../generated/resolver-types.ts';
import { parseDelivery } from '../links/delivery.ts';
import { queueMail } from '../outbox/outbox.store.ts';
import { address, addressChanged, undo } from '../purposes.ts';
import { cancelTokens, madeAfter, ofAccount } from '../tokens/token.store.ts';
import { countEntered, queueLink } from './account-link.ts';
import { changeByLink } from './presented-token.ts';

export const changeEmailFields = {
  /** Sends a link to a new address, which does not count before it is verified. @throws CONFLICT, TOO_MANY_LINKS. */
  async changeEmail(parts, { email: text, proof, challenge, ...given }, context) {
    const { accounts, errors } = parts;
    const email = accounts.parseEmail('email', text);
    const delivery = parseDelivery(parts, given);
    const { userId } = userOf(context.viewer);
    const event = { action: 'email.change_requested' };
    const change = { context, userId, event, ends: 'none', proof: { proof, challenge } } as const;
    await accounts.change(change, async (sql, { account, at }) => {
      if (account.email === email.text) {
        throw errors.badInput('email', '`email` is the address of this account.');
      }
      await countEntered(parts, sql, { email, at });
      await queueLink(parts, sql, { purpose: address, account, email, delivery, at });
    });
    return true;
  },

  /**
   * Changes an address by the token of a mail to the new one. A verified earlier address gets a link that restores it;
   * another one is informed.
   *
   * @throws CONFLICT: LINK_ENDED, or TOO_MANY_LINKS after three changes that can be undone.
   */
  confirmEmail(parts, { token: text }, context) {
    const use = { purpose: address, text, context, action: 'email.changed', ends: 'none' } as const;
    return changeByLink(parts, use, async (sql, { account, at, setEmail, token, userId }) => {
      const before = await verifiedOf(sql, account);
      await setEmail(token.address);
      await saveVerified(sql, { ...token, userId }, at);
      if (before !== undefined) {
        const email = { text: before.address, key: before.addressKey };
        const delivery = { app: null, locale: before.locale };
        await queueLink(parts, sql, { purpose: undo, account, email, delivery, at });
      } else if (account.email !== null) {
        const { username, email: earlier } = account;
        const to = { userId, address: earlier, locale: token.locale, values: { username } };
        await queueMail(sql, { queue: 'ACCOUNT', purpose: addressChanged.name, ...to }, at);
      }
    });
  },

  /**
   * Restores the address of one change, whatever followed, and ends all sessions, links and pending addresses. Links that
   * would restore addresses of later changes end as well, and those of earlier ones stay.
   *
   * @throws CONFLICT, LINK_ENDED.
   */
  undoEmailChange(parts, { token: text }, context) {
    const use = { purpose: undo, text, context, action: 'email.restored', ends: 'all' } as const;
    return changeByLink(parts, use, async (sql, { at, setEmail, token, userId }) => {
      await setEmail(token.address);
      await saveVerified(sql, { ...token, userId }, at);
      await cancelTokens(sql, madeAfter(token), at);
    });
  },

  /** Ends the links that would restore earlier addresses of the viewer. */
  async declineEmailUndo({ accounts }, _args, context) {
    const { userId } = userOf(context.viewer);
    const change = { context, userId, event: { action: 'email_undo.declined' } } as const;
    await accounts.change({ ...change, ends: 'none' }, async (sql, { at, requireProofs }) => {
      requireProofs(2);
      await cancelTokens(sql, ofAccount(userId, [undo.name]), at);
    });
    return true;
  },
} satisfies MutationResolvers;
