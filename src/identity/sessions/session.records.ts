import type { SessionKind } from '../../authentication/viewer.ts';
import type { Prisma } from '../../database/generated/client.ts';
import type { UserRecord } from '../users/user.records.ts';

/** The columns of a session. */
export const sessionFields = {
  id: true,
  userId: true,
  createdAt: true,
  lastUsedAt: true,
  expiresAt: true,
  userAgent: true,
  ip: true,
} as const satisfies Prisma.SessionSelect;

/** A session as resolvers get it. `expiresAt` is when it ends unless it is used again. */
export type SessionRecord = Prisma.SessionGetPayload<{ select: typeof sessionFields }>;

/** The secret that continues a session: a refresh token, or the value of a cookie. */
export interface SessionSecret {
  readonly kind: SessionKind;
  /** The SHA-256 of the secret, 32 bytes. */
  readonly hash: Uint8Array<ArrayBuffer>;
}

/** Returns the columns that store a secret. */
export const secretData = ({ kind, hash }: SessionSecret, at: Date) =>
  kind === 'cookie' ? { cookieHash: hash } : { refreshTokens: { create: { hash, createdAt: at } } };

/** A live session with the data for its tokens. */
export interface LiveSession {
  readonly id: string;
  /** When the session expires, unless it is used again. */
  readonly expiresAt: Date;
  /** When the session expires even if it is used. */
  readonly absoluteEndAt: Date;
  readonly user: UserRecord;
  /** The user's current groups. */
  readonly groups: readonly string[];
}

type Times = Pick<SessionRecord, 'lastUsedAt' | 'expiresAt'>;

/** Returns the moment after which a live session was last used. Sessions idle since before have ended. */
export const idleSince = (at: Date, idleSeconds: number): Date =>
  new Date(at.getTime() - idleSeconds * 1000);

/** Returns when a session ends unless it is used: at its absolute end, or when it has been idle for too long. */
export function endOf({ lastUsedAt, expiresAt }: Times, idleSeconds: number): Date {
  return new Date(Math.min(lastUsedAt.getTime() + idleSeconds * 1000, expiresAt.getTime()));
}
