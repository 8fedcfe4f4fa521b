import { randomBytes } from 'node:crypto';

/** 144 random bits: 24 characters. */
const leastBytes = 18;

/**
 * A random password of at least `minLength` characters, 24 if that is fewer, of 6 random bits each:
 * letters, digits, `-` and `_`.
 */
export const createPasswordOf = (minLength: number): string =>
  randomBytes(Math.max(leastBytes, Math.ceil((minLength * 3) / 4))).toString('base64url');
