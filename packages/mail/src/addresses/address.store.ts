import type { AccountFacts, Email } from 'graphql-gatehouse';
import { z } from 'zod';
import { readRows, type Sql, timeColumn } from '../database/rows.ts';

/** An address that an account has verified, unless the account has another one since. */
export interface VerifiedAddress {
  readonly userId: string;
  readonly address: string;
  readonly addressKey: string;
  readonly verifiedAt: Date;
  readonly locale: string | null;
}

const addressSchema = z.object({
  userId: z.string(),
  address: z.string(),
  addressKey: z.string(),
  verifiedAt: timeColumn,
  locale: z.string().nullable(),
});

const columns = `user_id::text AS "userId", address, address_key AS "addressKey",
  verified_at AS "verifiedAt", locale`;

/**
 * Finds the verified addresses of users. Compare each with the account: see `isCurrent`. Of a list in the place of the
 * array, PostgreSQL expects a hundred rows, and reads the whole table.
 */
export const findAddresses = (
  sql: Sql,
  userIds: readonly string[],
): Promise<readonly VerifiedAddress[]> =>
  readRows(
    sql,
    addressSchema,
    `SELECT ${columns} FROM gatehouse_mail.addresses
     WHERE bounced_at IS NULL
       AND user_id = ANY (ARRAY(SELECT value::uuid FROM jsonb_array_elements_text($1::jsonb) AS value))`,
    JSON.stringify(userIds),
  );

/** Finds the accounts that have verified an address, the first one first. */
export const findByAddress = (
  sql: Sql,
  { addressKey, limit }: { readonly addressKey: string; readonly limit: number },
): Promise<readonly VerifiedAddress[]> =>
  readRows(
    sql,
    addressSchema,
    `SELECT ${columns} FROM gatehouse_mail.addresses
     WHERE address_key = $1 AND bounced_at IS NULL ORDER BY verified_at, user_id LIMIT $2::int`,
    addressKey,
    limit,
  );

/** An arbitrary key, which must not be the first one of another advisory lock in this database. */
const addressLock = 3_104_001;

/** Lets one transaction at a time create an account with an address. Otherwise two links would make two accounts. */
export async function lockAddress(sql: Sql, addressKey: string): Promise<void> {
  await readRows(
    sql,
    z.unknown(),
    `SELECT pg_advisory_xact_lock(${addressLock}, hashtext($1))::text AS locked`,
    addressKey,
  );
}

/** Whether an account still has the address that it has verified. */
export const isCurrent = (
  verified: Pick<VerifiedAddress, 'address'> | undefined,
  { email }: Pick<AccountFacts, 'email'>,
): boolean => verified !== undefined && verified.address === email;

/** Finds the verified address of an account. Undefined: it has none. */
export async function verifiedOf(
  sql: Sql,
  account: Pick<AccountFacts, 'id' | 'email'>,
): Promise<VerifiedAddress | undefined> {
  const [found] = await findAddresses(sql, [account.id]);
  return isCurrent(found, account) ? found : undefined;
}

/** An address that a user has shown to be its own. */
export interface Verification {
  readonly userId: string;
  readonly email: Email;
  /** Null: the language that is known stays. */
  readonly locale: string | null;
}

export async function saveVerified(
  sql: Sql,
  { userId, email, locale }: Verification,
  at: Date,
): Promise<void> {
  await readRows(
    sql,
    z.unknown(),
    `INSERT INTO gatehouse_mail.addresses AS known (user_id, address, address_key, verified_at, locale)
     VALUES ($1::uuid, $2, $3, $4::timestamptz, $5)
     ON CONFLICT (user_id) DO UPDATE SET address = excluded.address, address_key = excluded.address_key,
       verified_at = excluded.verified_at, bounced_at = NULL, locale = coalesce(excluded.locale, known.locale)`,
    userId,
    email.text,
    email.key,
    at.toISOString(),
    locale,
  );
}

/** Keeps the language of a mail whose link a user has used, if it has one: the next mails of the account are in it. */
export async function saveLocale(
  sql: Sql,
  { userId, locale }: Pick<Verification, 'userId' | 'locale'>,
): Promise<void> {
  await readRows(
    sql,
    z.unknown(),
    `UPDATE gatehouse_mail.addresses SET locale = $2::text
     WHERE user_id = $1::uuid AND $2::text IS NOT NULL`,
    userId,
    locale,
  );
}

/** Marks an address whose mails came back. Returns the users who had verified it. */
export const markBounced = async (
  sql: Sql,
  addressKey: string,
  at: Date,
): Promise<readonly string[]> => {
  const rows = await readRows(
    sql,
    z.object({ userId: z.string() }),
    `UPDATE gatehouse_mail.addresses SET bounced_at = $2::timestamptz
     WHERE address_key = $1 AND bounced_at IS NULL RETURNING user_id::text AS "userId"`,
    addressKey,
    at.toISOString(),
  );
  return rows.map(({ userId }) => userId);
};
