import type { MutationSignUpArgs } from '../generated/resolver-types.ts';
import { parseDelivery } from '../links/delivery.ts';
import type { MailContext, Parts } from '../parts.ts';
import type { Purpose, PurposeRequest } from '../purpose.ts';
import { requestMail } from './request.store.ts';

/**
 * Returns the resolver that stores what an anonymous viewer asks for. The answer says nothing about the address.
 *
 * @throws BAD_USER_INPUT for another form of address.
 */
export const request =
  ({ name: purpose }: Purpose & { readonly request: PurposeRequest }) =>
  async (parts: Parts, { email, ...given }: MutationSignUpArgs, { client }: MailContext) => {
    const { accounts, addressKey: senderKey, sql, now, warnWhenFull } = parts;
    const { text: address, key: addressKey } = accounts.parseEmail('email', email);
    const delivery = parseDelivery(parts, given);
    const sender = client.ip === undefined ? undefined : senderKey(client.ip);
    const asked = { purpose, address, addressKey, sender, ...delivery };
    if (await requestMail(sql, asked, now())) warnWhenFull();
    return true;
  };
