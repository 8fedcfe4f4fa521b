import { createHash } from 'node:crypto';

/** What every secret begins with, for scanners: `gatehouse_[A-Za-z0-9_-]{72}`. */
const prefix = 'gatehouse_';
const idBytes = 16;
/** 256 random bits, beyond guessing: no slow hash is needed to store them. */
const randomSize = 32;
const checksumBytes = 6;
/** With a checksum, 54 bytes are 72 characters without unused bits: one value, one spelling. */
const pattern = /^gatehouse_[A-Za-z0-9_-]{72}$/;

/** `secret` goes to the client and is never stored; `hash` is stored and opens nothing. */
export interface ApiClientSecret {
  readonly secret: string;
  readonly hash: Uint8Array<ArrayBuffer>;
}

/** What a secret claims: whose it is, and the SHA-256 (32 bytes) that must be stored there. */
export interface ApiClientClaim {
  readonly clientId: string;
  readonly hash: Uint8Array<ArrayBuffer>;
}

/**
 * Makes an API client's secret: the prefix, then in base64url the client's id, 32 bytes of
 * `randomBytes` (a secure source) and a checksum. Its characters are those of a bearer token
 * (RFC 6750, 2.1).
 *
 * @throws {RangeError} when the id is not a UUID.
 */
export function createApiClientSecret(
  clientId: string,
  randomBytes: (size: number) => Uint8Array,
): ApiClientSecret {
  const id = Buffer.from(clientId.replaceAll('-', ''), 'hex');
  if (id.length !== idBytes || toUuid(id) !== clientId)
    throw new RangeError('The id of an API client must be a UUID.');
  const content = Buffer.concat([id, randomBytes(randomSize)]);
  const secret = prefix + Buffer.concat([content, checksum(content)]).toString('base64url');
  return { secret, hash: sha256(secret) };
}

/** Whether a token is meant as an API client's secret, be it right or wrong. */
export const isApiClientSecret = (token: string): boolean => token.startsWith(prefix);

/**
 * Reads a secret; undefined when it cannot be one, as its checksum tells without any look-up. The
 * checksum keeps typing errors and random texts away; it proves nothing.
 */
export function parseApiClientSecret(token: string): ApiClientClaim | undefined {
  if (!pattern.test(token)) return undefined;
  const bytes = Buffer.from(token.slice(prefix.length), 'base64url');
  const content = bytes.subarray(0, -checksumBytes);
  if (!checksum(content).equals(bytes.subarray(-checksumBytes))) return undefined;
  return { clientId: toUuid(content.subarray(0, idBytes)), hash: sha256(token) };
}

/** The first 48 bits of a SHA-256, so that one random text in 2^48 passes. */
const checksum = (content: Uint8Array): Buffer =>
  createHash('sha256').update(content).digest().subarray(0, checksumBytes);

const sha256 = (text: string): Uint8Array<ArrayBuffer> =>
  new Uint8Array(createHash('sha256').update(text, 'utf8').digest());

/** RFC 9562, 4: 8-4-4-4-12 hexadecimal digits, in lower case. */
const toUuid = (bytes: Buffer): string =>
  bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
