import type { AccountFacts, Email, SqlTransaction } from 'graphql-gatehouse';
import { createRandomUuid } from 'graphql-gatehouse/package';
import { count, createCounter } from '../database/counters.ts';
import type { Delivery } from '../links/delivery.ts';
import { queueMail } from '../outbox/outbox.store.ts';
import type { Parts } from '../parts.ts';
import type { LinkPurpose } from '../purpose.ts';
import { addToken, countTokens, liveOf, madeSince, maxLive } from '../tokens/token.store.ts';

/** A link for an account, in the transaction of its cause. */
export interface AccountLink {
  readonly purpose: LinkPurpose;
  readonly account: AccountFacts;
  readonly email: Email;
  readonly delivery: Delivery;
  readonly at: Date;
}

const hourMs = 60 * 60 * 1000;

/** How many links users may send to one address that they have entered, all of them together. */
const enteredLimits = { minute: 10, hour: 20 };

/**
 * Counts a mail to an address that a user has entered, and that may belong to someone else.
 *
 * @throws RATE_LIMITED, also when other users have sent them.
 */
export async function countEntered(
  { errors }: Pick<Parts, 'errors'>,
  sql: SqlTransaction,
  { email, at }: Pick<AccountLink, 'email' | 'at'>,
): Promise<void> {
  const counter = createCounter('entered', email.key, enteredLimits);
  if (!(await count(sql, counter, at))) throw errors.rateLimited(60);
}

/**
 * Queues a mail with a link.
 *
 * @throws CONFLICT, TOO_MANY_LINKS, when the account has as many that are live. @throws RATE_LIMITED after five in an hour.
 */
export async function queueLink(
  { randomBytes, errors }: Pick<Parts, 'randomBytes' | 'errors'>,
  sql: SqlTransaction,
  { purpose: row, account, email, delivery: { app, locale }, at }: AccountLink,
): Promise<void> {
  const { id: userId, passwordVersion } = account;
  const { name: purpose, link } = row;
  const limit = await findLimit({ errors }, sql, { account, purpose: row, at });
  if (limit !== undefined) throw limit;
  const mail = { queue: 'ACCOUNT', purpose, userId, address: email.text, app, locale } as const;
  const mailId = await queueMail(sql, mail, at);
  const bound = link.boundTo === 'nothing' ? {} : { passwordVersion };
  const id = createRandomUuid(randomBytes);
  const address = { address: email.text, addressKey: email.key };
  await addToken(sql, { id, mailId, purpose, userId, locale, ...address, ...bound }, at);
}

/** Returns the error for one more link of an account, when it has as many as it may have at a time or in an hour. */
export async function findLimit(
  { errors }: Pick<Parts, 'errors'>,
  sql: SqlTransaction,
  { account, purpose: { name: purpose, link }, at }: Omit<AccountLink, 'email' | 'delivery'>,
): Promise<Error | undefined> {
  const live = await countTokens(sql, liveOf({ account, purpose }, at));
  if (live >= maxLive) return tooManyLinks({ errors });
  if (link.maxAnHour === undefined) return undefined;
  const since = new Date(at.getTime() - hourMs);
  const count = await countTokens(sql, madeSince({ userId: account.id, purpose }, since));
  return count >= link.maxAnHour ? errors.rateLimited(hourMs / 1000) : undefined;
}

/** As many links of one kind are live as an account or an address may have. */
export const tooManyLinks = ({ errors }: Pick<Parts, 'errors'>): Error =>
  errors.conflict(
    'TOO_MANY_LINKS',
    `There are ${maxLive} such links already. Use one of them, or wait until one has ended.`,
  );
