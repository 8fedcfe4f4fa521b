import { userOf } from 'graphql-gatehouse/package';
import { saveVerified, verifiedOf } from '../addresses/address.store.ts';
import { storedEmail } from '../addresses/stored-email.ts';
import type { MutationResolvers } from '../generated/resolver-types.ts';
import { parseDelivery } from '../links/delivery.ts';
import { verification } from '../purposes.ts';
import { countEntered, queueLink } from './account-link.ts';
import { changeByLink } from './presented-token.ts';

export const verificationFields = {
  /** Sends a link to the viewer's own address. @throws CONFLICT: NO_ADDRESS, ALREADY_VERIFIED or TOO_MANY_LINKS. */
  async requestEmailVerification(parts, given, context) {
    const { accounts, errors } = parts;
    const delivery = parseDelivery(parts, given);
    const { userId } = userOf(context.viewer);
    const event = { action: 'email.verification_sent' };
    await accounts.change({ context, userId, event, ends: 'none' }, async (sql, changing) => {
      const { account, at } = changing;
      const email = storedEmail(account);
      if (email === undefined) {
        const message = 'This account has no address to which mails can be sent.';
        throw errors.conflict('NO_ADDRESS', message);
      }
      if ((await verifiedOf(sql, account)) !== undefined) {
        throw errors.conflict('ALREADY_VERIFIED', 'The address of this account is verified.');
      }
      await countEntered(parts, sql, { email, at });
      await queueLink(parts, sql, { purpose: verification, account, email, delivery, at });
    });
    return true;
  },

  /** Verifies an address by the token of a mail. @throws CONFLICT, LINK_ENDED. */
  verifyEmail(parts, { token: text }, context) {
    const use = { purpose: verification, text, context, action: 'email.verified' } as const;
    return changeByLink(parts, { ...use, ends: 'none' }, (sql, { token, userId, at }) =>
      saveVerified(sql, { ...token, userId }, at),
    );
  },
} satisfies MutationResolvers;
