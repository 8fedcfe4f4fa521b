import { z } from 'zod';
import type { AccountActor, AccountFacts } from '../../schema/packages/package-accounts.ts';
import type { SqlTransaction } from '../../values/sql-transaction.ts';
import { firstUuid, isUuid } from '../../values/uuid.ts';
import type { StoreDependencies } from '../store-dependencies.ts';
import { createCounts } from '../users/counts.store.ts';
import { readGrants } from '../users/grants.store.ts';
import { findLastAdmin } from '../users/last-admin.store.ts';

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

  /**
   * Locks a user or an API client (shared), and returns its groups in effect: all, or those of memberships that are as old
   * as `since`. Each change of groups locks it too. Undefined: it is disabled, was so after `since`, or was deleted.
   */
  async lockGroups(
    sql: Sql,
    actor: AccountActor,
    since?: Date,
  ): Promise<readonly string[] | undefined> {
    if (!isUuid(actor.id)) return undefined;
    const locked = await sql.$queryRawUnsafe(locks[actor.kind], actor.id, since ?? null);
    if (z.array(z.unknown()).parse(locked).length === 0) return undefined;
    const grants = await readGrants(sql, actor, now());
    const counting = grants.filter(({ grantedAt }) => since === undefined || grantedAt <= since);
    return groups.inEffect(counting.map(({ group }) => group));
  },
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

/** A disabled API client stays disabled. */
const locks = {
  USER: `SELECT 1 FROM gatehouse.users WHERE id = $1::uuid AND disabled_at IS NULL
    AND ($2::timestamptz IS NULL OR enabled_at IS NULL OR enabled_at <= $2::timestamptz) FOR SHARE`,
  API_CLIENT: `SELECT 1 FROM gatehouse.api_clients WHERE id = $1::uuid AND disabled_at IS NULL
    AND ($2::timestamptz IS NULL OR created_at <= $2::timestamptz) FOR SHARE`,
} as const;
