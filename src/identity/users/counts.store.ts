import { z } from 'zod';
import type { UserCounts } from '../../schema/packages/package-accounts.ts';
import type { SqlTransaction } from '../../values/sql-transaction.ts';

type Sql = Pick<SqlTransaction, '$queryRawUnsafe'>;

/** What is counted at most. */
const most = 1_000;

/** A count that stops one row after the most. Null: there are more. */
const count = z.number().transform((found) => (found > most ? null : found));

/** The order is that of the index, without which PostgreSQL may read the whole table for few of its rows. */
const countText = (table: string, condition: string, order: string): string =>
  `(SELECT count(*)::int4 FROM (SELECT FROM ${table} WHERE ${condition} ORDER BY ${order} LIMIT ${most + 1}) AS counted)`;

const usersText = `SELECT ${countText('gatehouse.users', 'disabled_at IS NULL', 'id')} AS enabled,
  ${countText('gatehouse.users', 'disabled_at IS NOT NULL', 'id')} AS disabled`;

const usersRows = z.tuple([z.object({ enabled: count, disabled: count })]);

/** Counts the users of each state in one statement. */
export async function countUsers(sql: Sql): Promise<UserCounts> {
  const [counts] = usersRows.parse(await sql.$queryRawUnsafe(usersText));
  return counts;
}
