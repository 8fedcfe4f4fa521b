import { createHash, createHmac } from 'node:crypto';

/** Random bytes in a refresh token: 256 bits, beyond guessing (RFC 6749, 10.10, asks for 128). */
const tokenBytes = 32;

/** Random bytes that make a token's successor another one on every use. */
const saltBytes = 32;

/** 32 bytes in base64url: the last character carries four bits, so that it is one of sixteen. */
const tokenForm = /^[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]$/;

/** What is left of a session must suffice for an access token, which counts in whole seconds. */
const leastLifeMs = 1000;

/** `token` goes to the client and is never stored; `hash` is stored and opens nothing. */
export interface RefreshToken {
  readonly token: string;
  readonly hash: Uint8Array<ArrayBuffer>;
}

/** Makes a refresh token: 32 bytes of `randomBytes`, a secure source, in base64url (43 characters). */
export function createRefreshToken(randomBytes: (size: number) => Uint8Array): RefreshToken {
  return toRefreshToken(randomBytes(tokenBytes));
}

/** Whether a text has the form of a refresh token. Text of another form was not issued here. */
export function isRefreshToken(text: string): boolean {
  return tokenForm.test(text);
}

/**
 * The SHA-256 of a token's characters, 32 bytes: what is stored and looked up.
 *
 * No salt and no slow hash: 256 random bits cannot be guessed, so there is nothing to slow down.
 */
export function hashRefreshToken(token: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(createHash('sha256').update(token, 'utf8').digest());
}

/** Makes the salt of a token's successor: 32 bytes of `randomBytes`, a secure source. */
export function createSuccessorSalt(
  randomBytes: (size: number) => Uint8Array,
): Uint8Array<ArrayBuffer> {
  return new Uint8Array(randomBytes(saltBytes));
}

/**
 * The token that takes the place of `token`: the HMAC-SHA-256 of it under `salt` (RFC 2104).
 *
 * With both it can be derived again: the client that repeats a token brings the one, and the
 * database keeps the other. Neither alone tells anything of it.
 */
export function deriveSuccessor(token: string, salt: Uint8Array): RefreshToken {
  return toRefreshToken(createHmac('sha256', salt).update(token, 'utf8').digest());
}

/** What is known of a token that a client has brought. */
export interface PresentedToken {
  /** When it was used before; null: never. */
  readonly usedAt: Date | null;
  /** The token that took its place, as long as that one is unused. */
  readonly unusedSuccessor: RefreshToken | null;
  /** Whether a change of password has removed the token that took its place, before anybody used that one. */
  readonly isSuccessorRemoved: boolean;
  readonly session: {
    readonly endedAt: Date | null;
    /** When it expires. */
    readonly expiresAt: Date;
  };
}

/**
 * What is to be done with a token. `rotate`: a successor takes its place. `repeat`: it gets the one that
 * it has got. `reuse`: its session ends. The others are refused, and nothing changes.
 */
export type RefreshDecision =
  | { readonly outcome: 'rotate' }
  | { readonly outcome: 'repeat'; readonly successor: RefreshToken }
  | { readonly outcome: 'reuse' | 'unknown' | 'ended' | 'expired' };

/**
 * Decides what to do with a refresh token (RFC 9700, 4.14.2); null: the token is unknown.
 *
 * A token that comes again is held by two parties, and the thief cannot be told from the owner: its session
 * ends. But an answer can be lost, and two tabs can ask at once: so for `graceSeconds` the token used
 * last may be repeated, as long as its successor is unused. 0 turns that off. A repeat that comes
 * after a change of password gets nothing, and ends nothing: the client may have sent it before.
 *
 * Pure. A clock that gives no time keeps everyone out.
 */
export function decideRefresh(
  presented: PresentedToken | null,
  { now, graceSeconds }: { readonly now: Date; readonly graceSeconds: number },
): RefreshDecision {
  if (presented === null) return { outcome: 'unknown' };
  const { usedAt, unusedSuccessor: successor, isSuccessorRemoved, session } = presented;
  if (session.endedAt !== null) return { outcome: 'ended' };
  const leftMs = session.expiresAt.getTime() - now.getTime();
  if (!(leftMs >= leastLifeMs)) return { outcome: 'expired' };
  if (usedAt === null) return { outcome: 'rotate' };
  const isInGrace = graceSeconds > 0 && now.getTime() - usedAt.getTime() < graceSeconds * 1000;
  if (!isInGrace) return { outcome: 'reuse' };
  if (successor !== null) return { outcome: 'repeat', successor };
  return { outcome: isSuccessorRemoved ? 'unknown' : 'reuse' };
}

function toRefreshToken(bytes: Uint8Array): RefreshToken {
  const token = Buffer.from(bytes).toString('base64url');
  return { token, hash: hashRefreshToken(token) };
}
