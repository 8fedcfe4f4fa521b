import { z } from 'zod';
import { hasRows, readRows, type Sql } from '../database/rows.ts';

/** Removes a code by its hash in hexadecimal. Returns false when the account does not have it. */
export const spendRecoveryCode = (sql: Sql, userId: string, hash: string): Promise<boolean> =>
  hasRows(
    sql,
    `DELETE FROM gatehouse_factors.recovery_codes
     WHERE user_id = $1::uuid AND hash = decode($2, 'hex') RETURNING user_id`,
    userId,
    hash,
  );

/** Whether an account has a code, by its hash in hexadecimal. */
export const hasRecoveryCode = (sql: Sql, userId: string, hash: string): Promise<boolean> =>
  hasRows(
    sql,
    `SELECT 1 FROM gatehouse_factors.recovery_codes
     WHERE user_id = $1::uuid AND hash = decode($2, 'hex')`,
    userId,
    hash,
  );

/** Replaces all codes of an account. */
export async function replaceRecoveryCodes(
  sql: Sql,
  userId: string,
  hashes: readonly string[],
): Promise<void> {
  await removeRecoveryCodes(sql, userId);
  await readRows(
    sql,
    z.unknown(),
    `INSERT INTO gatehouse_factors.recovery_codes (user_id, hash)
     SELECT $1::uuid, decode(value, 'hex') FROM jsonb_array_elements_text($2::jsonb) AS value`,
    userId,
    JSON.stringify(hashes),
  );
}

export async function removeRecoveryCodes(sql: Sql, userId: string): Promise<void> {
  await readRows(
    sql,
    z.unknown(),
    'DELETE FROM gatehouse_factors.recovery_codes WHERE user_id = $1::uuid',
    userId,
  );
}
