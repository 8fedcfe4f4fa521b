import { z } from 'zod';
import type { Actor } from '../../changes/origin.ts';
import type { SqlTransaction } from '../../values/sql-transaction.ts';
import { isUuid } from '../../values/uuid.ts';
import type { StoreDependencies } from '../store-dependencies.ts';
import { readGrants } from './grants.store.ts';

/**
 * Locks a user or an API client (shared), and returns its groups in effect: all, or those of memberships that are as old
 * as `since`. Each change of groups locks it too. Undefined: it is disabled, was so after `since`, or was deleted.
 */
export type LockGroups = (
  sql: Pick<SqlTransaction, '$queryRawUnsafe'>,
  actor: Actor,
  since?: Date,
) => Promise<readonly string[] | undefined>;

export const createLockGroups =
  ({ now, groups }: Pick<StoreDependencies, 'now' | 'groups'>): LockGroups =>
  async (sql, actor, since) => {
    if (!isUuid(actor.id)) return undefined;
    const locked = await sql.$queryRawUnsafe(locks[actor.kind], actor.id, since ?? null);
    if (z.array(z.unknown()).parse(locked).length === 0) return undefined;
    const grants = await readGrants(sql, actor, now());
    const counting = grants.filter(({ grantedAt }) => since === undefined || grantedAt <= since);
    return groups.inEffect(counting.map(({ group }) => group));
  };

/** A disabled API client stays disabled. */
const locks = {
  USER: `SELECT 1 FROM gatehouse.users WHERE id = $1::uuid AND disabled_at IS NULL
    AND ($2::timestamptz IS NULL OR enabled_at IS NULL OR enabled_at <= $2::timestamptz) FOR SHARE`,
  API_CLIENT: `SELECT 1 FROM gatehouse.api_clients WHERE id = $1::uuid AND disabled_at IS NULL
    AND ($2::timestamptz IS NULL OR created_at <= $2::timestamptz) FOR SHARE`,
} as const;
