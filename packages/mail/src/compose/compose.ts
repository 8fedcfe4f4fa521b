import type { SqlTransaction } from 'graphql-gatehouse';
import { findAddresses } from '../addresses/address.store.ts';
import { findAccounts, findHolders, sameText } from '../addresses/holders.ts';
import { urlOf } from '../links/links.ts';
import type { Compose, QueuedMail } from '../outbox/mail.ts';
import type { Parts } from '../parts.ts';
import { type Purpose, requirePurpose } from '../purpose.ts';
import type { ListedAccount, MailValues } from '../texts/mail-text.ts';
import { isBound } from '../tokens/is-bound.ts';
import { beginLife, findOfMail, hasTokens, type Token } from '../tokens/token.store.ts';
import { hashOf, tokenOf } from '../tokens/token.ts';
import { maxListed } from './make-links.ts';

/** A mail of which an attempt is composed, in a transaction. */
interface Attempt {
  readonly sql: SqlTransaction;
  readonly mail: QueuedMail;
  readonly purpose: Purpose;
}

/** What an attempt sends, and to which address. */
interface Prepared {
  readonly to: string;
  readonly purpose: string;
  /** Of the user, if the request named none. */
  readonly locale?: string | null;
  readonly values: MailValues;
}

/**
 * Creates the function that composes mails for an attempt. Tokens begin their life in a transaction, before the mail is
 * sent. A mail of a newer version of the package is tried again, until a node of that version sends it.
 */
export const createCompose =
  (parts: Parts): Compose =>
  async (mail) => {
    const purpose = requirePurpose(parts.purposes, mail.purpose);
    const prepare = mail.queue === 'REQUEST' ? prepareRequest : prepareMail;
    const prepared = await parts.sql.transaction((sql) => prepare(parts, { sql, mail, purpose }));
    if (prepared === undefined) return undefined;
    const { to, locale = null, values } = prepared;
    const rendered = parts.render(prepared.purpose, mail.locale ?? locale, values);
    return Object.assign({ to }, rendered);
  };

/**
 * Decides what an anonymous request leads to, when its mail is sent: the request itself looked for no account, so that
 * its time says nothing. Undefined: nothing is sent.
 */
async function prepareRequest(parts: Parts, attempt: Attempt): Promise<Prepared | undefined> {
  const { sql, mail, purpose } = attempt;
  const { request } = purpose;
  if (request === undefined) return undefined;
  // An earlier attempt made them.
  if (await hasTokens(sql, mail.id)) return prepareMail(parts, attempt);
  const { address, values } = mail;
  const holders = await findHolders(parts, sql, address.toLowerCase());
  const found = holders.filter(
    ({ verified }) => values.exact !== 'yes' || verified.address === address,
  );
  const [first] = found;
  if (first !== undefined && request.ifExists !== undefined) {
    const { address: to, locale } = first.verified;
    const accounts = sameText(found).map(({ account: { username } }) => ({ username }));
    return {
      to,
      purpose: request.ifExists,
      locale,
      values: { accounts: accounts.slice(0, maxListed) },
    };
  }
  const hasLinks = await request.makeLinks(parts, sql, { mail, found });
  return hasLinks ? prepareMail(parts, attempt) : undefined;
}

/** Prepares a mail with the links that were made for it before. Undefined: all of them were spent or cancelled. */
async function prepareMail(parts: Parts, attempt: Attempt): Promise<Prepared | undefined> {
  const { sql, mail, purpose } = attempt;
  const values = storedValues(mail);
  // Its address was stored with it.
  if (purpose.link === undefined) return { to: mail.address, purpose: purpose.name, values };
  const tokens = await findOfMail(sql, mail.id);
  const userIds = tokens.flatMap(({ userId }) => userId ?? []);
  const accounts = await findAccounts(parts, sql, userIds);
  const lifeSeconds = purpose.link.lifeSeconds(parts.settings);
  const listed: ListedAccount[] = [];
  for (const token of tokens) {
    const account = accounts.get(token.userId ?? '');
    // A link that is dead already is not sent.
    if (!isBound(purpose.link, token, account)) continue;
    const link = await begin(parts, { ...attempt, lifeSeconds }, token);
    if (link !== undefined) listed.push({ username: account?.username ?? '', link });
  }
  const [[first], [only]] = [tokens, listed];
  if (first === undefined || only === undefined) return undefined;
  const [known] = await findAddresses(sql, userIds.slice(0, 1));
  const shown = listed.length > 1 ? { accounts: listed } : only;
  return {
    to: first.address,
    purpose: purpose.name,
    locale: known?.locale ?? null,
    values: { ...values, lifeSeconds, ...shown },
  };
}

const storedValues = ({ createdAt: at, values }: QueuedMail): MailValues => {
  const { username, action, userAgent, inviter } = values;
  return { at, username, action, userAgent, inviter };
};

/**
 * Begins the life of a token with the first attempt that may reach the recipient, and again when that is over: a mail never
 * arrives with a link that has ended. Returns the link.
 */
async function begin(
  { key, links, now, accounts }: Parts,
  { sql, mail, purpose, lifeSeconds }: Attempt & { readonly lifeSeconds: number },
  { id, expiresAt, userId, hash: sentHash }: Token,
): Promise<string | undefined> {
  const text = tokenOf(key, id);
  const link = urlOf(links, { app: mail.app, purpose: purpose.name, token: text });
  const hash = hashOf(text);
  // The settings have no such application any more.
  if (link === undefined || hash === undefined) return undefined;
  const at = now();
  const isAlive = expiresAt !== null && expiresAt > at && sentHash === hash;
  if (isAlive && mail.mayHaveArrived) return link;
  const ends = new Date(at.getTime() + lifeSeconds * 1000);
  await beginLife(sql, { id, hash, expiresAt: ends });
  if (sentHash === null && userId !== null) {
    await accounts.record(sql, { action: 'link.made', subjectId: userId, detail: purpose.name });
  }
  return link;
}
