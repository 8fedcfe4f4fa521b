import { createHash, createHmac, randomBytes, randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  createRefreshSecrets,
  createSuccessor,
  decideRefresh,
  deriveSuccessor,
  findAge,
  firstOfChain,
  type PresentedToken,
  type RefreshToken,
  readRefreshToken,
  type StoredRefresh,
  writeFirstToken,
  writeRefreshToken,
} from '../../src/authentication/refresh-token.ts';
import { malformedTokens } from '../support/malformed-tokens.ts';

const sha256 = (bytes: Uint8Array) => new Uint8Array(createHash('sha256').update(bytes).digest());

/** The tokens of a chain, each used once, and what is stored at its end. */
function aChain(length: number): { tokens: RefreshToken[]; stored: StoredRefresh } {
  const secrets = createRefreshSecrets(randomBytes);
  const tokens: RefreshToken[] = [{ sessionId: randomUUID(), generation: 0, ...secrets }];
  let stored: StoredRefresh = { ...firstOfChain(secrets), former: null };
  for (let last = tokens[0]; last !== undefined && tokens.length < length; ) {
    const next = createSuccessor(last, randomBytes);
    stored = { ...next.stored, former: null };
    last = next.token;
    tokens.push(last);
  }
  return { tokens, stored };
}

const anyToken: fc.Arbitrary<RefreshToken> = fc.record({
  sessionId: fc.uuid(),
  generation: fc.nat({ max: 2 ** 31 - 1 }),
  chainKey: fc.uint8Array({ minLength: 32, maxLength: 32 }).map((each) => new Uint8Array(each)),
  secret: fc.uint8Array({ minLength: 32, maxLength: 32 }).map((each) => new Uint8Array(each)),
});

describe('a refresh token', () => {
  it('is made of two times 32 random bytes', () => {
    const sizes: number[] = [];
    createRefreshSecrets((size) => {
      sizes.push(size);
      return new Uint8Array(size);
    });
    expect(sizes).toEqual([32, 32]);
  });

  it('is read as it was written, from 112 characters', () => {
    fc.assert(
      fc.property(anyToken, (token) => {
        const text = writeRefreshToken(token);
        expect(text).toMatch(/^[A-Za-z0-9_-]{112}$/);
        expect(readRefreshToken(text)).toEqual(token);
      }),
    );
  });

  it('is read from each text of its form, and written as the same text', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 84, maxLength: 84 }), (bytes) => {
        const text = Buffer.from(bytes).toString('base64url');
        const token = readRefreshToken(text);
        expect(token && writeRefreshToken(token)).toBe(text);
      }),
    );
  });

  it('is the first of its chain after a login', () => {
    const secrets = createRefreshSecrets(randomBytes);
    const sessionId = randomUUID();
    const token = readRefreshToken(writeFirstToken(sessionId, secrets));
    expect(token).toEqual({ sessionId, generation: 0, ...secrets });
  });

  it('is stored as hashes alone', () => {
    const secrets = createRefreshSecrets(randomBytes);
    expect(firstOfChain(secrets)).toEqual({
      generation: 0,
      chainHash: sha256(secrets.chainKey),
      secretHash: sha256(secrets.secret),
      salt: null,
    });
  });

  it.each(['', 'session', `${randomUUID()}0`.slice(2), 'g'.repeat(36)])(
    'is not written for a session with the id "%s"',
    (sessionId) => {
      const secrets = createRefreshSecrets(randomBytes);
      expect(() => writeFirstToken(sessionId, secrets)).toThrow(RangeError);
    },
  );

  const good = Buffer.alloc(84, 0xa5).toString('base64url');
  it.each([...malformedTokens(good), { what: 'the value of a cookie', text: good.slice(0, 43) }])(
    'is not valid with $what',
    ({ text }) => {
      expect(readRefreshToken(good)).not.toBeNull();
      expect(readRefreshToken(text)).toBeNull();
    },
  );
});

