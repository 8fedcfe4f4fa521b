import { createHmac } from 'node:crypto';
import { type OpaqueToken, toOpaqueToken } from './opaque-token.ts';

/** The random bytes of the salt, which makes every successor different. */
const saltBytes = 32;

/** The minimum remaining lifetime of a session: access tokens count in whole seconds. */
const leastLifeMs = 1000;

/** Creates the salt of a token's successor: 32 bytes of `randomBytes`, a secure source. */
export function createSuccessorSalt(
  randomBytes: (size: number) => Uint8Array,
): Uint8Array<ArrayBuffer> {
  return new Uint8Array(randomBytes(saltBytes));
}

/**
 * Derives the successor of `token`: its HMAC-SHA-256 with the key `salt` (RFC 2104).
 *
 * The server can repeat the successor for a client that sends `token` again, because the salt is stored. The
 * successor cannot be derived from only one of the two.
 */
export function deriveSuccessor(token: string, salt: Uint8Array): OpaqueToken {
  return toOpaqueToken(createHmac('sha256', salt).update(token, 'utf8').digest());
}

/** The state of a token that a client has sent. */
export interface PresentedToken {
  /** When it was used before. Null: never. */
  readonly usedAt: Date | null;
  /** Its successor, while that is unused. */
  readonly unusedSuccessor: OpaqueToken | null;
  /** Whether a password change removed its unused successor. */
  readonly isSuccessorRemoved: boolean;
  readonly session: {
    readonly isEnded: boolean;
    /** When it expires. */
    readonly expiresAt: Date;
  };
}

/**
 * The action for a token. `rotate`: issue a successor. `repeat`: return the existing successor. `reuse`: end the
 * session. All others are refusals that change nothing.
 */
export type RefreshDecision =
  | { readonly outcome: 'rotate' }
  | { readonly outcome: 'repeat'; readonly successor: OpaqueToken }
  | { readonly outcome: 'reuse' | 'unknown' | 'ended' | 'expired' };

/**
 * Decides what to do with a refresh token (RFC 9700, 4.14.2). Null: the token is unknown.
 *
 * A token that is used twice is held by two parties, and the server cannot distinguish the thief from the owner, so
 * the session ends. But an answer can be lost, and two tabs can refresh at the same time: for `graceSeconds` the
 * token used last may be repeated while its successor is unused. 0 disables that. A repeat after a password change is
 * refused, and does not end the session: the client may have sent it before the change.
 *
 * Pure. With a clock that returns NaN it refuses every token.
 */
export function decideRefresh(
  presented: PresentedToken | null,
  { now, graceSeconds }: { readonly now: Date; readonly graceSeconds: number },
): RefreshDecision {
  if (presented === null) return { outcome: 'unknown' };
  const { usedAt, unusedSuccessor: successor, isSuccessorRemoved, session } = presented;
  if (session.isEnded) return { outcome: 'ended' };
  const leftMs = session.expiresAt.getTime() - now.getTime();
  if (!(leftMs >= leastLifeMs)) return { outcome: 'expired' };
  if (usedAt === null) return { outcome: 'rotate' };
  const isInGrace = graceSeconds > 0 && now.getTime() - usedAt.getTime() < graceSeconds * 1000;
  if (!isInGrace) return { outcome: 'reuse' };
  if (successor !== null) return { outcome: 'repeat', successor };
  return { outcome: isSuccessorRemoved ? 'unknown' : 'reuse' };
}
