import { z } from 'zod';
import { hasRows, readRows, type Sql, type SqlValue, timeColumn } from '../database/rows.ts';
import { type LinkPurpose, linkPurposes } from '../purposes.ts';

/** How many tokens of one purpose an account, or an address without one, may have at a time. */
export const maxLive = 3;

/** A token to be made, in the transaction of its cause. */
export interface NewToken {
  readonly id: string;
  readonly mailId: string;
  readonly purpose: LinkPurpose;
  readonly userId?: string;
  readonly invitationId?: string;
  readonly address: string;
  readonly addressKey: string;
  /** Absent: the token does not depend on the password. */
  readonly passwordVersion?: number;
  readonly locale: string | null;
}

/** A token in the database. */
export interface Token {
  readonly id: string;
  readonly purpose: LinkPurpose;
  readonly userId: string | null;
  readonly invitationId: string | null;
  readonly address: string;
  readonly addressKey: string;
  readonly passwordVersion: number | null;
  /** In hexadecimal. Null: no attempt was made to send it. */
  readonly hash: string | null;
  readonly createdAt: Date;
  readonly expiresAt: Date | null;
  readonly locale: string | null;
}

const tokenSchema = z.object({
  id: z.string(),
  purpose: z.enum(linkPurposes),
  userId: z.string().nullable(),
  invitationId: z.string().nullable(),
  address: z.string(),
  addressKey: z.string(),
  passwordVersion: z.number().nullable(),
  hash: z.string().nullable(),
  createdAt: timeColumn,
  expiresAt: timeColumn.nullable(),
  locale: z.string().nullable(),
});

const columns = `id::text, purpose, user_id::text AS "userId", invitation_id::text AS "invitationId",
  address, address_key AS "addressKey", password_version AS "passwordVersion",
  encode(hash, 'hex') AS hash, created_at AS "createdAt", expires_at AS "expiresAt", locale`;

export async function addToken(sql: Sql, token: NewToken, at: Date): Promise<void> {
  await readRows(
    sql,
    z.unknown(),
    `INSERT INTO gatehouse_mail.tokens
       (id, mail_id, purpose, user_id, invitation_id, address, address_key, password_version, created_at, locale)
     VALUES ($1::uuid, $2::uuid, $3, $4::uuid, $5::uuid, $6, $7, $8::int, $9::timestamptz, $10)`,
    token.id,
    token.mailId,
    token.purpose,
    token.userId ?? null,
    token.invitationId ?? null,
    token.address,
    token.addressKey,
    token.passwordVersion ?? null,
    at.toISOString(),
    token.locale,
  );
}

/** The tokens of one purpose that an account has. */
export interface OfAccount {
  readonly account: { readonly id: string; readonly passwordVersion: number };
  readonly purpose: LinkPurpose;
}

/** Counts the live tokens of an account. One that was not sent yet is live, and one of an earlier password is not. */
export const countLive = (sql: Sql, { account, purpose }: OfAccount, at: Date): Promise<number> =>
  countTokens(
    sql,
    `user_id = $1::uuid AND purpose = $2 AND ${isLive}
       AND (password_version IS NULL OR password_version = $4::int)`,
    account.id,
    purpose,
    at.toISOString(),
    account.passwordVersion,
  );

/** Counts the tokens of an account that were made since a time, also those that were cancelled. */
export const countSince = (
  sql: Sql,
  { userId, purpose }: { readonly userId: string; readonly purpose: LinkPurpose },
  since: Date,
): Promise<number> =>
  countTokens(
    sql,
    'user_id = $1::uuid AND purpose = $2 AND created_at > $3::timestamptz',
    userId,
    purpose,
    since.toISOString(),
  );

/** Counts the live tokens of an address that belong to no account. */
export const countLiveOfAddress = (
  sql: Sql,
  { addressKey, purpose }: { readonly addressKey: string; readonly purpose: LinkPurpose },
  at: Date,
): Promise<number> =>
  countTokens(
    sql,
    `address_key = $1 AND purpose = $2 AND user_id IS NULL AND ${isLive}`,
    addressKey,
    purpose,
    at.toISOString(),
  );

/** Neither spent nor cancelled, and alive at `$3`. */
const isLive = `spent_at IS NULL AND (expires_at IS NULL OR expires_at > $3::timestamptz)`;

async function countTokens(
  sql: Sql,
  condition: string,
  ...values: readonly SqlValue[]
): Promise<number> {
  const [found] = await readRows(
    sql,
    z.object({ count: z.number() }),
    `SELECT count(*)::int AS count FROM gatehouse_mail.tokens WHERE ${condition}`,
    ...values,
  );
  return found?.count ?? 0;
}

/** Returns the tokens of a mail that were neither spent nor cancelled, in the order in which they were made. */
export const findOfMail = (sql: Sql, mailId: string): Promise<readonly Token[]> =>
  readRows(
    sql,
    tokenSchema,
    `SELECT ${columns} FROM gatehouse_mail.tokens
     WHERE mail_id = $1::uuid AND spent_at IS NULL ORDER BY created_at, id`,
    mailId,
  );

