import type { AccountFacts, Email } from 'graphql-gatehouse';
import { isPlainAddress } from '../outbox/plain-address.ts';

/**
 * Returns the address of an account as it is stored: mails go to this text, and tokens are bound to it. Gatehouse accepted
 * other forms before. Undefined: there is no address, or no mail can be sent to it.
 */
export function storedEmail({ email }: Pick<AccountFacts, 'email'>): Email | undefined {
  if (email === null || !isPlainAddress(email)) return undefined;
  return { text: email, key: email.toLowerCase() };
}
