import { fragment, hasRows, runSql, type Sql, type SqlFragment } from 'graphql-gatehouse/package';
import { removeRecoveryCodes } from '../recovery/recovery.store.ts';

/** The tables of factors that can be named, renamed and removed. */
const tables = [
  fragment`gatehouse_factors.otp_factors`,
  fragment`gatehouse_factors.passkeys`,
] as const;

export type OwnFactor = Readonly<Record<'userId' | 'id', string>>;

/** Renames a factor. Returns false when the user has no such factor. */
export const renameFactor = (sql: Sql, { userId, id }: OwnFactor, name: string): Promise<boolean> =>
  inAnyTable(
    (table) => hasRows(sql)`
      UPDATE ${table} SET name = ${name}
      WHERE user_id = ${userId}::uuid AND id = ${id}::uuid RETURNING id`,
  );

/** Removes a factor. Returns false when the user has no such factor. */
export const removeFactor = (sql: Sql, { userId, id }: OwnFactor): Promise<boolean> =>
  inAnyTable(
    (table) => hasRows(sql)`
      DELETE FROM ${table} WHERE user_id = ${userId}::uuid AND id = ${id}::uuid RETURNING id`,
  );

export async function removeAllFactors(sql: Sql, userId: string): Promise<void> {
  for (const table of tables) {
    await runSql(sql)`DELETE FROM ${table} WHERE user_id = ${userId}::uuid`;
  }
  await removeRecoveryCodes(sql, userId);
}

async function inAnyTable(write: (table: SqlFragment) => Promise<boolean>): Promise<boolean> {
  for (const table of tables) if (await write(table)) return true;
  return false;
}
