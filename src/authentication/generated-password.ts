import { randomBytes } from 'node:crypto';

/** 144 random bits: 24 characters. */
const leastBytes = 18;

/**
 * Returns a random password of `minLength` characters, but at least 24. Each has 6 random bits: letters, digits, `-`
 * and `_`.
 */
export const createPasswordOf = (minLength: number): string =>
  randomBytes(Math.max(leastBytes, Math.ceil((minLength * 3) / 4))).toString('base64url');
