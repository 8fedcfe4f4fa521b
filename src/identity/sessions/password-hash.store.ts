import type { Database } from '../../database/connect.ts';

export interface NewPasswordHash {
  readonly userId: string;
  readonly oldHash: string;
  readonly newHash: string;
}

export type PasswordHashStore = ReturnType<typeof createPasswordHashStore>;

/** Reads what hashes cost, and writes those of passwords that stay as they are. */
export function createPasswordHashStore({ database }: { readonly database: Database }) {
  return {
    /** The highest cost of all hashes, of disabled users as well; 0 without users. Reads every user. */
    async readHighestCost(): Promise<number> {
      const [row] = await database.$queryRaw<{ readonly highest: string | null }[]>`
        SELECT max(substring(password_hash FROM '^[$]2[abxy][$]([0-9]{2})[$]')) AS highest FROM gatehouse.users`;
      return Number(row?.highest ?? 0);
    },

    /** Puts another hash of the same password in the place of `oldHash`, if that is still there. */
    async renew({ userId, oldHash, newHash }: NewPasswordHash): Promise<void> {
      await database.user.updateMany({
        where: { id: userId, passwordHash: oldHash },
        data: { passwordHash: newHash },
      });
    },
  };
}
