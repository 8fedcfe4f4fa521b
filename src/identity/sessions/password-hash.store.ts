import type { StoredCost } from '../../authentication/check-cost.ts';
import type { Database } from '../../database/connect.ts';

export interface NewPasswordHash {
  readonly userId: string;
  readonly oldHash: string;
  readonly newHash: string;
}

/** How much of the table is read to count hashes: some 6,000 users. */
const sampleBytes = 2 ** 20;

export type PasswordHashStore = ReturnType<typeof createPasswordHashStore>;

/** Reads the costs of password hashes, and replaces hashes of unchanged passwords. */
export function createPasswordHashStore({ database }: { readonly database: Database }) {
  return {
    /**
     * Returns the costs of all hashes, including those of disabled users, in ascending order. Finds every cost, by the
     * index `users_password_cost`. Counts the hashes in a sample of a large table.
     */
    readCosts: (): Promise<readonly StoredCost[]> =>
      database.$queryRaw<StoredCost[]>`
        WITH RECURSIVE hashes AS NOT MATERIALIZED (
          SELECT (substring(password_hash FROM '^[$]2[abxy][$]([0-9]{2})[$]')::int4) AS cost
            FROM gatehouse.users
        ), costs AS (
          SELECT (SELECT min(cost) FROM hashes) AS cost
          UNION ALL
          SELECT (SELECT min(hashes.cost) FROM hashes WHERE hashes.cost > costs.cost)
            FROM costs WHERE costs.cost IS NOT NULL
        ), sample AS (
          SELECT (substring(password_hash FROM '^[$]2[abxy][$]([0-9]{2})[$]')::int4) AS cost,
              count(*) AS hashes
            FROM gatehouse.users TABLESAMPLE SYSTEM (
              100.0 * ${sampleBytes}::float8
                / greatest(${sampleBytes}::float8, pg_catalog.pg_relation_size('gatehouse.users'))
            ) REPEATABLE (0)
            GROUP BY 1
        )
        SELECT costs.cost, coalesce(sample.hashes, 1)::float8 AS hashes
          FROM costs LEFT JOIN sample ON sample.cost = costs.cost
          WHERE costs.cost IS NOT NULL ORDER BY costs.cost`,

    /** Replaces `oldHash` by another hash of the same password, unless it was changed meanwhile. */
    async renew({ userId, oldHash, newHash }: NewPasswordHash): Promise<void> {
      await database.user.updateMany({
        where: { id: userId, passwordHash: oldHash },
        data: { passwordHash: newHash },
      });
    },
  };
}
