import { createHash } from 'node:crypto';

export const codeCount = 10;

/** 128 bits: beyond guessing, so that a plain hash protects them. */
const codeBytes = 16;

/** Crockford's base32: no letter looks like a digit. */
const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/** The characters of 128 bits, five a character. */
const codeLength = 26;

/** Creates codes for one account, such as `5D2QK-8V1WN-...`. */
export const createCodes = (randomBytes: (size: number) => Uint8Array): readonly string[] =>
  Array.from({ length: codeCount }, () => toCode(randomBytes(codeBytes)));

function toCode(bytes: Uint8Array): string {
  const value = BigInt(`0x${Buffer.from(bytes).toString('hex')}`);
  const characters = Array.from({ length: codeLength }, (_, index) => {
    const shift = BigInt(5 * (codeLength - 1 - index));
    return alphabet.charAt(Number((value >> shift) & 31n));
  });
  return characters.join('').replaceAll(/.{5}(?=.)/g, '$&-');
}

/**
 * Returns the SHA-256 of a code in hexadecimal, as it is stored, or undefined if the text is no code. Case, spaces and
 * hyphens do not matter, and letters that look like digits are read as these.
 */
export function hashCode(text: string): string | undefined {
  if (text.length > 100) return undefined;
  const code = text
    .toUpperCase()
    .replaceAll(/[\s-]/g, '')
    .replaceAll('O', '0')
    .replaceAll(/[IL]/g, '1');
  const isCode = code.length === codeLength && [...code].every((each) => alphabet.includes(each));
  return isCode ? createHash('sha256').update(code).digest('hex') : undefined;
}
