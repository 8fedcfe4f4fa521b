import { createHash, createHmac } from 'node:crypto';

/** 32 bytes in base64url. */
const tokenForm = /^[A-Za-z0-9_-]{43}$/;

/**
 * Returns the token of a row: 256 bits, the same each time, which nothing in the database can make without the key. A
 * retry of a mail sends the same one.
 */
export const tokenOf = (key: Uint8Array, id: string): string =>
  createHmac('sha256', key).update(id.toLowerCase()).digest('base64url');

/** Returns the SHA-256 of a token in hexadecimal, by which it is stored. Undefined: it has another form. */
export const hashOf = (token: string): string | undefined =>
  tokenForm.test(token) ? createHash('sha256').update(token).digest('hex') : undefined;
