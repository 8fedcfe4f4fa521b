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

/** A live session with the data for its tokens. */
export interface LiveSession {
  readonly id: string;
  /** When the session expires. */
  readonly expiresAt: Date;
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
