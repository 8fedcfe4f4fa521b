import type { AccountFacts } from 'graphql-gatehouse';
import {
  findRow,
  fragment,
  hasRows,
  readRow,
  readRows,
  runSql,
  type Sql,
  type SqlFragment,
  timeColumn,
} from 'graphql-gatehouse/package';
import { z } from 'zod';

/** How many tokens of one purpose an account, or an address without one, may have at a time. */
export const maxLive = 3;

const tokenSchema = z.object({
  id: z.string(),
  purpose: z.string(),
  userId: z.string().nullable(),
  invitationId: z.string().nullable(),
  address: z.string(),
  addressKey: z.string(),
  /** Null: the token does not depend on the password. */
  passwordVersion: z.number().nullable(),
  /** In hexadecimal. Null: no attempt was made to send it. */
  hash: z.string().nullable(),
  createdAt: timeColumn,
  expiresAt: timeColumn.nullable(),
  locale: z.string().nullable(),
});

export type Token = Readonly<z.infer<typeof tokenSchema>>;

const columns = fragment`id::text, purpose, user_id::text AS "userId", invitation_id::text AS "invitationId",
  address, address_key AS "addressKey", password_version AS "passwordVersion",
  encode(hash, 'hex') AS hash, created_at AS "createdAt", expires_at AS "expiresAt", locale`;

/** A token to be made, in the transaction of its cause. */
export interface NewToken
  extends Pick<Token, 'id' | 'purpose' | 'address' | 'addressKey' | 'locale'>,
    Partial<Pick<Token, 'userId' | 'invitationId' | 'passwordVersion'>> {
  readonly mailId: string;
}

export const addToken = (sql: Sql, token: NewToken, at: Date): Promise<void> =>
  runSql(sql)`
    INSERT INTO gatehouse_mail.tokens
      (id, mail_id, purpose, user_id, invitation_id, address, address_key, password_version, created_at, locale)
    VALUES (${token.id}::uuid, ${token.mailId}::uuid, ${token.purpose}, ${token.userId ?? null}::uuid,
      ${token.invitationId ?? null}::uuid, ${token.address}, ${token.addressKey},
      ${token.passwordVersion ?? null}::int, ${at}::timestamptz, ${token.locale})`;

interface OfAccount extends Pick<Token, 'purpose'> {
  readonly account: Pick<AccountFacts, 'id' | 'passwordVersion'>;
}

/** The live tokens of an account. One that was not sent yet is live, and one of an earlier password is not. */
export const liveOf = ({ account, purpose }: OfAccount, at: Date): SqlFragment =>
  fragment`user_id = ${account.id}::uuid AND purpose = ${purpose} AND ${isLive(at)}
      AND (password_version IS NULL OR password_version = ${account.passwordVersion}::int)`;

/** The tokens of an account that were made since a time, also those that were cancelled. */
export const madeSince = (
  { userId, purpose }: Readonly<Record<'userId' | 'purpose', string>>,
  since: Date,
): SqlFragment =>
  fragment`user_id = ${userId}::uuid AND purpose = ${purpose} AND created_at > ${since}::timestamptz`;

type OfAddress = Readonly<Record<'addressKey' | 'purpose', string>>;

/** The tokens of an address that belong to no account. */
export const ofAddress = ({ addressKey, purpose }: OfAddress): SqlFragment =>
  fragment`address_key = ${addressKey} AND purpose = ${purpose} AND user_id IS NULL`;

/** The live tokens of an address that belong to no account. */
export const liveOfAddress = (asked: OfAddress, at: Date): SqlFragment =>
  fragment`${ofAddress(asked)} AND ${isLive(at)}`;

/** Neither spent nor cancelled, and alive. */
const isLive = (at: Date): SqlFragment =>
  fragment`spent_at IS NULL AND (expires_at IS NULL OR expires_at > ${at}::timestamptz)`;

