import { createHash } from 'node:crypto';

/** Random bytes in a token: 256 bits, beyond guessing (RFC 6749, 10.10, asks for 128). */
const tokenBytes = 32;

/** 32 bytes in base64url: the last character carries four bits, so that it is one of sixteen. */
const tokenForm = /^[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]$/;

/** `token` goes to the client and is never stored; `hash` is stored and opens nothing. */
export interface OpaqueToken {
  readonly token: string;
  readonly hash: Uint8Array<ArrayBuffer>;
}

/** Creates a token: 32 bytes of `randomBytes`, a secure source, in base64url (43 characters). */
export const createOpaqueToken = (randomBytes: (size: number) => Uint8Array): OpaqueToken =>
  toOpaqueToken(randomBytes(tokenBytes));

/** Encodes 32 bytes as a token. */
function toOpaqueToken(bytes: Uint8Array): OpaqueToken {
  const token = Buffer.from(bytes).toString('base64url');
  return { token, hash: hashOpaqueToken(token) };
}

/** Whether a text has the form of a token. Text of another form was not issued here. */
export const isOpaqueToken = (text: string): boolean => tokenForm.test(text);

/**
 * Returns the SHA-256 of a token's characters, 32 bytes: what is stored and looked up.
 *
 * No salt and no slow hash: 256 random bits cannot be guessed, so there is nothing to slow down.
 */
export const hashOpaqueToken = (token: string): Uint8Array<ArrayBuffer> =>
  new Uint8Array(createHash('sha256').update(token, 'utf8').digest());
