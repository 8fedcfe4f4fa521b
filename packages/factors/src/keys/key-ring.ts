import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  hkdfSync,
  timingSafeEqual,
} from 'node:crypto';

/** A key of `FACTORS_KEYS`, 32 bytes. */
export interface FactorsKey {
  readonly version: number;
  readonly bytes: Uint8Array;
}

/** A text that is encrypted under one version of the keys. */
export interface Sealed {
  readonly keyVersion: number;
  /** The nonce, the encrypted bytes and the tag. */
  readonly bytes: Uint8Array;
}

export type KeyRing = ReturnType<typeof createKeyRing>;

const cipher = 'aes-256-gcm';
/** NIST SP 800-38D, 8.2.2: random nonces of 96 bits are safe for 2^32 uses of one key. */
const nonceBytes = 12;
const tagBytes = 16;

/**
 * Creates the keys that encrypt secrets (AES-256-GCM) and sign challenges. Each use has a key of its own, derived from
 * one of `FACTORS_KEYS` (HKDF, RFC 5869).
 *
 * @param keys at least one; the one with the highest version encrypts and signs.
 */
export function createKeyRing(
  keys: readonly FactorsKey[],
  randomBytes: (size: number) => Uint8Array,
) {
  const rings = keys.toSorted((one, other) => other.version - one.version).map(deriveKeys);
  const byVersion = new Map(rings.map((ring) => [ring.version, ring]));
  const [newest] = rings;
  if (newest === undefined) throw new RangeError('There is no key.');
  return {
    newestVersion: newest.version,
    versions: new Set(byVersion.keys()),

    /** Encrypts under the newest key. `context` says what the secret belongs to, and is needed to open it. */
    seal(secret: Uint8Array, context: readonly string[]): Sealed {
      const nonce = randomBytes(nonceBytes);
      const sealing = createCipheriv(cipher, newest.encryption, nonce);
      sealing.setAAD(toContext(context, newest.version));
      const bytes = Buffer.concat([nonce, sealing.update(secret), sealing.final()]);
      return { keyVersion: newest.version, bytes: Buffer.concat([bytes, sealing.getAuthTag()]) };
    },

    /** Decrypts. Undefined: the key is missing, the context is another one, or the bytes were changed. */
    open({ keyVersion, bytes }: Sealed, context: readonly string[]): Uint8Array | undefined {
      const ring = byVersion.get(keyVersion);
      if (ring === undefined || bytes.length < nonceBytes + tagBytes) return undefined;
      const opening = createDecipheriv(cipher, ring.encryption, bytes.subarray(0, nonceBytes), {
        authTagLength: tagBytes,
      });
      opening.setAAD(toContext(context, keyVersion));
      opening.setAuthTag(bytes.subarray(-tagBytes));
      try {
        return Buffer.concat([
          opening.update(bytes.subarray(nonceBytes, -tagBytes)),
          opening.final(),
        ]);
      } catch {
        return undefined;
      }
    },

    /** Signs with the newest key: 32 bytes of HMAC-SHA-256. */
    sign: (message: Uint8Array): Uint8Array => hmac(newest.signing, message),

    /** Whether one of the keys has signed the message. Compares in constant time. */
    isSigned: (message: Uint8Array, signature: Uint8Array): boolean =>
      signature.length === 32 &&
      rings.some(({ signing }) => timingSafeEqual(hmac(signing, message), signature)),
  };
}

const deriveKeys = ({ version, bytes }: FactorsKey) => ({
  version,
  encryption: derive(bytes, 'secrets'),
  signing: derive(bytes, 'challenges'),
});

const derive = (key: Uint8Array, use: string): Uint8Array =>
  new Uint8Array(hkdfSync('sha256', key, '', `@graphql-gatehouse/factors ${use}`, 32));

const hmac = (key: Uint8Array, message: Uint8Array): Uint8Array =>
  createHmac('sha256', key).update(message).digest();

/** JSON, so that no two lists give the same bytes. */
const toContext = (context: readonly string[], keyVersion: number): Uint8Array =>
  Buffer.from(JSON.stringify([...context, keyVersion]));
