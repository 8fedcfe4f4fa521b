import type { PackageRuntime } from './package.ts';
import { readRow, type SqlFragment } from './sql.ts';

/** A limit of attempts from one address, for all nodes. */
export interface AddressLimit {
  /** A table with `key BYTEA PRIMARY KEY`, `points INTEGER` and `window_ends_at TIMESTAMPTZ`. */
  readonly table: SqlFragment;
  /** How many attempts there may be in a window, which begins with the first one. */
  readonly most: number;
  readonly windowSeconds: number;
}

/** Creates the function that counts an attempt from an address. @throws RATE_LIMITED, from the returned function. */
export const limitAddresses =
  ({ table, most, windowSeconds }: AddressLimit) =>
  async (
    {
      sql,
      now,
      addressKey,
      errors,
    }: Pick<PackageRuntime<never>, 'sql' | 'now' | 'addressKey' | 'errors'>,
    ip: string | undefined,
  ): Promise<void> => {
    // All clients of unknown addresses would share one counter.
    if (ip === undefined) return;
    const at = now();
    const windowEnd = new Date(at.getTime() + windowSeconds * 1000);
    const waitSeconds = await readRow(sql, waitColumn)`
      INSERT INTO ${table} AS counted (key, points, window_ends_at)
      VALUES (sha256(convert_to(${addressKey(ip)}, 'UTF8')), 1, ${windowEnd}::timestamptz)
      ON CONFLICT (key) DO UPDATE SET
        points = CASE WHEN counted.window_ends_at <= ${at}::timestamptz THEN 1
          ELSE least(counted.points, ${most}::int) + 1 END,
        window_ends_at = CASE WHEN counted.window_ends_at <= ${at}::timestamptz
          THEN excluded.window_ends_at ELSE counted.window_ends_at END
      RETURNING CASE WHEN points > ${most}::int
        THEN extract(epoch FROM window_ends_at - ${at}::timestamptz)::float8 ELSE 0 END AS wait`;
    if (waitSeconds > 0) throw errors.rateLimited(waitSeconds);
  };

const waitColumn = { parse: (row: unknown): number => Number(Object(row).wait) };
