import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { createKeyRing } from '../../packages/factors/src/keys/key-ring.ts';
import {
  type ChallengePurpose,
  createChallenges,
} from '../../packages/factors/src/passkeys/challenges.ts';

const start = new Date('2026-03-01T10:00:00Z');
const keys = createKeyRing([{ version: 1, bytes: randomBytes(32) }], randomBytes);
const challengesAt = (now: Date, ring = keys) =>
  createChallenges({ keys: ring, randomBytes, now: () => now });

const purposes: readonly ChallengePurpose[] = [
  { kind: 'log in' },
  { kind: 'continue', challenge: 'one' },
  { kind: 'continue', challenge: 'two' },
  { kind: 'enrol', userId: 'ada', sessionId: 'one' },
  { kind: 'enrol', userId: 'ada', sessionId: 'two' },
  { kind: 'enrol', userId: 'cleo', sessionId: 'one' },
];

describe('the challenges of passkeys', () => {
  it.each(purposes)('are found for their own purpose alone: %o', (purpose) => {
    const challenges = challengesAt(start);
    const challenge = challenges.issue(purpose);
    const found = purposes.filter((each) => challenges.find(challenge, each) !== undefined);
    expect(found).toEqual([purpose]);
  });

  it('last five minutes', () => {
    const purpose = { kind: 'log in' } as const;
    const challenge = challengesAt(start).issue(purpose);
    const end = start.getTime() + 5 * 60_000;
    expect(challengesAt(new Date(end - 1)).find(challenge, purpose)).toMatchObject({
      expiresAt: new Date(end),
    });
    expect(challengesAt(new Date(end)).find(challenge, purpose)).toBeUndefined();
  });

  it.each([
    { what: 'another one', change: () => randomBytes(54).toString('base64url') },
    { what: 'one with padding', change: (text: string) => `${text}=` },
    { what: 'one with a byte more', change: (text: string) => `${text}AAAA` },
    {
      what: 'one with a later end',
      change: (text: string) => {
        const bytes = Buffer.from(text, 'base64url');
        bytes.writeUInt8(255, 17);
        return bytes.toString('base64url');
      },
    },
    { what: 'nothing', change: () => '' },
  ])('are not $what', ({ change }) => {
    const challenges = challengesAt(start);
    const purpose = { kind: 'log in' } as const;
    expect(challenges.find(change(challenges.issue(purpose)), purpose)).toBeUndefined();
  });

  it('are not those of another installation', () => {
    const other = createKeyRing([{ version: 1, bytes: randomBytes(32) }], randomBytes);
    const challenge = challengesAt(start, other).issue({ kind: 'log in' });
    expect(challengesAt(start).find(challenge, { kind: 'log in' })).toBeUndefined();
  });
});
