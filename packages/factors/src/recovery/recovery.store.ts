import { hasRows, runSql, type Sql } from 'graphql-gatehouse/package';

/** Removes a code by its hash in hexadecimal. Returns false when the account does not have it. */
export const spendRecoveryCode = (sql: Sql, userId: string, hash: string): Promise<boolean> =>
  hasRows(sql)`
    DELETE FROM gatehouse_factors.recovery_codes
    WHERE user_id = ${userId}::uuid AND hash = decode(${hash}, 'hex') RETURNING user_id`;

export const hasRecoveryCode = (sql: Sql, userId: string, hash: string): Promise<boolean> =>
  hasRows(sql)`
    SELECT 1 FROM gatehouse_factors.recovery_codes
    WHERE user_id = ${userId}::uuid AND hash = decode(${hash}, 'hex')`;

export async function replaceRecoveryCodes(
  sql: Sql,
  userId: string,
  hashes: readonly string[],
): Promise<void> {
  await removeRecoveryCodes(sql, userId);
  await runSql(sql)`
    INSERT INTO gatehouse_factors.recovery_codes (user_id, hash)
    SELECT ${userId}::uuid, decode(value, 'hex')
    FROM jsonb_array_elements_text(${JSON.stringify(hashes)}::jsonb) AS value`;
}

export const removeRecoveryCodes = (sql: Sql, userId: string): Promise<void> =>
  runSql(sql)`DELETE FROM gatehouse_factors.recovery_codes WHERE user_id = ${userId}::uuid`;
