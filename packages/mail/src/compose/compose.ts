import type { SqlTransaction } from 'graphql-gatehouse';
import { findAddresses } from '../addresses/address.store.ts';
import { lifeSecondsOf } from '../links/life.ts';
import { urlOf } from '../links/links.ts';
import type { Compose, OutgoingMail, QueuedMail } from '../outbox/mail.ts';
import type { Parts } from '../parts.ts';
import { isLinkPurpose, type LinkPurpose, type MailPurpose } from '../purposes.ts';
import type { MailValues } from '../texts/mail-texts.ts';
import { isBound } from '../tokens/is-bound.ts';
import { beginLife, findOfMail, type Token } from '../tokens/token.store.ts';
import { hashOf, tokenOf } from '../tokens/token.ts';
import { prepareRequest } from './prepare-request.ts';

/** What an attempt sends, and to which address. */
interface Prepared {
  readonly to: string;
  readonly purpose: MailPurpose;
  /** Of the user, if the request named none. */
  readonly locale?: string | null;
  readonly values: MailValues;
}

/**
 * Creates the function that composes mails for an attempt. Tokens begin their life in a transaction, before the mail is
 * sent.
 */
export const createCompose =
  (parts: Parts): Compose =>
  async (mail) => {
    const prepared = await parts.sql.transaction((sql) => prepare(parts, sql, mail));
    if (prepared === undefined) return undefined;
    const locale = mail.locale ?? prepared.locale ?? null;
    const rendered = parts.render(prepared.purpose, locale, prepared.values);
    const outgoing: OutgoingMail = Object.assign({ to: prepared.to }, rendered);
    return outgoing;
  };

async function prepare(
  parts: Parts,
  sql: SqlTransaction,
  mail: QueuedMail,
): Promise<Prepared | undefined> {
  const asked = mail.queue === 'REQUEST' ? await prepareRequest(parts, sql, mail) : mail.purpose;
  if (asked === undefined) return undefined;
  if (typeof asked !== 'string') return asked;
  return isLinkPurpose(asked)
    ? prepareLinks(parts, sql, { mail, purpose: asked })
    : prepareNotice(mail);
}

/** A mail without a link. Its address was stored with it. */
function prepareNotice({ address, purpose, values, createdAt }: QueuedMail): Prepared {
  const { username, action, userAgent } = values;
  const given = {
    at: createdAt,
    ...(username === undefined ? {} : { username }),
    ...(action === undefined ? {} : { action }),
    ...(userAgent === undefined ? {} : { userAgent }),
  };
  return { to: address, purpose, values: given };
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
    if (token.userId !== null && (account === undefined || !isBound(token, account))) continue;
    const link = await begin(parts, sql, { mail, token });
    if (link !== undefined) listed.push({ username: account?.username, link });
  }
  const [only] = listed;
  if (only === undefined) return undefined;
  const [known] = await findAddresses(sql, userIds.slice(0, 1));
  const { inviter } = mail.values;
  const common = {
    lifeSeconds: lifeSecondsOf(parts.settings, purpose),
    at: mail.createdAt,
    ...(inviter === undefined ? {} : { inviter }),
  };
  const { link, username } = only;
  const values =
    listed.length > 1
      ? { accounts: listed.map((each) => ({ username: each.username ?? '', link: each.link })) }
      : { link, ...(username === undefined ? {} : { username }) };
  const locale = known?.locale ?? null;
  return { to: first.address, purpose, locale, values: Object.assign(common, values) };
}

interface Beginning {
  readonly mail: QueuedMail;
  readonly token: Token;
}

/**
 * Begins the life of a token with the first attempt that may reach the recipient, and again when that is over: a mail never
 * arrives with a link that has ended. Returns the link.
 */
async function begin(
  { key, links, settings, now, accounts }: Parts,
  sql: SqlTransaction,
  { mail, token }: Beginning,
): Promise<string | undefined> {
  const { id, purpose, expiresAt, userId } = token;
  const text = tokenOf(key, id);
  const link = urlOf(links, { app: mail.app, purpose, token: text });
  const hash = hashOf(text);
  // The settings have no such application any more.
  if (link === undefined || hash === undefined) return undefined;
  const at = now();
  const isAlive = expiresAt !== null && expiresAt > at && token.hash === hash;
  if (isAlive && mail.mayHaveArrived) return link;
  const ends = new Date(at.getTime() + lifeSecondsOf(settings, purpose) * 1000);
  await beginLife(sql, { id, hash, expiresAt: ends });
  if (token.hash === null && userId !== null) {
    await accounts.record(sql, { action: 'link.made', subjectId: userId, detail: purpose });
  }
  return link;
}
