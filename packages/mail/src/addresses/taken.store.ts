import { z } from 'zod';
import { readRows, type Sql } from '../database/rows.ts';

/** An address that an account had verified before someone else changed it. */
export interface TakenAddress {
  readonly address: string;
  readonly locale: string | null;
}

/**
 * Ends the verification of an account that gets another address. The one that it had verified until now, if any, still
 * counts for 24 hours where the account has to be kept from others: see `findTaken`.
 */
export async function takeVerified(
  sql: Sql,
  { userId, emailBefore }: { readonly userId: string; readonly emailBefore: string | null },
  at: Date,
): Promise<void> {
  await readRows(
    sql,
    z.unknown(),
    `WITH ended AS (
       DELETE FROM gatehouse_mail.addresses WHERE user_id = $1::uuid
       RETURNING user_id, address, locale, bounced_at
     )
     INSERT INTO gatehouse_mail.taken_addresses AS known (user_id, address, locale, taken_at)
     SELECT user_id, address, locale, $3::timestamptz FROM ended
     WHERE address = $2 AND bounced_at IS NULL
     ON CONFLICT (user_id, address) DO UPDATE SET
       locale = excluded.locale, taken_at = greatest(known.taken_at, excluded.taken_at)`,
    userId,
    emailBefore,
    at.toISOString(),
  );
}

/** Finds the verified addresses that others have taken from an account within 24 hours. */
export const findTaken = (sql: Sql, userId: string, at: Date): Promise<readonly TakenAddress[]> =>
  readRows(
    sql,
    z.object({ address: z.string(), locale: z.string().nullable() }),
    `SELECT address, locale FROM gatehouse_mail.taken_addresses
     WHERE user_id = $1::uuid AND taken_at > $2::timestamptz - interval '24 hours'
     ORDER BY taken_at, address`,
    userId,
    at.toISOString(),
  );
