import type { SqlTransaction } from 'graphql-gatehouse';
import { createRandomUuid } from 'graphql-gatehouse/package';
import { findHolders, type Holder } from '../addresses/holders.ts';
import type { QueuedMail } from '../outbox/mail.ts';
import { queueMail } from '../outbox/outbox.store.ts';
import type { Parts } from '../parts.ts';
import type { LinkPurpose } from '../purposes.ts';
import {
  addToken,
  countLive,
  countLiveOfAddress,
  hasTokens,
  maxLive,
} from '../tokens/token.store.ts';

/** How many accounts a mail lists. */
const maxListed = 5;

/** The mail to an address that has an account. */
interface AccountExists {
  readonly to: string;
  readonly purpose: 'account-exists';
  readonly locale: string | null;
  readonly values: { readonly accounts: readonly { readonly username: string }[] };
}

/**
 * Decides what an anonymous request leads to, when its mail is sent: the request itself looked for no account, so that
 * its time says nothing. Makes the tokens. Undefined: nothing is sent.
 */
export async function prepareRequest(
  parts: Parts,
  sql: SqlTransaction,
  mail: QueuedMail,
): Promise<LinkPurpose | AccountExists | undefined> {
  const { purpose } = mail;
  if (await hasTokens(sql, mail.id)) {
    return purpose === 'sign-up' ? 'sign-up' : 'reset';
  }
  const { address, values } = mail;
  const holders = await findHolders(parts, sql, address.toLowerCase());
  const found = holders.filter(
    ({ verified }) => values.exact !== 'yes' || verified.address === address,
  );
  if (purpose === 'reset') return prepareResets(parts, sql, { mail, found });
  if (purpose !== 'sign-up') return undefined;
  const [first] = found;
  if (first === undefined) return prepareSignUp(parts, sql, mail);
  return {
    to: first.verified.address,
    purpose: 'account-exists',
    locale: first.verified.locale,
    values: {
      accounts: sameText(found)
        .slice(0, maxListed)
        .map(({ account: { username } }) => ({ username })),
    },
  };
}

/** Those whose address has the same text as the first one: a mail goes to the text that is stored. */
const sameText = (found: readonly Holder[]): readonly Holder[] =>
  found.filter(({ verified: { address } }) => address === found[0]?.verified.address);

interface Resets {
  readonly mail: QueuedMail;
  readonly found: readonly Holder[];
}

async function prepareResets(
  parts: Parts,
  sql: SqlTransaction,
  { mail, found: all }: Resets,
): Promise<'reset' | undefined> {
  const at = parts.now();
  const found = all.filter(({ account }) => account.disabledAt === null);
  const now = sameText(found);
  const purpose = 'reset';
  let made = 0;
  for (const { account, verified } of now) {
    if (made === maxListed) break;
    if ((await countLive(sql, { account, purpose }, at)) >= maxLive) continue;
    made += 1;
    await addToken(
      sql,
      {
        id: createRandomUuid(parts.randomBytes),
        mailId: mail.id,
        purpose,
        userId: account.id,
        address: verified.address,
        addressKey: verified.addressKey,
        passwordVersion: account.passwordVersion,
        locale: mail.locale,
      },
      at,
    );
  }
  await queueOtherTexts(sql, { mail, found, now }, at);
  return made === 0 ? undefined : purpose;
}

/** Queues a mail for each other text of the same address: letters of the local part can differ in case. */
async function queueOtherTexts(
  sql: SqlTransaction,
  { mail, found, now }: Resets & { readonly now: readonly Holder[] },
  at: Date,
): Promise<void> {
  const others = new Set(found.map(({ verified }) => verified.address));
  for (const { verified } of now) others.delete(verified.address);
  const { queue, purpose, app, locale } = mail;
  for (const address of others) {
    await queueMail(sql, { queue, purpose, address, app, locale, values: { exact: 'yes' } }, at);
  }
}

async function prepareSignUp(
  parts: Parts,
  sql: SqlTransaction,
  mail: QueuedMail,
): Promise<'sign-up' | undefined> {
  const at = parts.now();
  const { address, locale } = mail;
  const addressKey = address.toLowerCase();
  const purpose = 'sign-up';
  if ((await countLiveOfAddress(sql, { addressKey, purpose }, at)) >= maxLive) return undefined;
  const id = createRandomUuid(parts.randomBytes);
  await addToken(sql, { id, mailId: mail.id, purpose, address, addressKey, locale }, at);
  return purpose;
}
