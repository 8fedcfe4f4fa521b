import { userOf } from 'graphql-gatehouse/package';
import { verifiedOf } from '../addresses/address.store.ts';
import type { MailContext } from '../context.ts';
import { type Delivery, parseDelivery } from '../links/delivery.ts';
import { queueMail } from '../outbox/outbox.store.ts';
import type { Parts } from '../parts.ts';
import { address, addressChanged, undo } from '../purposes.ts';
import { cancelLater, cancelTokens } from '../tokens/token.store.ts';
import { countEntered, queueLink } from './account-link.ts';
import {
  type HasToken,
  requireToken,
  requireUserId,
  spendToken,
  verifyByToken,
} from './presented-token.ts';

/** The arguments of `changeEmail`. */
export interface NewEmail extends Delivery {
  readonly email: string;
  readonly proof: Readonly<Record<string, unknown>>;
  readonly challenge?: string | null;
}

/** Sends a link to a new address, which does not count before it is verified. @throws CONFLICT, TOO_MANY_LINKS. */
export async function requestEmailChange(
  parts: Parts,
  { email: text, proof, challenge, ...given }: NewEmail,
  context: MailContext,
): Promise<true> {
  const { accounts, errors } = parts;
  const email = accounts.parseEmail('email', text);
  const delivery = parseDelivery(parts, given);
  const userId = userOf(context.viewer).userId;
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
}

/**
 * Changes an address by the token of a mail to the new one. A verified earlier address gets a link that restores it; another
 * one is informed.
 *
 * @throws CONFLICT: LINK_ENDED, or TOO_MANY_LINKS after three changes that can be undone.
 */
export async function confirmEmailChange(
  parts: Parts,
  { token: text }: HasToken,
  context: MailContext,
): Promise<true> {
  const { accounts } = parts;
  const token = await requireToken(parts, address, text);
  const userId = requireUserId(parts, token);
  const event = { action: 'email.changed' };
  const change = { context, userId, event, ends: 'none', allowedBy: 'link' } as const;
  await accounts.change(change, async (sql, { account, at, setEmail }) => {
    await spendToken(parts, sql, { token, account, at });
    const before = await verifiedOf(sql, account);
    await setEmail(token.address);
    await verifyByToken(sql, { userId, token }, at);
    if (before !== undefined) {
      const earlier = { text: before.address, key: before.addressKey };
      const delivery = { app: null, locale: before.locale };
      await queueLink(parts, sql, { purpose: undo, account, email: earlier, delivery, at });
    } else if (account.email !== null) {
      const { username, email: earlier } = account;
      const to = { userId, address: earlier, locale: token.locale, values: { username } };
      const mail = { queue: 'ACCOUNT', purpose: addressChanged.name } as const;
      await queueMail(sql, Object.assign({}, mail, to), at);
    }
  });
  return true;
}

/**
 * Restores the address of one change, whatever followed, and ends all sessions, links and pending addresses. Links that
 * would restore addresses of later changes end as well, and those of earlier ones stay.
 *
 * @throws CONFLICT, LINK_ENDED.
 */
export async function undoEmailChange(
  parts: Parts,
  { token: text }: HasToken,
  context: MailContext,
): Promise<true> {
  const token = await requireToken(parts, undo, text);
  const userId = requireUserId(parts, token);
  const event = { action: 'email.restored' };
  const change = { context, userId, event, ends: 'all', allowedBy: 'link' } as const;
  await parts.accounts.change(change, async (sql, { account, at, setEmail }) => {
    await spendToken(parts, sql, { token, account, at });
    await setEmail(token.address);
    await verifyByToken(sql, { userId, token }, at);
    await cancelLater(sql, token, at);
  });
  return true;
}

/** Ends the links that would restore earlier addresses of the viewer. */
export async function declineUndo(
  parts: Parts,
  _args: object,
  context: MailContext,
): Promise<true> {
  const userId = userOf(context.viewer).userId;
  const event = { action: 'email_undo.declined' };
  const change = { context, userId, event, ends: 'none' } as const;
  await parts.accounts.change(change, async (sql, { at, requireProofs }) => {
    requireProofs(2);
    await cancelTokens(sql, { userId, purposes: [undo.name] }, at);
  });
  return true;
}