describe('the successor of a token', () => {
  const [token] = aChain(1).tokens;
  if (token === undefined) throw new Error('A chain has a first token.');

  it('has the HMAC-SHA-256 of the secret under a salt of 32 random bytes', () => {
    const sizes: number[] = [];
    const next = createSuccessor(token, (size) => {
      sizes.push(size);
      return randomBytes(size);
    });
    expect(sizes).toEqual([32]);
    const secret = createHmac('sha256', next.stored.salt).update(token.secret).digest();
    expect(next.token).toEqual({ ...token, generation: 1, secret: new Uint8Array(secret) });
    expect(next.stored).toEqual({
      generation: 1,
      chainHash: sha256(token.chainKey),
      secretHash: sha256(next.token.secret),
      salt: next.stored.salt,
    });
  });

  it('is the same for the same two, and another one where either differs', () => {
    const [salt, otherSalt] = [randomBytes(32), randomBytes(32)];
    const derived = [
      deriveSuccessor(token, salt),
      deriveSuccessor(token, Buffer.from(salt)),
      deriveSuccessor({ ...token, secret: new Uint8Array(32) }, salt),
      deriveSuccessor(token, otherSalt),
    ].map(({ secret }) => Buffer.from(secret).toString('hex'));
    expect(derived[1]).toBe(derived[0]);
    expect(new Set(derived).size).toBe(3);
  });
});

describe('the age of a token', () => {
  it('is found for each token of a chain', () => {
    const { tokens, stored } = aChain(5);
    const ages = tokens.map((token) => findAge(token, stored)?.kind);
    expect(ages).toEqual(['older', 'older', 'older', 'previous', 'current']);
    const [, , , previous, current] = tokens;
    expect(previous && findAge(previous, stored)).toEqual({
      kind: 'previous',
      successor: current,
    });
  });

  it('is that of the current one after a login', () => {
    const { tokens, stored } = aChain(1);
    expect(tokens.map((token) => findAge(token, stored)?.kind)).toEqual(['current']);
  });

  it('is unknown without the key of the chain, whatever the rest', () => {
    const { tokens, stored } = aChain(4);
    for (const token of tokens) {
      for (const former of [null, { generation: 9, chainHash: sha256(new Uint8Array(32)) }]) {
        const chainKey = new Uint8Array(randomBytes(32));
        expect(findAge({ ...token, chainKey }, { ...stored, former })).toBeNull();
      }
    }
  });

  it('is unknown of a secret of the last two generations that was not issued', () => {
    const { tokens, stored } = aChain(4);
    const secret = new Uint8Array(randomBytes(32));
    const ages = tokens.map((token) => findAge({ ...token, secret }, stored)?.kind);
    expect(ages).toEqual(['older', 'older', undefined, undefined]);
  });

  it('is unknown of a generation to come, and of an old token in the name of a newer one', () => {
    const { tokens, stored } = aChain(4);
    const [first, , , last] = tokens;
    if (first === undefined || last === undefined) throw new Error('The chain is too short.');
    expect(findAge({ ...last, generation: 4 }, stored)).toBeNull();
    for (const generation of [2, 3, 4]) {
      expect(findAge({ ...first, generation }, stored)).toBeNull();
    }
  });

  it('is found for the chain before a password change, without the token that this removed', () => {
    const before = aChain(4);
    const after = aChain(3);
    const stored = { ...after.stored, former: before.stored };
    const ages = before.tokens.map((token) => findAge(token, stored)?.kind);
    expect(ages).toEqual(['older', 'older', 'interrupted', undefined]);
    expect(after.tokens.map((token) => findAge(token, stored)?.kind)).toEqual([
      'older',
      'previous',
      'current',
    ]);
  });
});

