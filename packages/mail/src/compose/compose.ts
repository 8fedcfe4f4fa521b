import type { SqlTransaction } from 'graphql-gatehouse';
import { findAddresses } from '../addresses/address.store.ts';
import { findHolders, sameText } from '../addresses/holders.ts';
import { urlOf } from '../links/links.ts';
import type { Compose, OutgoingMail, QueuedMail } from '../outbox/mail.ts';
import type { Parts } from '../parts.ts';
import { isLinkPurpose, type LinkPurpose, type Purpose, requirePurpose } from '../purpose.ts';
import type { MailValues } from '../texts/mail-text.ts';
import { isBound } from '../tokens/is-bound.ts';
import { beginLife, findOfMail, hasTokens, type Token } from '../tokens/token.store.ts';
import { hashOf, tokenOf } from '../tokens/token.ts';
import { maxListed } from './make-links.ts';

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
    const prepared = await parts.sql.transaction((sql) => {
      const prepare = mail.queue === 'REQUEST' ? prepareRequest : prepareMail;
      return prepare(parts, sql, { mail, purpose });
    });
    if (prepared === undefined) return undefined;
    const locale = mail.locale ?? prepared.locale ?? null;
    const rendered = parts.render(prepared.purpose, locale, prepared.values);
    const outgoing: OutgoingMail = Object.assign({ to: prepared.to }, rendered);
    return outgoing;
  };

interface PurposeMail {
  readonly mail: QueuedMail;
  readonly purpose: Purpose;
}

async function prepareMail(
  parts: Parts,
  sql: SqlTransaction,
  { mail, purpose }: PurposeMail,
): Promise<Prepared | undefined> {
  if (isLinkPurpose(purpose)) return prepareLinks(parts, sql, { mail, purpose });
  // Its address was stored with it.
  return { to: mail.address, purpose: purpose.name, values: storedValues(mail) };
}

/** Returns the values that the cause of a mail has stored. */
function storedValues({ createdAt, values }: QueuedMail): MailValues {
  const names = ['username', 'action', 'userAgent', 'inviter'] as const;
  const stored = names.flatMap((name) => {
    const value = values[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return { at: createdAt, ...Object.fromEntries(stored) };
}

/**
 * Decides what an anonymous request leads to, when its mail is sent: the request itself looked for no account, so that
 * its time says nothing. Undefined: nothing is sent.
 */
async function prepareRequest(
  parts: Parts,
  sql: SqlTransaction,
  { mail, purpose }: PurposeMail,
): Promise<Prepared | undefined> {
  const { request } = purpose;
  if (request === undefined) return undefined;
  // An earlier attempt made them.
  if (await hasTokens(sql, mail.id)) return prepareMail(parts, sql, { mail, purpose });
  const { address, values } = mail;
  const holders = await findHolders(parts, sql, address.toLowerCase());
  const found = holders.filter(
    ({ verified }) => values.exact !== 'yes' || verified.address === address,
  );
  const [first] = found;
  if (first !== undefined && request.ifExists !== undefined) {
    const { address: to, locale } = first.verified;
    const listed = sameText(found).slice(0, maxListed);
    const accounts = listed.map(({ account: { username } }) => ({ username }));
    return { to, purpose: request.ifExists, locale, values: { accounts } };
  }
  const hasLinks = await request.makeLinks(parts, sql, { mail, found });
  return hasLinks ? prepareMail(parts, sql, { mail, purpose }) : undefined;
}

interface LinkMail {
  readonly mail: QueuedMail;
  readonly purpose: LinkPurpose;
}

/** A mail with links, whose tokens were made before. Undefined: all of them were spent or cancelled. */
async function prepareLinks(
  parts: Parts,
  sql: SqlTransaction,
  { mail, purpose }: LinkMail,
): Promise<Prepared | undefined> {
  const tokens = await findOfMail(sql, mail.id);
  const [first] = tokens;
  if (first === undefined) return undefined;
  const userIds = tokens.flatMap(({ userId }) => userId ?? []);
  const accounts = new Map(
    (await parts.accounts.find(sql, userIds)).map((each) => [each.id, each]),
  );
  const listed: { readonly username: string | undefined; readonly link: string }[] = [];
  for (const token of tokens) {
    const account = token.userId === null ? undefined : accounts.get(token.userId);
    // A link that is dead already is not sent.
    if (!isBound(purpose.link, token, account)) continue;
    const link = await begin(parts, sql, { mail, purpose, token });
    if (link !== undefined) listed.push({ username: account?.username, link });
  }
  const [only] = listed;
  if (only === undefined) return undefined;
  const [known] = await findAddresses(sql, userIds.slice(0, 1));
  const common = { ...storedValues(mail), lifeSeconds: purpose.link.lifeSeconds(parts.settings) };
  const { link, username } = only;
  const values =
    listed.length > 1
      ? { accounts: listed.map((each) => ({ username: each.username ?? '', link: each.link })) }
      : { link, ...(username === undefined ? {} : { username }) };
  const locale = known?.locale ?? null;
  return { to: first.address, purpose: purpose.name, locale, values: { ...common, ...values } };
}

interface Beginning extends LinkMail {
  readonly token: Token;
}

/**
 * Begins the life of a token with the first attempt that may reach the recipient, and again when that is over: a mail never
 * arrives with a link that has ended. Returns the link.
 */
async function begin(
  { key, links, settings, now, accounts }: Parts,
  sql: SqlTransaction,
  { mail, purpose, token }: Beginning,
): Promise<string | undefined> {
  const { id, expiresAt, userId } = token;
  const text = tokenOf(key, id);
  const link = urlOf(links, { app: mail.app, purpose: purpose.name, token: text });
  const hash = hashOf(text);
  // The settings have no such application any more.
  if (link === undefined || hash === undefined) return undefined;
  const at = now();
  const isAlive = expiresAt !== null && expiresAt > at && token.hash === hash;
  if (isAlive && mail.mayHaveArrived) return link;
  const ends = new Date(at.getTime() + purpose.link.lifeSeconds(settings) * 1000);
  await beginLife(sql, { id, hash, expiresAt: ends });
  if (token.hash === null && userId !== null) {
    await accounts.record(sql, { action: 'link.made', subjectId: userId, detail: purpose.name });
  }
  return link;
}
