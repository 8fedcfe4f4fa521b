import { readRows, runSql, type Sql } from 'graphql-gatehouse/package';
import { z } from 'zod';

const takenSchema = z.object({ address: z.string(), locale: z.string().nullable() });

/** An address that an account had verified before someone else changed it. */
export type TakenAddress = Readonly<z.infer<typeof takenSchema>>;

/**
 * Ends the verification of an account that gets another address. The one that it had verified until now, if any, still
 * counts for 24 hours where the account has to be kept from others: see `findTaken`.
 */
export const takeVerified = (
  sql: Sql,
  { userId, emailBefore }: { readonly userId: string; readonly emailBefore: string | null },
  at: Date,
): Promise<void> =>
  runSql(sql)`
    WITH ended AS (
      DELETE FROM gatehouse_mail.addresses WHERE user_id = ${userId}::uuid
      RETURNING user_id, address, locale, bounced_at
    )
    INSERT INTO gatehouse_mail.taken_addresses AS known (user_id, address, locale, taken_at)
    SELECT user_id, address, locale, ${at}::timestamptz FROM ended
    WHERE address = ${emailBefore}::text AND bounced_at IS NULL
    ON CONFLICT (user_id, address) DO UPDATE SET
      locale = excluded.locale, taken_at = greatest(known.taken_at, excluded.taken_at)`;

/** Finds the verified addresses that others have taken from an account within 24 hours. */
export const findTaken = (sql: Sql, userId: string, at: Date): Promise<readonly TakenAddress[]> =>
  readRows(sql, takenSchema)`
    SELECT address, locale FROM gatehouse_mail.taken_addresses
    WHERE user_id = ${userId}::uuid AND taken_at > ${at}::timestamptz - interval '24 hours'
    ORDER BY taken_at, address`;