/** Whether tokens were made for a mail, of which all may be spent by now. */
export const hasTokens = (sql: Sql, mailId: string): Promise<boolean> =>
  hasRows(sql, 'SELECT 1 FROM gatehouse_mail.tokens WHERE mail_id = $1::uuid LIMIT 1', mailId);

/** The beginning of a token's life. */
export interface Life {
  readonly id: string;
  readonly hash: string;
  readonly expiresAt: Date;
}

/** Begins the life of a token, or begins it again. */
export async function beginLife(sql: Sql, { id, hash, expiresAt }: Life): Promise<void> {
  await readRows(
    sql,
    z.unknown(),
    `UPDATE gatehouse_mail.tokens SET hash = decode($2, 'hex'), expires_at = $3::timestamptz
     WHERE id = $1::uuid AND spent_at IS NULL`,
    id,
    hash,
    expiresAt.toISOString(),
  );
}

/** What was presented. */
export interface Presented {
  readonly hash: string;
  readonly purpose: LinkPurpose;
}

/** Finds a live token, to check what it needs before it is spent. */
export async function findLive(
  sql: Sql,
  { hash, purpose }: Presented,
  at: Date,
): Promise<Token | undefined> {
  const [found] = await readRows(
    sql,
    tokenSchema,
    `SELECT ${columns} FROM gatehouse_mail.tokens
     WHERE hash = decode($1, 'hex') AND purpose = $2 AND spent_at IS NULL AND expires_at > $3::timestamptz`,
    hash,
    purpose,
    at.toISOString(),
  );
  return found;
}

/** Spends a token. Returns false when it was spent, cancelled or has ended meanwhile. */
export const spend = (sql: Sql, { hash, purpose }: Presented, at: Date): Promise<boolean> =>
  hasRows(
    sql,
    `UPDATE gatehouse_mail.tokens SET spent_at = $3::timestamptz
     WHERE hash = decode($1, 'hex') AND purpose = $2 AND spent_at IS NULL AND expires_at > $3::timestamptz
     RETURNING 1`,
    hash,
    purpose,
    at.toISOString(),
  );

/** Cancels tokens of an account. */
export async function cancelTokens(
  sql: Sql,
  { userId, purposes }: { readonly userId: string; readonly purposes: readonly LinkPurpose[] },
  at: Date,
): Promise<void> {
  await readRows(
    sql,
    z.unknown(),
    `UPDATE gatehouse_mail.tokens SET spent_at = $3::timestamptz
     WHERE user_id = $1::uuid AND spent_at IS NULL
       AND purpose IN (SELECT jsonb_array_elements_text($2::jsonb))`,
    userId,
    JSON.stringify(purposes),
    at.toISOString(),
  );
}

/** Cancels the tokens that restore addresses of changes after this one. */
export async function cancelLaterUndo(
  sql: Sql,
  { id, userId }: Pick<Token, 'id'> & { readonly userId: string },
  at: Date,
): Promise<void> {
  await readRows(
    sql,
    z.unknown(),
    `UPDATE gatehouse_mail.tokens SET spent_at = $3::timestamptz
     WHERE user_id = $1::uuid AND purpose = 'undo' AND spent_at IS NULL
       AND number > (SELECT number FROM gatehouse_mail.tokens WHERE id = $2::uuid)`,
    userId,
    id,
    at.toISOString(),
  );
}

/** Cancels the tokens of a mail. */
export async function cancelOfMail(sql: Sql, mailId: string, at: Date): Promise<void> {
  await readRows(
    sql,
    z.unknown(),
    `UPDATE gatehouse_mail.tokens SET spent_at = $2::timestamptz
     WHERE mail_id = $1::uuid AND spent_at IS NULL`,
    mailId,
    at.toISOString(),
  );
}

/** Cancels the tokens of an address that belong to no account. */
export async function cancelOfAddress(
  sql: Sql,
  { addressKey, purpose }: { readonly addressKey: string; readonly purpose: LinkPurpose },
  at: Date,
): Promise<void> {
  await readRows(
    sql,
    z.unknown(),
    `UPDATE gatehouse_mail.tokens SET spent_at = $3::timestamptz
     WHERE address_key = $1 AND purpose = $2 AND user_id IS NULL AND spent_at IS NULL`,
    addressKey,
    purpose,
    at.toISOString(),
  );
}

/** How often an account may be made with one token: each attempt can show whether a user name is taken. */
const maxAttempts = 20;

/** Counts an attempt to make an account with a token. Returns false when there were too many. */
export const takeAttempt = (sql: Sql, hash: string): Promise<boolean> =>
  hasRows(
    sql,
    `UPDATE gatehouse_mail.tokens SET attempts = attempts + 1
     WHERE hash = decode($1, 'hex') AND attempts < $2::int RETURNING 1`,
    hash,
    maxAttempts,
  );
