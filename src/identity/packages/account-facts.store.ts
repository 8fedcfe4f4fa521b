import { z } from 'zod';
import type { AccountFacts } from '../../schema/packages/package-accounts.ts';
import type { SqlTransaction } from '../../values/sql-transaction.ts';
import { firstUuid, isUuid } from '../../values/uuid.ts';
import type { StoreDependencies } from '../store-dependencies.ts';
import { createCounts } from '../users/counts.store.ts';
import { findLastAdmin } from '../users/last-admin.store.ts';
import { createLockGroups } from '../users/lock-groups.store.ts';

/** The columns of an account, without its password. */
export const accountFields = {
  id: true,
  username: true,
  displayName: true,
  email: true,
  disabledAt: true,
  passwordVersion: true,
} as const;

type Sql = Pick<SqlTransaction, '$queryRawUnsafe'>;

/** Creates the functions that read accounts for packages, most of them in a transaction of the package. */
export const createAccountFacts = ({ now, groups }: StoreDependencies) => ({
  find: (sql: Sql, ids: readonly string[]): Promise<readonly AccountFacts[]> =>
    readAccounts(
      sql,
      // An array, of which PostgreSQL expects few ids: with a subquery, it may read all users.
      'id = ANY (ARRAY(SELECT value::uuid FROM jsonb_array_elements_text($1::text::jsonb) AS value))',
      JSON.stringify(ids.filter(isUuid)),
    ),

  // Without the table, `id` of ORDER BY is the text of the result, which no index sorts.
  listAfter: (sql: Sql, afterId: string | null, limit: number): Promise<readonly AccountFacts[]> =>
    readAccounts(sql, 'id > $1::uuid ORDER BY users.id LIMIT $2::int', afterId ?? firstUuid, limit),

  lastAdmin: findLastAdmin,

  ...createCounts(now),

  lockGroups: createLockGroups({ now, groups }),
});

async function readAccounts(
  sql: Sql,
  condition: string,
  ...values: readonly unknown[]
): Promise<readonly AccountFacts[]> {
  const found = await sql.$queryRawUnsafe(
    `SELECT id::text, username, display_name AS "displayName", email, disabled_at AS "disabledAt",
       password_version AS "passwordVersion"
     FROM gatehouse.users WHERE ${condition}`,
    ...values,
  );
  return z.array(accountSchema).parse(found);
}

const accountSchema = z.object({
  id: z.string(),
  username: z.string(),
  displayName: z.string(),
  email: z.string().nullable(),
  disabledAt: z.coerce.date().nullable(),
  passwordVersion: z.number(),
});
