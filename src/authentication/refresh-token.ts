import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { formatUuid } from '../values/uuid.ts';

/** Random bytes of the key of a chain, of a secret, and of a salt: 256 bits (RFC 6749, 10.10, asks for 128). */
const randomSize = 32;
const idSize = 16;
const generationSize = 4;
const tokenSize = idSize + generationSize + 2 * randomSize;

/** 84 bytes in base64url. All bits of the last character count, so that a token has one form. */
const tokenForm = /^[A-Za-z0-9_-]{112}$/;

/** The minimum remaining lifetime of a session: access tokens count in whole seconds. */
const leastLifeMs = 1000;

type Bytes = Uint8Array<ArrayBuffer>;

/** What makes tokens unguessable. It goes to the client and is never stored. */
export interface RefreshSecrets {
  /** The same in all tokens of a chain: from a login, or a password change, to the next. */
  readonly chainKey: Bytes;
  /** Of one generation only. */
  readonly secret: Bytes;
}

/** A refresh token: the session, the generation, and what proves that it was issued. */
export interface RefreshToken extends RefreshSecrets {
  /** A UUID. */
  readonly sessionId: string;
  /** How many tokens of the chain were used before it. */
  readonly generation: number;
}

/** What is stored of a session's tokens, however many it has used. It opens nothing. */
export interface StoredRefresh {
  /** The generation of the token that was issued last. */
  readonly generation: number;
  /** The SHA-256 of the key of the chain. */
  readonly chainHash: Uint8Array;
  /** The SHA-256 of the secret of the token that was issued last. */
  readonly secretHash: Uint8Array;
  /** From which its secret was derived, together with the previous one. Null: it is the first of its chain. */
  readonly salt: Uint8Array | null;
  /** The chain that the last password change replaced, and the generation of its last token, which was not used. */
  readonly former: Pick<StoredRefresh, 'generation' | 'chainHash'> | null;
}

const random = (randomBytes: (size: number) => Uint8Array): Bytes =>
  new Uint8Array(randomBytes(randomSize));

/** Creates the secrets of the first token of a chain from `randomBytes`, a secure source. */
export const createRefreshSecrets = (
  randomBytes: (size: number) => Uint8Array,
): RefreshSecrets => ({ chainKey: random(randomBytes), secret: random(randomBytes) });

/** Returns the SHA-256 of a key or secret. No slow hash: 256 random bits cannot be guessed. */
const hashOf = (bytes: Uint8Array): Bytes =>
  new Uint8Array(createHash('sha256').update(bytes).digest());

/** Returns what is stored of the first token of a chain. */
export const firstOfChain = ({ chainKey, secret }: RefreshSecrets) => ({
  generation: 0,
  chainHash: hashOf(chainKey),
  secretHash: hashOf(secret),
  salt: null,
});

/** Returns the text of a token, 112 characters. @throws {RangeError} when its session's id is no UUID. */
export function writeRefreshToken(token: RefreshToken): string {
  const bytes = Buffer.alloc(tokenSize);
  const idLength = bytes.write(token.sessionId.replaceAll('-', ''), 'hex');
  if (idLength !== idSize) throw new RangeError('The id of a session is not a UUID.');
  bytes.writeUInt32BE(token.generation, idSize);
  bytes.set(token.chainKey, idSize + generationSize);
  bytes.set(token.secret, idSize + generationSize + randomSize);
  return bytes.toString('base64url');
}

/** Returns the text of the first token of a chain. @throws {RangeError} when the session's id is no UUID. */
export const writeFirstToken = (sessionId: string, secrets: RefreshSecrets): string =>
  writeRefreshToken({ sessionId, generation: 0, ...secrets });

/** Reads the text of a token. Null: it was not issued here. */
export function readRefreshToken(text: string): RefreshToken | null {
  if (!tokenForm.test(text)) return null;
  const bytes = Buffer.from(text, 'base64url');
  const after = (offset: number) => new Uint8Array(bytes.subarray(offset, offset + randomSize));
  return {
    sessionId: formatUuid(bytes.subarray(0, idSize)),
    generation: bytes.readUInt32BE(idSize),
    chainKey: after(idSize + generationSize),
    secret: after(idSize + generationSize + randomSize),
  };
}

