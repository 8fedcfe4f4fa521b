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
    /**
     * Returns the highest cost of all hashes, including those of disabled users, or 0 without users. Scans all users.
     */
    async readHighestCost(): Promise<number> {
      const [row] = await database.$queryRaw<{ readonly highest: string | null }[]>`
        SELECT max(substring(password_hash FROM '^[$]2[abxy][$]([0-9]{2})[$]')) AS highest FROM gatehouse.users`;
      return Number(row?.highest ?? 0);
    },

    /** Replaces `oldHash` by another hash of the same password, unless it was changed meanwhile. */
    async renew({ userId, oldHash, newHash }: NewPasswordHash): Promise<void> {
      await database.user.updateMany({
        where: { id: userId, passwordHash: oldHash },
        data: { passwordHash: newHash },
      });
    },
  };
}
