import { createHash } from 'node:crypto';
import { formatUuid } from '../values/uuid.ts';
import { hashOpaqueToken } from './opaque-token.ts';

/** The prefix of every secret, for scanners: `gatehouse_[A-Za-z0-9_-]{72}`. */
const prefix = 'gatehouse_';
const idBytes = 16;
/** 256 random bits cannot be guessed, so their stored hash need not be slow. */
const randomSize = 32;
const checksumBytes = 6;
/** With a checksum, the 54 bytes are 72 characters without unused bits, so each value has one encoding. */
const pattern = /^gatehouse_[A-Za-z0-9_-]{72}$/;

/**
 * A secret and its hash. `secret` is sent to the client and never stored; `hash` is stored and cannot be used to sign
 * in.
 */
export interface ApiClientSecret {
  readonly secret: string;
  readonly hash: Uint8Array<ArrayBuffer>;
}

/** The client's id in a secret, and the SHA-256 (32 bytes) that must be stored for it. */
export interface ApiClientClaim {
  readonly clientId: string;
  readonly hash: Uint8Array<ArrayBuffer>;
}

/**
 * Creates an API client's secret: the prefix, then in base64url the client's id, 32 bytes of `randomBytes` (a secure
 * source) and a checksum. It contains only characters of bearer tokens (RFC 6750, 2.1).
 *
 * @throws {RangeError} when the id is not a UUID.
 */
export function createApiClientSecret(
  clientId: string,
  randomBytes: (size: number) => Uint8Array,
): ApiClientSecret {
  const id = Buffer.from(clientId.replaceAll('-', ''), 'hex');
  if (id.length !== idBytes || formatUuid(id) !== clientId)
    throw new RangeError('The id of an API client must be a UUID.');
  const content = Buffer.concat([id, randomBytes(randomSize)]);
  const secret = prefix + Buffer.concat([content, checksum(content)]).toString('base64url');
  return { secret, hash: hashOpaqueToken(secret) };
}

export const isApiClientSecret = (token: string): boolean => token.startsWith(prefix);

/**
 * Parses a secret. Returns undefined when its form or its checksum is wrong. The checksum detects typing errors
 * without reading the database; it is not a proof.
 */
export function parseApiClientSecret(token: string): ApiClientClaim | undefined {
  if (!pattern.test(token)) return undefined;
  const bytes = Buffer.from(token.slice(prefix.length), 'base64url');
  const content = bytes.subarray(0, -checksumBytes);
  if (!checksum(content).equals(bytes.subarray(-checksumBytes))) return undefined;
  return { clientId: formatUuid(content.subarray(0, idBytes)), hash: hashOpaqueToken(token) };
}

/** Returns the first 48 bits of a SHA-256: one random text in 2^48 has the right checksum. */
const checksum = (content: Uint8Array): Buffer =>
  createHash('sha256').update(content).digest().subarray(0, checksumBytes);
