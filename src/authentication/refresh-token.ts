import { createHash } from 'node:crypto';

/** Random bytes in a refresh token: 256 bits, beyond guessing (RFC 6749, 10.10, asks for 128). */
const tokenBytes = 32;

/** `token` goes to the client and is never stored; `hash` is stored and opens nothing. */
export interface RefreshToken {
  readonly token: string;
  readonly hash: Uint8Array<ArrayBuffer>;
}

/** Makes a refresh token: 32 bytes of `randomBytes`, a secure source, in base64url (43 characters). */
export function createRefreshToken(randomBytes: (size: number) => Uint8Array): RefreshToken {
  const token = Buffer.from(randomBytes(tokenBytes)).toString('base64url');
  return { token, hash: hashRefreshToken(token) };
}

/**
 * The SHA-256 of a token's characters, 32 bytes: what is stored and looked up.
 *
 * No salt and no slow hash: 256 random bits cannot be guessed, so there is nothing to slow down.
 */
export function hashRefreshToken(token: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(createHash('sha256').update(token, 'utf8').digest());
}
