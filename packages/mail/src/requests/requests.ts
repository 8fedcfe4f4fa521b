import type { MailContext } from '../context.ts';
import { type Delivery, parseDelivery } from '../links/delivery.ts';
import type { Parts } from '../parts.ts';
import { type MailRequest, maxWaiting, requestMail } from './request.store.ts';

/** The arguments of `requestPasswordReset` and `signUp`. */
export interface Requesting extends Delivery {
  readonly email: string;
}

/** Warns that the queue of requests is full. */
export type WarnWhenFull = () => void;

/** For how long a warning is not repeated. */
const quietMs = 60 * 60 * 1000;

/** Creates a warning that is repeated once an hour at most. */
export const createWarnWhenFull = ({ log, now }: Pick<Parts, 'log' | 'now'>): WarnWhenFull => {
  let quietUntil = 0;
  return () => {
    const at = now().getTime();
    if (at < quietUntil) return;
    quietUntil = at + quietMs;
    log.warn({ waiting: maxWaiting }, 'the queue of requested mails is full; requests are dropped');
  };
};

/**
 * Stores what an anonymous viewer asks for. The answer says nothing about the address. @throws BAD_USER_INPUT for another
 * form of address.
 */
export async function request(
  parts: Parts & { readonly warnWhenFull: WarnWhenFull },
  { purpose, email, ...given }: Requesting & Pick<MailRequest, 'purpose'>,
  { client }: Pick<MailContext, 'client'>,
): Promise<void> {
  const { accounts, addressKey: senderKey, sql, now, warnWhenFull } = parts;
  const { text: address, key: addressKey } = accounts.parseEmail('email', email);
  const delivery = parseDelivery(parts, given);
  const sender = client.ip === undefined ? undefined : senderKey(client.ip);
  const asked = { purpose, address, addressKey, sender, ...delivery };
  if ((await requestMail(sql, asked, now())) === 'full') warnWhenFull();
}
