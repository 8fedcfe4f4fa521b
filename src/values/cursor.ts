import { createCipheriv, createDecipheriv, createHmac, hkdfSync } from 'node:crypto';
import { BadUserInputError } from '../errors.ts';

/** A number with decimals of a data client, such as `Prisma.Decimal`. */
interface Decimal {
  toFixed(): string;
}

/** A value of an order. A decimal is read back as its text. */
export type CursorValue = null | string | number | boolean | bigint | Date | Uint8Array | Decimal;

/** Writes and reads the cursors of one installation. */
export type Cursors = ReturnType<typeof createCursors>;

const cipher = 'aes-256-gcm';
const nonceBytes = 12;
const tagBytes = 16;

/**
 * Creates the cursors of all nodes that share `secret`: AES-256-GCM, with the scope as additional data.
 *
 * The nonce is an HMAC of the scope and the values. So one place has one cursor, and a nonce is never used for two
 * contents: random ones of 96 bits would allow only 2^32 cursors (NIST SP 800-38D, 8.3).
 */
export function createCursors(secret: string) {
  const keyFor = (use: string) =>
    Buffer.from(hkdfSync('sha256', secret, '', `gatehouse cursors: ${use}`, 32));
  const [key, nonceKey] = [keyFor('encryption'), keyFor('nonce')];

  return {
    /**
     * Returns the text of a place in a list. `scope` names the list and its order.
     *
     * @throws {TypeError} for a value of another type.
     */
    seal(scope: string, values: readonly unknown[]): string {
      const text = JSON.stringify(values.map(encode));
      const nonce = createHmac('sha256', nonceKey)
        .update(JSON.stringify([scope, text]))
        .digest()
        .subarray(0, nonceBytes);
      const sealing = createCipheriv(cipher, key, nonce).setAAD(Buffer.from(scope));
      const sealed = [nonce, sealing.update(text), sealing.final(), sealing.getAuthTag()];
      return Buffer.concat(sealed).toString('base64url');
    },

    /**
     * Returns the values of a cursor.
     *
     * @throws {BadUserInputError} for every text that `seal` did not return for this scope.
     */
    open(scope: string, cursor: string): readonly CursorValue[] {
      const bytes = Buffer.from(cursor, 'base64url');
      // Other texts can stand for the same bytes.
      if (bytes.length < nonceBytes + tagBytes || bytes.toString('base64url') !== cursor) {
        throw invalidCursor();
      }
      const opening = createDecipheriv(cipher, key, bytes.subarray(0, nonceBytes), {
        authTagLength: tagBytes,
      })
        .setAAD(Buffer.from(scope))
        .setAuthTag(bytes.subarray(-tagBytes));
      try {
        const text = opening.update(bytes.subarray(nonceBytes, -tagBytes));
        return decode(Buffer.concat([text, opening.final()]).toString());
      } catch {
        throw invalidCursor();
      }
    },
  };
}

const invalidCursor = () =>
  new BadUserInputError('after', '`after` is not a valid cursor for this connection.');

/** What JSON lacks, each as an object with one property. */
function encode(value: unknown): unknown {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  if (typeof value === 'bigint') return { bigint: String(value) };
  if (value instanceof Date) return { date: value.toISOString() };
  if (value instanceof Uint8Array) return { bytes: Buffer.from(value).toString('base64') };
  if (isDecimal(value)) return value.toFixed();
  throw new TypeError('A list cannot be ordered by values of this type.');
}

const isDecimal = (value: unknown): value is Decimal =>
  typeof value === 'object' && value !== null && 'toFixed' in value;

interface Encoded {
  readonly bigint?: string;
  readonly date?: string;
  readonly bytes?: string;
}

function decode(text: string): readonly CursorValue[] {
  const values: readonly (null | string | number | boolean | Encoded)[] = JSON.parse(text);
  return values.map((value) => {
    if (typeof value !== 'object' || value === null) return value;
    const { bigint, date, bytes } = value;
    if (bigint !== undefined) return BigInt(bigint);
    return date !== undefined ? new Date(date) : new Uint8Array(Buffer.from(bytes ?? '', 'base64'));
  });
}
