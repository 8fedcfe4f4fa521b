import type { Database } from '../../database/connect.ts';

export interface NewPasswordHash {
  readonly userId: string;
  readonly oldHash: string;
  readonly newHash: string;
}

export type PasswordHashStore = ReturnType<typeof createPasswordHashStore>;

/** Writes hashes of passwords that stay as they are. */
export function createPasswordHashStore({ database }: { readonly database: Database }) {
  return {
    /** Puts another hash of the same password in the place of `oldHash`, if that is still there. */
    async renew({ userId, oldHash, newHash }: NewPasswordHash): Promise<void> {
      await database.user.updateMany({
        where: { id: userId, passwordHash: oldHash },
        data: { passwordHash: newHash },
      });
    },
  };
}
