import type { AccountFacts, Email, SqlTransaction } from 'gatehouse';
import { createUuid } from '../database/uuid.ts';
import type { CheckedDelivery } from '../links/delivery.ts';
import { queueMail } from '../outbox/outbox.store.ts';
import type { Parts } from '../parts.ts';
import { addToken, countLive, maxLive } from '../tokens/token.store.ts';

/** A link for an account, in the transaction of its cause. */
export interface AccountLink {
  readonly purpose: 'reset' | 'verification' | 'address' | 'undo';
  readonly account: AccountFacts;
  /** Where the mail goes. */
  readonly email: Email;
  readonly delivery: CheckedDelivery;
  readonly at: Date;
}

/** Queues a mail with a link. @throws CONFLICT, TOO_MANY_LINKS, when the account has as many that are live. */
export async function queueLink(
  { randomBytes, errors }: Pick<Parts, 'randomBytes' | 'errors'>,
  sql: SqlTransaction,
  { purpose, account, email, delivery: { app, locale }, at }: AccountLink,
): Promise<void> {
  const userId = account.id;
  if ((await countLive(sql, { userId, purpose }, at)) >= maxLive) throw tooManyLinks({ errors });
  const mail = { queue: 'ACCOUNT', purpose, userId, address: email.text, app, locale } as const;
  const mailId = await queueMail(sql, mail, at);
  // An earlier address is restored whatever has followed.
  const bound = purpose === 'undo' ? {} : { passwordVersion: account.passwordVersion };
  const id = createUuid(randomBytes);
  const address = { address: email.text, addressKey: email.key };
  await addToken(sql, { id, mailId, purpose, userId, locale, ...address, ...bound }, at);
}

/** As many links of one kind are live as an account or an address may have. */
export const tooManyLinks = ({ errors }: Pick<Parts, 'errors'>): Error =>
  errors.conflict(
    'TOO_MANY_LINKS',
    `There are ${maxLive} such links already. Use one of them, or wait until one has ended.`,
  );