/** A token, and what is stored of it. */
export interface NextRefresh {
  readonly token: RefreshToken;
  readonly stored: Pick<StoredRefresh, 'generation'> & {
    readonly chainHash: Bytes;
    readonly secretHash: Bytes;
    readonly salt: Bytes;
  };
}

/** Creates the successor of a token with a new salt from `randomBytes`, a secure source. */
export function createSuccessor(
  token: RefreshToken,
  randomBytes: (size: number) => Uint8Array,
): NextRefresh {
  const salt = random(randomBytes);
  const next = deriveSuccessor(token, salt);
  const { generation } = next;
  const chainHash = hashOf(token.chainKey);
  return {
    token: next,
    stored: { generation, chainHash, secretHash: hashOf(next.secret), salt },
  };
}

/**
 * Derives the successor of a token. Its secret is the HMAC-SHA-256 of the token's secret with the key `salt` (RFC 2104).
 *
 * The server can repeat the successor for a client that sends the token again, because the salt is stored. The
 * successor cannot be derived from only one of the two.
 */
export function deriveSuccessor(token: RefreshToken, salt: Uint8Array): RefreshToken {
  const secret = new Uint8Array(createHmac('sha256', salt).update(token.secret).digest());
  return { ...token, generation: token.generation + 1, secret };
}

/**
 * Which of a session's tokens a client has sent: the one issued last, the one before it, or an older one. `interrupted`:
 * the one used last before a password change, which removed its successor.
 */
export type TokenAge =
  | { readonly kind: 'current' }
  | { readonly kind: 'older' }
  | { readonly kind: 'interrupted' }
  | { readonly kind: 'previous'; readonly successor: RefreshToken };

/**
 * Finds out which of a session's tokens a client has sent. Null: it was not issued, or a password change removed it.
 *
 * Of an older token only the key of its chain is known: the sender has had a token of the chain. Of the chains
 * that password changes have replaced, the last one is known.
 */
export function findAge(token: RefreshToken, stored: StoredRefresh): TokenAge | null {
  const chainHash = hashOf(token.chainKey);
  if (!timingSafeEqual(chainHash, stored.chainHash)) {
    const { former } = stored;
    if (former === null || !timingSafeEqual(chainHash, former.chainHash)) return null;
    const behind = former.generation - token.generation;
    if (behind < 1) return null;
    return { kind: behind === 1 ? 'interrupted' : 'older' };
  }
  const hasSecret = ({ secret }: RefreshToken) =>
    timingSafeEqual(hashOf(secret), stored.secretHash);
  const behind = stored.generation - token.generation;
  if (behind > 1) return { kind: 'older' };
  if (behind === 0) return hasSecret(token) ? { kind: 'current' } : null;
  if (behind < 0 || stored.salt === null) return null;
  const successor = deriveSuccessor(token, stored.salt);
  return hasSecret(successor) ? { kind: 'previous', successor } : null;
}

export interface PresentedToken {
  readonly age: TokenAge;
  readonly session: {
    readonly isEnded: boolean;
    readonly expiresAt: Date;
    /** When its last token was issued. */
    readonly refreshedAt: Date;
  };
}

/**
 * The action for a token. `rotate`: issue a successor. `repeat`: return the existing successor. `reuse`: end the
 * session. All others are refusals that change nothing.
 */
export type RefreshDecision =
  | { readonly outcome: 'rotate' }
  | { readonly outcome: 'repeat'; readonly successor: RefreshToken }
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
  const { age, session } = presented;
  if (session.isEnded) return { outcome: 'ended' };
  const leftMs = session.expiresAt.getTime() - now.getTime();
  if (!(leftMs >= leastLifeMs)) return { outcome: 'expired' };
  if (age.kind === 'current') return { outcome: 'rotate' };
  if (age.kind === 'older') return { outcome: 'reuse' };
  const passedMs = now.getTime() - session.refreshedAt.getTime();
  const isInGrace = graceSeconds > 0 && passedMs < graceSeconds * 1000;
  if (!isInGrace) return { outcome: 'reuse' };
  if (age.kind === 'interrupted') return { outcome: 'unknown' };
  return { outcome: 'repeat', successor: age.successor };
}
