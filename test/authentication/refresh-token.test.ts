import { createHash, createHmac, randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  createOpaqueToken,
  hashOpaqueToken,
  isOpaqueToken,
} from '../../src/authentication/opaque-token.ts';
import {
  createSuccessorSalt,
  decideRefresh,
  deriveSuccessor,
  type PresentedToken,
} from '../../src/authentication/refresh-token.ts';

describe('a refresh token', () => {
  it('spells 32 random bytes in base64url', () => {
    const sizes: number[] = [];
    const { token } = createOpaqueToken((size) => {
      sizes.push(size);
      return new Uint8Array(size).fill(0xff);
    });
    expect(sizes).toEqual([32]);
    expect(token).toBe('__________________________________________8');
  });

  it('comes with the hash under which it is found again', () => {
    const { token, hash } = createOpaqueToken(randomBytes);
    expect(hashOpaqueToken(token)).toEqual(hash);
    expect(hash).toEqual(new Uint8Array(createHash('sha256').update(token).digest()));
  });

  it('is another one each time, with another hash', () => {
    const [one, other] = [createOpaqueToken(randomBytes), createOpaqueToken(randomBytes)];
    expect(one.token).not.toBe(other.token);
    expect(one.hash).not.toEqual(other.hash);
  });

  it('has the form by which it is known, whatever its bytes are', () => {
    const bytes = fc.uint8Array({ minLength: 32, maxLength: 32 });
    fc.assert(
      fc.property(bytes, (random) => {
        expect(isOpaqueToken(createOpaqueToken(() => random).token)).toBe(true);
      }),
    );
  });

  const good = Buffer.alloc(32, 0xa5).toString('base64url');
  it.each([
    { what: 'nothing', text: '' },
    { what: 'a letter less', text: good.slice(1) },
    { what: 'a letter more', text: `${good}A` },
    { what: 'ten thousand letters', text: 'A'.repeat(10_000) },
    { what: 'white space around it', text: ` ${good.slice(2)} ` },
    { what: 'a line end after it', text: `${good}\n` },
    { what: 'padding', text: `${good}=` },
    { what: 'the other alphabet', text: `+/${good.slice(2)}` },
    { what: 'bits that say nothing', text: `${good.slice(0, -1)}V` },
    { what: 'a NUL', text: `\0${good.slice(1)}` },
    { what: 'letters of another script', text: 'é'.repeat(43) },
    { what: 'half of a surrogate pair', text: `\ud800${good.slice(1)}` },
  ])('is none with $what', ({ text }) => {
    expect(isOpaqueToken(good)).toBe(true);
    expect(isOpaqueToken(text)).toBe(false);
  });
});

describe('the successor of a token', () => {
  const { token } = createOpaqueToken(randomBytes);
  const salt = createSuccessorSalt(randomBytes);

  it('is the HMAC-SHA-256 of the token under the salt, in the form of a token', () => {
    const successor = deriveSuccessor(token, salt);
    expect(successor.token).toBe(createHmac('sha256', salt).update(token).digest('base64url'));
    expect(successor.hash).toEqual(hashOpaqueToken(successor.token));
    expect(isOpaqueToken(successor.token)).toBe(true);
  });

  it('is the same for the same two, and another one where either differs', () => {
    const other = createOpaqueToken(randomBytes).token;
    const derived = [
      deriveSuccessor(token, salt),
      deriveSuccessor(token, new Uint8Array(salt)),
      deriveSuccessor(other, salt),
      deriveSuccessor(token, createSuccessorSalt(randomBytes)),
    ].map((each) => each.token);
    expect(derived[1]).toBe(derived[0]);
    expect(new Set([token, other, ...derived]).size).toBe(5);
  });

  it('has a salt of 32 random bytes', () => {
    const sizes: number[] = [];
    createSuccessorSalt((size) => {
      sizes.push(size);
      return new Uint8Array(size);
    });
    expect(sizes).toEqual([32]);
  });
});

