import { createHash } from 'node:crypto';

const secretBytes = 32;

/** Makes a secret of 256 bits: 43 characters of base64url. */
export const createSecret = (randomBytes: (size: number) => Uint8Array): string =>
  Buffer.from(randomBytes(secretBytes)).toString('base64url');

/** SHA-256 in hexadecimal: what is stored of a secret. */
export const hashOf = (secret: string): string => createHash('sha256').update(secret).digest('hex');

/** Whether a text can be one of these secrets. Another one is never looked for. */
export const isSecret = (text: string): boolean => /^[\w-]{43}$/.test(text);

/** The challenge of a verifier, by the method S256 (RFC 7636, 4.2). */
export const s256 = (verifier: string): string =>
  createHash('sha256').update(verifier).digest('base64url');