export async function countTokens(sql: Sql, condition: SqlFragment): Promise<number> {
  const { count } = await readRow(sql, z.object({ count: z.number() }))`
    SELECT count(*)::int AS count FROM gatehouse_mail.tokens WHERE ${condition}`;
  return count;
}

/** Returns the tokens of a mail that were neither spent nor cancelled, in the order in which they were made. */
export const findOfMail = (sql: Sql, mailId: string): Promise<readonly Token[]> =>
  readRows(sql, tokenSchema)`
    SELECT ${columns} FROM gatehouse_mail.tokens
    WHERE mail_id = ${mailId}::uuid AND spent_at IS NULL ORDER BY created_at, id`;

/** Whether tokens were made for a mail, of which all may be spent by now. */
export const hasTokens = (sql: Sql, mailId: string): Promise<boolean> =>
  hasRows(sql)`SELECT 1 FROM gatehouse_mail.tokens WHERE mail_id = ${mailId}::uuid LIMIT 1`;

/** Begins the life of a token, or begins it again. */
export const beginLife = (
  sql: Sql,
  { id, hash, expiresAt }: Readonly<Record<'id' | 'hash', string>> & { readonly expiresAt: Date },
): Promise<void> =>
  runSql(sql)`
    UPDATE gatehouse_mail.tokens
    SET hash = decode(${hash}, 'hex'), expires_at = ${expiresAt}::timestamptz
    WHERE id = ${id}::uuid AND spent_at IS NULL`;

type Presented = Readonly<Record<'hash' | 'purpose', string>>;

const isPresented = ({ hash, purpose }: Presented, at: Date): SqlFragment =>
  fragment`hash = decode(${hash}, 'hex') AND purpose = ${purpose} AND spent_at IS NULL
    AND expires_at > ${at}::timestamptz`;

/** Finds a live token, to check what it needs before it is spent. */
export const findLive = (sql: Sql, presented: Presented, at: Date): Promise<Token | undefined> =>
  findRow(sql, tokenSchema)`
    SELECT ${columns} FROM gatehouse_mail.tokens WHERE ${isPresented(presented, at)}`;

/** Spends a token. Returns false when it was spent, cancelled or has ended meanwhile. */
export const spend = (sql: Sql, presented: Presented, at: Date): Promise<boolean> =>
  hasRows(sql)`
    UPDATE gatehouse_mail.tokens SET spent_at = ${at}::timestamptz
    WHERE ${isPresented(presented, at)} RETURNING 1`;

export const cancelTokens = (sql: Sql, condition: SqlFragment, at: Date): Promise<void> =>
  runSql(sql)`
    UPDATE gatehouse_mail.tokens SET spent_at = ${at}::timestamptz
    WHERE spent_at IS NULL AND ${condition}`;

/** The tokens of an account for some purposes. */
export const ofAccount = (userId: string, purposes: readonly string[]): SqlFragment =>
  fragment`user_id = ${userId}::uuid
      AND purpose IN (SELECT jsonb_array_elements_text(${JSON.stringify(purposes)}::jsonb))`;

/** The tokens of an account and a purpose that were made after this one. */
export const madeAfter = ({ id, userId, purpose }: Pick<Token, 'id' | 'userId' | 'purpose'>) =>
  fragment`user_id = ${userId}::uuid AND purpose = ${purpose}
      AND number > (SELECT number FROM gatehouse_mail.tokens WHERE id = ${id}::uuid)`;

export const ofMail = (mailId: string): SqlFragment => fragment`mail_id = ${mailId}::uuid`;

/** How often an account may be made with one token: each attempt can show whether a username is taken. */
const maxAttempts = 20;

/** Counts an attempt to make an account with a token. Returns false when there were too many. */
export const takeAttempt = (sql: Sql, hash: string): Promise<boolean> =>
  hasRows(sql)`
    UPDATE gatehouse_mail.tokens SET attempts = attempts + 1
    WHERE hash = decode(${hash}, 'hex') AND attempts < ${maxAttempts}::int RETURNING 1`;