describe('decideRefresh', () => {
  const now = new Date('2026-03-01T12:00:00.000Z');
  const later = (ms: number) => new Date(now.getTime() + ms);
  const successor = createOpaqueToken(randomBytes);
  const alive = { isEnded: false, expiresAt: later(60_000) };
  const fresh: PresentedToken = {
    usedAt: null,
    unusedSuccessor: null,
    isSuccessorRemoved: false,
    session: alive,
  };
  const usedAgo = (ms: number): PresentedToken => ({
    usedAt: later(-ms),
    unusedSuccessor: successor,
    isSuccessorRemoved: false,
    session: alive,
  });
  const ended = { ...alive, isEnded: true };
  const expired = { ...alive, expiresAt: now };

  it.each([
    { what: 'a token that nobody has issued', presented: null, outcome: 'unknown' },
    { what: 'a token that was never used', presented: fresh, outcome: 'rotate' },
    { what: 'a token used a moment ago', presented: usedAgo(0), outcome: 'repeat' },
    { what: 'a token used 9,999 ms ago', presented: usedAgo(9_999), outcome: 'repeat' },
    { what: 'a token used 10,000 ms ago', presented: usedAgo(10_000), outcome: 'reuse' },
    { what: 'a token used last week', presented: usedAgo(604_800_000), outcome: 'reuse' },
    { what: 'a token used at a clock that is ahead', presented: usedAgo(-500), outcome: 'repeat' },
    {
      what: 'a token used a moment ago whose successor was used too',
      presented: { ...usedAgo(1), unusedSuccessor: null },
      outcome: 'reuse',
    },
    {
      what: 'a token used a moment ago whose successor was removed',
      presented: { ...usedAgo(1), unusedSuccessor: null, isSuccessorRemoved: true },
      outcome: 'unknown',
    },
    {
      what: 'a token used 10,000 ms ago whose successor was removed',
      presented: { ...usedAgo(10_000), unusedSuccessor: null, isSuccessorRemoved: true },
      outcome: 'reuse',
    },
    {
      what: 'a token of a session that was ended',
      presented: { ...fresh, session: ended },
      outcome: 'ended',
    },
    {
      what: 'a used token of a session that was ended',
      presented: { ...usedAgo(1), session: ended },
      outcome: 'ended',
    },
    {
      what: 'a token used long ago of a session that was ended',
      presented: { ...usedAgo(60_000), session: ended },
      outcome: 'ended',
    },
    {
      what: 'a token of a session that is over',
      presented: { ...fresh, session: expired },
      outcome: 'expired',
    },
    {
      what: 'a used token of a session that is over',
      presented: { ...usedAgo(60_000), session: expired },
      outcome: 'expired',
    },
    {
      what: 'a token of a session that was ended and is over',
      presented: { ...fresh, session: { ...ended, expiresAt: now } },
      outcome: 'ended',
    },
    {
      what: 'a token of a session with a second left',
      presented: { ...fresh, session: { ...alive, expiresAt: later(1_000) } },
      outcome: 'rotate',
    },
    {
      what: 'a token of a session with less than a second left',
      presented: { ...fresh, session: { ...alive, expiresAt: later(999) } },
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

  it('lets nobody in while the clock gives no time', () => {
    const clock = { now: new Date(Number.NaN), graceSeconds: 10 };
    expect(decideRefresh(fresh, clock).outcome).toBe('expired');
    expect(decideRefresh(usedAgo(1), clock).outcome).toBe('expired');
  });

  it('never repeats or rotates for a session that is not alive, whatever else is the case', () => {
    const anyTime = fc.option(fc.date({ noInvalidDate: true }), { nil: null });
    const anyToken = fc.record({
      usedAt: anyTime,
      unusedSuccessor: fc.constantFrom(null, successor),
      isSuccessorRemoved: fc.boolean(),
      session: fc.record({ isEnded: fc.boolean(), expiresAt: fc.date({ noInvalidDate: true }) }),
    });
    fc.assert(
      fc.property(anyToken, fc.nat({ max: 60 }), (presented, graceSeconds) => {
        const { isEnded, expiresAt } = presented.session;
        fc.pre(isEnded || expiresAt <= now);
        const { outcome } = decideRefresh(presented, { now, graceSeconds });
        expect(['ended', 'expired']).toContain(outcome);
      }),
    );
  });
});
