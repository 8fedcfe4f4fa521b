import type { firstOfChain, StoredRefresh } from '../../authentication/refresh-token.ts';
import type { Prisma } from '../../database/generated/client.ts';
import type { AuthenticationTimes } from '../../values/factor.ts';
import type { Grant } from '../../values/groups.ts';
import type { UserRecord } from '../users/user.records.ts';

export const sessionFields = {
  id: true,
  userId: true,
  createdAt: true,
  lastUsedAt: true,
  expiresAt: true,
  userAgent: true,
  ip: true,
  proved: true,
  proofCount: true,
} as const satisfies Prisma.SessionSelect;

/** A session as resolvers get it. `expiresAt` is when it ends unless it is used again. */
export type SessionRecord = Prisma.SessionGetPayload<{ select: typeof sessionFields }>;

/** What is stored of the secret that continues a session: its refresh token, or the value of its cookie. */
export type SessionSecret =
  | {
      readonly kind: 'token';
      readonly refresh: ReturnType<typeof firstOfChain>;
    }
  | {
      readonly kind: 'cookie';
      /** The SHA-256 of the value, 32 bytes. */
      readonly hash: Uint8Array<ArrayBuffer>;
    };

export function secretData(secret: SessionSecret) {
  if (secret.kind === 'cookie') return { cookieHash: secret.hash };
  const { generation, chainHash, secretHash, salt } = secret.refresh;
  return {
    refreshGeneration: generation,
    refreshChainHash: chainHash,
    refreshSecretHash: secretHash,
    refreshSalt: salt,
  };
}

/** The columns of what is stored of a session's refresh tokens. */
export type RefreshColumns = Pick<
  Prisma.SessionGetPayload<object>,
  | 'refreshGeneration'
  | 'refreshChainHash'
  | 'refreshSecretHash'
  | 'refreshSalt'
  | 'refreshFormerGeneration'
  | 'refreshFormerChainHash'
>;

/** Returns what is stored of a session's refresh tokens. Null: it has a cookie instead. */
export function storedRefreshOf(columns: RefreshColumns): StoredRefresh | null {
  const { refreshChainHash: chainHash, refreshSecretHash: secretHash } = columns;
  if (chainHash === null || secretHash === null) return null;
  const { refreshFormerChainHash: hash, refreshFormerGeneration: generation } = columns;
  return {
    generation: columns.refreshGeneration,
    chainHash,
    secretHash,
    salt: columns.refreshSalt,
    former: hash === null || generation === null ? null : { generation, chainHash: hash },
  };
}

/** A live session with the data for its tokens. */
export interface LiveSession {
  readonly id: string;
  /** When the session expires, unless it is used again. */
  readonly expiresAt: Date;
  /** When the session expires even if it is used. */
  readonly absoluteEndAt: Date;
  readonly user: UserRecord;
  /** The user's current memberships. */
  readonly grants: readonly Grant[];
  readonly authenticatedAt: AuthenticationTimes;
  readonly proofCount: number;
}

type Times = Pick<SessionRecord, 'lastUsedAt' | 'expiresAt'>;

/** Returns the moment after which a live session was last used. Sessions idle since before have ended. */
export const idleSince = (at: Date, idleSeconds: number): Date =>
  new Date(at.getTime() - idleSeconds * 1000);

/** Returns when a session ends unless it is used: at its absolute end, or when it has been idle for too long. */
export function endOf({ lastUsedAt, expiresAt }: Times, idleSeconds: number): Date {
  return new Date(Math.min(lastUsedAt.getTime() + idleSeconds * 1000, expiresAt.getTime()));
}
