import type { SqlTransaction } from 'graphql-gatehouse';
import { createRandomUuid } from 'graphql-gatehouse/package';
import { sameText } from '../addresses/holders.ts';
import { queueMail } from '../outbox/outbox.store.ts';
import type { Asked } from '../purpose.ts';
import type { MailRuntime } from '../settings.ts';
import { addToken, countTokens, liveOf, liveOfAddress, maxLive } from '../tokens/token.store.ts';

/** How many accounts a mail lists. */
export const maxListed = 5;

/** Makes a link for each account that has verified an address. */
export async function makeResets(
  { now, randomBytes }: MailRuntime,
  sql: SqlTransaction,
  { mail, found: all }: Asked,
): Promise<boolean> {
  const at = now();
  const { queue, purpose, id: mailId, app, locale } = mail;
  const found = all.filter(({ account }) => account.disabledAt === null);
  const listed = sameText(found);
  let made = 0;
  for (const { account, verified } of listed) {
    if (made === maxListed) break;
    if ((await countTokens(sql, liveOf({ account, purpose }, at))) >= maxLive) continue;
    made += 1;
    const { id: userId, passwordVersion } = account;
    const { address, addressKey } = verified;
    const bound = { userId, address, addressKey, passwordVersion };
    const id = createRandomUuid(randomBytes);
    await addToken(sql, { id, mailId, purpose, locale, ...bound }, at);
  }
  // Letters of the local part can differ in case.
  const others = found.filter((each) => !listed.includes(each));
  for (const address of new Set(others.map(({ verified }) => verified.address))) {
    await queueMail(sql, { queue, purpose, address, app, locale, values: { exact: 'yes' } }, at);
  }
  return made > 0;
}

/** Makes a link for an address that no account has verified. */
export async function makeSignUp(
  { now, randomBytes }: MailRuntime,
  sql: SqlTransaction,
  { mail: { id: mailId, purpose, address, locale } }: Asked,
): Promise<boolean> {
  const at = now();
  const addressKey = address.toLowerCase();
  const live = liveOfAddress({ addressKey, purpose }, at);
  if ((await countTokens(sql, live)) >= maxLive) return false;
  const id = createRandomUuid(randomBytes);
  await addToken(sql, { id, mailId, purpose, address, addressKey, locale }, at);
  return true;
}
