import {
  createHash,
  createSign,
  generateKeyPairSync,
  type KeyObject,
  randomBytes,
} from 'node:crypto';

/** What an authenticator says beside what it should. */
export interface Changes {
  readonly origin?: string;
  readonly rpId?: string;
  readonly challenge?: string;
  readonly isVerified?: boolean;
  readonly counter?: number;
  readonly userHandle?: string | null;
  readonly crossOrigin?: boolean;
  readonly type?: string;
}

/** A passkey in software, of the browser of one user. */
export interface TestPasskey {
  readonly id: string;
  /** Answers `navigator.credentials.create` with these options, as JSON. */
  create(options: string, changes?: Changes): string;
  /** Answers `navigator.credentials.get` with these options, as JSON. */
  get(options: string, changes?: Changes): string;
}

export interface TestPasskeyOptions {
  readonly origin: string;
  /** Counts its answers. Otherwise its counter is always 0, as that of synchronized passkeys. */
  readonly counts?: boolean;
  /** In base64url. */
  readonly id?: string;
}

/** Makes a passkey (ES256) that answers as browsers do (WebAuthn Level 3, 5.1.3 and 5.1.4). */
export function createTestPasskey({
  origin,
  counts = false,
  id = randomBytes(16).toString('base64url'),
}: TestPasskeyOptions): TestPasskey {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  let counter = 0;
  let userHandle: string | undefined;
  const next = () => {
    counter += counts ? 1 : 0;
    return counter;
  };
  return {
    id,
    create(text, changes = {}) {
      const options = JSON.parse(text);
      userHandle = options.user.id;
      const clientData = toClientData('webauthn.create', options.challenge, origin, changes);
      const authData = Buffer.concat([
        toHead({ rpId: options.rp.id, counter: next(), hasKey: true }, changes),
        Buffer.alloc(16),
        toUint16(Buffer.from(id, 'base64url').length),
        Buffer.from(id, 'base64url'),
        toCoseKey(publicKey),
      ]);
      return JSON.stringify({
        ...named(id),
        response: {
          clientDataJSON: clientData.toString('base64url'),
          attestationObject: toAttestation(authData).toString('base64url'),
          transports: ['internal', 'hybrid'],
        },
      });
    },
    get(text, changes = {}) {
      const options = JSON.parse(text);
      const clientData = toClientData('webauthn.get', options.challenge, origin, changes);
      const authData = toHead({ rpId: options.rpId, counter: next(), hasKey: false }, changes);
      const signed = Buffer.concat([authData, createHash('sha256').update(clientData).digest()]);
      return JSON.stringify({
        ...named(id),
        response: {
          clientDataJSON: clientData.toString('base64url'),
          authenticatorData: authData.toString('base64url'),
          signature: createSign('sha256').update(signed).sign(privateKey).toString('base64url'),
          userHandle: changes.userHandle === undefined ? userHandle : changes.userHandle,
        },
      });
    },
  };
}

const named = (id: string) => ({
  id,
  rawId: id,
  type: 'public-key',
  authenticatorAttachment: 'platform',
  clientExtensionResults: {},
});

const toClientData = (type: string, challenge: string, origin: string, changes: Changes): Buffer =>
  Buffer.from(
    JSON.stringify({
      type: changes.type ?? type,
      challenge: changes.challenge ?? challenge,
      origin: changes.origin ?? origin,
      crossOrigin: changes.crossOrigin ?? false,
    }),
  );

interface Head {
  readonly rpId: string;
  readonly counter: number;
  readonly hasKey: boolean;
}

/** The first 37 bytes of the authenticator data: user present, verified, backed up (WebAuthn Level 3, 6.1). */
function toHead({ rpId, counter, hasKey }: Head, changes: Changes): Buffer {
  const flags =
    0b0001_1001 | (changes.isVerified === false ? 0 : 0b100) | (hasKey ? 0b100_0000 : 0);
  const head = Buffer.alloc(37);
  createHash('sha256')
    .update(changes.rpId ?? rpId)
    .digest()
    .copy(head);
  head.writeUInt8(flags, 32);
  head.writeUInt32BE(changes.counter ?? counter, 33);
  return head;
}

/** A COSE key for ES256 in CBOR: { 1: 2, 3: -7, -1: 1, -2: x, -3: y } (RFC 9053, 7.1.1). */
function toCoseKey(key: KeyObject): Buffer {
  const { x = '', y = '' } = key.export({ format: 'jwk' });
  return Buffer.concat([
    Buffer.from('a5010203262001215820', 'hex'),
    Buffer.from(x, 'base64url'),
    Buffer.from('225820', 'hex'),
    Buffer.from(y, 'base64url'),
  ]);
}

function toUint16(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16BE(value);
  return bytes;
}

/** { fmt: 'none', attStmt: {}, authData } in CBOR. */
const toAttestation = (authData: Buffer): Buffer =>
  Buffer.concat([
    Buffer.from('a363666d74646e6f6e656761747453746d74a068617574684461746159', 'hex'),
    toUint16(authData.length),
    authData,
  ]);
