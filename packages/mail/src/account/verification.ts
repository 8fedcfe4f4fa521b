import { userOf } from 'graphql-gatehouse/package';
import { verifiedOf } from '../addresses/address.store.ts';
import { storedEmail } from '../addresses/stored-email.ts';
import type { MailContext } from '../context.ts';
import { type Delivery, parseDelivery } from '../links/delivery.ts';
import type { Parts } from '../parts.ts';
import { verification } from '../purposes.ts';
import { countEntered, queueLink } from './account-link.ts';
import {
  type HasToken,
  requireToken,
  requireUserId,
  spendToken,
  verifyByToken,
} from './presented-token.ts';

/** Sends a link to the viewer's own address. @throws CONFLICT: NO_ADDRESS, ALREADY_VERIFIED or TOO_MANY_LINKS. */
export async function requestVerification(
  parts: Parts,
  given: Delivery,
  context: MailContext,
): Promise<true> {
  const { accounts, errors } = parts;
  const delivery = parseDelivery(parts, given);
  const userId = userOf(context.viewer).userId;
  const event = { action: 'email.verification_sent' };
  await accounts.change({ context, userId, event, ends: 'none' }, async (sql, changing) => {
    const { account, at } = changing;
    const email = storedEmail(account);
    if (email === undefined) {
      throw errors.conflict(
        'NO_ADDRESS',
        'This account has no address to which mails can be sent.',
      );
    }
    if ((await verifiedOf(sql, account)) !== undefined) {
      throw errors.conflict('ALREADY_VERIFIED', 'The address of this account is verified.');
    }
    await countEntered(parts, sql, { email, at });
    await queueLink(parts, sql, { purpose: verification, account, email, delivery, at });
  });
  return true;
}

/** Verifies an address by the token of a mail. @throws CONFLICT, LINK_ENDED. */
export async function verifyAddress(
  parts: Parts,
  { token: text }: HasToken,
  context: MailContext,
): Promise<true> {
  const token = await requireToken(parts, verification, text);
  const userId = requireUserId(parts, token);
  const event = { action: 'email.verified' };
  const change = { context, userId, event, ends: 'none', allowedBy: 'link' } as const;
  await parts.accounts.change(change, async (sql, { account, at }) => {
    await spendToken(parts, sql, { token, account, at });
    await verifyByToken(sql, { userId, token }, at);
  });
  return true;
}