describe('decideRefresh', () => {
  const now = new Date('2026-03-01T12:00:00.000Z');
  const later = (ms: number) => new Date(now.getTime() + ms);
  const [successor] = aChain(1).tokens;
  if (successor === undefined) throw new Error('A chain has a first token.');
  const alive = { isEnded: false, expiresAt: later(60_000), refreshedAt: later(-30_000) };
  const current: PresentedToken = { age: { kind: 'current' }, session: alive };
  const older: PresentedToken = { ...current, age: { kind: 'older' } };
  const refreshedAgo = (ms: number) => ({ ...alive, refreshedAt: later(-ms) });
  const usedAgo = (ms: number): PresentedToken => ({
    age: { kind: 'previous', successor },
    session: refreshedAgo(ms),
  });
  const interrupted = (ms: number): PresentedToken => ({
    age: { kind: 'interrupted' },
    session: refreshedAgo(ms),
  });
  const ended = { ...alive, isEnded: true };
  const expired = { ...alive, expiresAt: now };

  it.each([
    { what: 'a token that was never issued', presented: null, outcome: 'unknown' },
    { what: 'a token that was never used', presented: current, outcome: 'rotate' },
    { what: 'a token used a moment ago', presented: usedAgo(0), outcome: 'repeat' },
    { what: 'a token used 9,999 ms ago', presented: usedAgo(9_999), outcome: 'repeat' },
    { what: 'a token used 10,000 ms ago', presented: usedAgo(10_000), outcome: 'reuse' },
    { what: 'a token used last week', presented: usedAgo(604_800_000), outcome: 'reuse' },
    { what: 'a token used at a clock that is ahead', presented: usedAgo(-500), outcome: 'repeat' },
    {
      what: 'a token used a moment ago whose successor was used too',
      presented: { ...older, session: refreshedAgo(1) },
      outcome: 'reuse',
    },
    {
      what: 'a token used a moment ago whose successor a password change removed',
      presented: interrupted(1),
      outcome: 'unknown',
    },
    {
      what: 'a token used 10,000 ms ago whose successor a password change removed',
      presented: interrupted(10_000),
      outcome: 'reuse',
    },
    {
      what: 'a token of a session that was ended',
      presented: { ...current, session: ended },
      outcome: 'ended',
    },
    {
      what: 'a used token of a session that was ended',
      presented: { ...usedAgo(1), session: { ...ended, refreshedAt: later(-1) } },
      outcome: 'ended',
    },
    {
      what: 'an older token of a session that was ended',
      presented: { ...older, session: ended },
      outcome: 'ended',
    },
    {
      what: 'a token of a session that is over',
      presented: { ...current, session: expired },
      outcome: 'expired',
    },
    {
      what: 'an older token of a session that is over',
      presented: { ...older, session: expired },
      outcome: 'expired',
    },
    {
      what: 'a token of a session that was ended and is over',
      presented: { ...current, session: { ...ended, expiresAt: now } },
      outcome: 'ended',
    },
    {
      what: 'a token of a session with a second left',
      presented: { ...current, session: { ...alive, expiresAt: later(1_000) } },
      outcome: 'rotate',
    },
    {
      what: 'a token of a session with less than a second left',
      presented: { ...current, session: { ...alive, expiresAt: later(999) } },
      outcome: 'expired',
    },
  ])('says of $what: $outcome', ({ presented, outcome }) => {
    expect(decideRefresh(presented, { now, graceSeconds: 10 }).outcome).toBe(outcome);
  });

  it.each([0, -1, -1_000])('repeats nothing without a grace, used %i ms ago', (ms) => {
    expect(decideRefresh(usedAgo(ms), { now, graceSeconds: 0 }).outcome).toBe('reuse');
  });

  it('gives the successor with what it says of a repeat', () => {
    const decision = decideRefresh(usedAgo(1), { now, graceSeconds: 10 });
    expect(decision).toEqual({ outcome: 'repeat', successor });
  });

  it('admits no token while the clock gives no time', () => {
    const clock = { now: new Date(Number.NaN), graceSeconds: 10 };
    expect(decideRefresh(current, clock).outcome).toBe('expired');
    expect(decideRefresh(usedAgo(1), clock).outcome).toBe('expired');
  });

  it('never repeats or rotates for a session that is not alive, whatever else is the case', () => {
    const anyPresented = fc.record({
      age: fc.constantFrom(current.age, older.age, usedAgo(1).age, interrupted(1).age),
      session: fc.record({
        isEnded: fc.boolean(),
        expiresAt: fc.date({ noInvalidDate: true }),
        refreshedAt: fc.date({ noInvalidDate: true }),
      }),
    });
    fc.assert(
      fc.property(anyPresented, fc.nat({ max: 60 }), (presented, graceSeconds) => {
        const { isEnded, expiresAt } = presented.session;
        fc.pre(isEnded || expiresAt <= now);
        const { outcome } = decideRefresh(presented, { now, graceSeconds });
        expect(['ended', 'expired']).toContain(outcome);
      }),
    );
  });
});
