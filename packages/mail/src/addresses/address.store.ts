import type { AccountFacts, Email } from 'graphql-gatehouse';
import { anyOf, fragment, readRows, runSql, type Sql, timeColumn } from 'graphql-gatehouse/package';
import { z } from 'zod';

const addressSchema = z.object({
  userId: z.string(),
  address: z.string(),
  addressKey: z.string(),
  verifiedAt: timeColumn,
  locale: z.string().nullable(),
});

/** An address that an account has verified, unless the account has another one since. */
export type VerifiedAddress = Readonly<z.infer<typeof addressSchema>>;

const columns = fragment`user_id::text AS "userId", address, address_key AS "addressKey",
  verified_at AS "verifiedAt", locale`;

/** Finds the verified addresses of users. Compare each with the account: see `isCurrent`. */
export const findAddresses = (
  sql: Sql,
  userIds: readonly string[],
): Promise<readonly VerifiedAddress[]> =>
  readRows(sql, addressSchema)`
    SELECT ${columns} FROM gatehouse_mail.addresses
    WHERE bounced_at IS NULL AND user_id = ${anyOf(userIds)}`;

/** Finds the accounts that have verified an address, the first one first. */
export const findByAddress = (
  sql: Sql,
  { addressKey, limit }: { readonly addressKey: string; readonly limit: number },
): Promise<readonly VerifiedAddress[]> =>
  readRows(sql, addressSchema)`
    SELECT ${columns} FROM gatehouse_mail.addresses
    WHERE address_key = ${addressKey} AND bounced_at IS NULL
    ORDER BY verified_at, user_id LIMIT ${limit}::int`;

/** An arbitrary key, which must not be the first one of another advisory lock in this database. */
const addressLock = 3_104_001;

/** Lets one transaction at a time create an account with an address. Otherwise two links would make two accounts. */
export const lockAddress = (sql: Sql, addressKey: string): Promise<void> =>
  runSql(sql)`
    SELECT pg_advisory_xact_lock(${addressLock}::int, hashtext(${addressKey}))::text AS locked`;

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

export const saveVerified = (
  sql: Sql,
  { userId, email, locale }: Verification,
  at: Date,
): Promise<void> =>
  runSql(sql)`
    INSERT INTO gatehouse_mail.addresses AS known (user_id, address, address_key, verified_at, locale)
    VALUES (${userId}::uuid, ${email.text}, ${email.key}, ${at}::timestamptz, ${locale})
    ON CONFLICT (user_id) DO UPDATE SET address = excluded.address, address_key = excluded.address_key,
      verified_at = excluded.verified_at, bounced_at = NULL, locale = coalesce(excluded.locale, known.locale)`;

/** Keeps the language of a mail whose link a user has used, if it has one: the next mails of the account are in it. */
export const saveLocale = (
  sql: Sql,
  { userId, locale }: Pick<Verification, 'userId' | 'locale'>,
): Promise<void> =>
  runSql(sql)`
    UPDATE gatehouse_mail.addresses SET locale = ${locale}::text
    WHERE user_id = ${userId}::uuid AND ${locale}::text IS NOT NULL`;

const userSchema = z.object({ userId: z.string() });

/** Marks an address whose mails came back. Returns the users who had verified it. */
export const markBounced = (
  sql: Sql,
  addressKey: string,
  at: Date,
): Promise<readonly z.infer<typeof userSchema>[]> =>
  readRows(sql, userSchema)`
    UPDATE gatehouse_mail.addresses SET bounced_at = ${at}::timestamptz
    WHERE address_key = ${addressKey} AND bounced_at IS NULL RETURNING user_id::text AS "userId"`;
