import { createHash } from 'node:crypto';
import type { PackageRuntime } from 'graphql-gatehouse';
import type { KeyRing } from '../keys/key-ring.ts';

/** What a challenge of passkeys is for. One for another purpose is wrong. */
export type ChallengePurpose =
  | { readonly kind: 'log in' }
  /** Continues a log-in that began with a password. */
  | { readonly kind: 'continue'; readonly challenge: string }
  | { readonly kind: 'enrol'; readonly userId: string; readonly sessionId: string };

/** A challenge that was issued here and has not expired. `hash` is stored when it is spent. */
export interface IssuedChallenge {
  /** SHA-256 in hexadecimal. */
  readonly hash: string;
  readonly expiresAt: Date;
  /** What was signed with it. */
  readonly data: Buffer;
}

type ChallengesOptions = Pick<PackageRuntime<unknown>, 'randomBytes' | 'now'> & {
  readonly keys: Pick<KeyRing, 'sign' | 'isSigned'>;
};

export const challengeLifetimeMs = 5 * 60_000;

/** 128 bits of randomness: WebAuthn asks for at least 16 bytes (13.4.3). */
const nonceBytes = 16;
const timeBytes = 6;
const signatureBytes = 32;
const leastBytes = nonceBytes + timeBytes + signatureBytes;
const maxDataBytes = 16;

/** Creates the challenges of passkeys: a nonce, the end of their time, data and a signature. */
export function createChallenges({ keys, randomBytes, now }: ChallengesOptions) {
  return {
    /** Issues a challenge in base64url. Nothing is stored: it is signed, with at most 16 bytes of data. */
    issue(purpose: ChallengePurpose, data: Uint8Array = new Uint8Array()): string {
      const time = Buffer.alloc(timeBytes);
      time.writeUIntBE(now().getTime() + challengeLifetimeMs, 0, timeBytes);
      const head = Buffer.concat([randomBytes(nonceBytes), time, data]);
      const signature = keys.sign(toMessage(head, purpose));
      return Buffer.concat([head, signature]).toString('base64url');
    },

    /** Returns a challenge that was issued for this purpose. Undefined: it was not, or it has expired. */
    find(challenge: string, purpose: ChallengePurpose): IssuedChallenge | undefined {
      const bytes = Buffer.from(challenge, 'base64url');
      const isWhole = bytes.length >= leastBytes && bytes.length <= leastBytes + maxDataBytes;
      // Another spelling of the same bytes would be another hash.
      if (!isWhole || bytes.toString('base64url') !== challenge) return undefined;
      const head = bytes.subarray(0, -signatureBytes);
      const isOurs = keys.isSigned(toMessage(head, purpose), bytes.subarray(-signatureBytes));
      const expiresAt = new Date(head.readUIntBE(nonceBytes, timeBytes));
      if (!isOurs || expiresAt <= now()) return undefined;
      const hash = createHash('sha256').update(bytes).digest('hex');
      return { hash, expiresAt, data: head.subarray(nonceBytes + timeBytes) };
    },
  };
}

/** The length comes first, so that no data is read as the beginning of a purpose. */
const toMessage = (head: Uint8Array, purpose: ChallengePurpose): Uint8Array =>
  Buffer.concat([Uint8Array.of(head.length), head, Buffer.from(JSON.stringify(wordsOf(purpose)))]);

function wordsOf(purpose: ChallengePurpose): readonly string[] {
  if (purpose.kind === 'log in') return [purpose.kind];
  if (purpose.kind === 'continue') return [purpose.kind, purpose.challenge];
  return [purpose.kind, purpose.userId, purpose.sessionId];
}
