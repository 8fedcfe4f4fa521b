import { z } from 'zod';
import { hasRows, readRows, type Sql } from '../database/rows.ts';
import { removeRecoveryCodes } from '../recovery/recovery.store.ts';

/** The tables of factors that can be named, renamed and removed. */
const tables = ['otp_factors', 'passkeys'] as const;

/** One factor of a user. */
export interface OwnFactor {
  readonly userId: string;
  readonly id: string;
}

/** Renames a factor. Returns false when the user has no such factor. */
export const renameFactor = (sql: Sql, { userId, id }: OwnFactor, name: string): Promise<boolean> =>
  inAnyTable((table) =>
    hasRows(
      sql,
      `UPDATE gatehouse_factors.${table} SET name = $3
       WHERE user_id = $1::uuid AND id = $2::uuid RETURNING id`,
      userId,
      id,
      name,
    ),
  );

/** Removes a factor. Returns false when the user has no such factor. */
export const removeFactor = (sql: Sql, { userId, id }: OwnFactor): Promise<boolean> =>
  inAnyTable((table) =>
    hasRows(
      sql,
      `DELETE FROM gatehouse_factors.${table}
       WHERE user_id = $1::uuid AND id = $2::uuid RETURNING id`,
      userId,
      id,
    ),
  );

/** Removes all second factors and recovery codes of a user. */
export async function removeAllFactors(sql: Sql, userId: string): Promise<void> {
  for (const table of tables) {
    await readRows(
      sql,
      z.unknown(),
      `DELETE FROM gatehouse_factors.${table} WHERE user_id = $1::uuid`,
      userId,
    );
  }
  await removeRecoveryCodes(sql, userId);
}

async function inAnyTable(
  write: (table: (typeof tables)[number]) => Promise<boolean>,
): Promise<boolean> {
  for (const table of tables) if (await write(table)) return true;
  return false;
}
