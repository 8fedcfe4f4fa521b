import type { StoredCost } from '../../authentication/check-cost.ts';
import type { Database } from '../../database/connect.ts';

export interface NewPasswordHash {
  readonly userId: string;
  readonly oldHash: string;
  readonly newHash: string;
}

export type PasswordHashStore = ReturnType<typeof createPasswordHashStore>;

/** Reads the costs of password hashes, and replaces hashes of unchanged passwords. */
export function createPasswordHashStore({ database }: { readonly database: Database }) {
  return {
    /** Returns the costs of all hashes, including those of disabled users, in ascending order. Scans all users. */
    readCosts: (): Promise<readonly StoredCost[]> =>
      database.$queryRaw<StoredCost[]>`
        SELECT substring(password_hash FROM '^[$]2[abxy][$]([0-9]{2})[$]')::int4 AS cost, count(*)::float8 AS hashes
          FROM gatehouse.users GROUP BY cost ORDER BY cost`,

    /** Replaces `oldHash` by another hash of the same password, unless it was changed meanwhile. */
    async renew({ userId, oldHash, newHash }: NewPasswordHash): Promise<void> {
      await database.user.updateMany({
        where: { id: userId, passwordHash: oldHash },
        data: { passwordHash: newHash },
      });
    },
  };
}
