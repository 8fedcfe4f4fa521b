import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createKeyRing, type FactorsKey } from '../../packages/factors/src/keys/key-ring.ts';
import { keysSetting } from '../../packages/factors/src/keys/keys-setting.ts';

const aKey = (version: number): FactorsKey => ({ version, bytes: randomBytes(32) });
const [first, second] = [aKey(1), aKey(2)];
const ringOf = (...keys: readonly FactorsKey[]) => createKeyRing(keys, randomBytes);
const secret = Buffer.from('a secret of twenty b');
const context = ['otp', 'user', 'factor'];

describe('a key ring', () => {
  it('opens what it has sealed, and seals with the newest key', () => {
    const old = ringOf(first).seal(secret, context);
    const both = ringOf(first, second);
    expect(both.open(old, context)).toEqual(secret);
    expect(both.seal(secret, context).keyVersion).toBe(2);
    expect(both.seal(secret, context)).not.toEqual(both.seal(secret, context));
    expect(Buffer.from(old.bytes).includes(secret)).toBe(false);
  });

  it.each([
    { what: 'of another user', found: ['otp', 'other', 'factor'] },
    { what: 'of another factor', found: ['otp', 'user', 'other'] },
    { what: 'of another use', found: ['enrolment', 'user', 'factor'] },
    { what: 'with other borders', found: ['otp', 'us', 'er', 'factor'] },
  ])('does not open a secret $what', ({ found }) => {
    const ring = ringOf(first);
    expect(ring.open(ring.seal(secret, context), found)).toBeUndefined();
  });

  it('does not open a secret under a version that is missing, or another key of that version', () => {
    const sealed = ringOf(first).seal(secret, context);
    expect(ringOf(second).open(sealed, context)).toBeUndefined();
    expect(ringOf(aKey(1)).open(sealed, context)).toBeUndefined();
    expect(ringOf(first, second).open({ ...sealed, keyVersion: 2 }, context)).toBeUndefined();
  });

  it('does not open a secret of which any byte was changed or cut off', () => {
    const ring = ringOf(first);
    const sealed = ring.seal(secret, context);
    fc.assert(
      fc.property(
        fc.nat(sealed.bytes.length - 1),
        fc.integer({ min: 1, max: 255 }),
        (index, mask) => {
          const bytes = Buffer.from(sealed.bytes);
          bytes.writeUInt8(bytes.readUInt8(index) ^ mask, index);
          expect(ring.open({ keyVersion: 1, bytes }, context)).toBeUndefined();
          const cut = sealed.bytes.subarray(0, index);
          expect(ring.open({ keyVersion: 1, bytes: cut }, context)).toBeUndefined();
        },
      ),
    );
  });

  it('knows what any of its keys has signed', () => {
    const message = Buffer.from('a challenge');
    const signature = ringOf(first).sign(message);
    expect(ringOf(first, second).isSigned(message, signature)).toBe(true);
    expect(ringOf(second).isSigned(message, signature)).toBe(false);
    expect(ringOf(first).isSigned(Buffer.from('another'), signature)).toBe(false);
    expect(ringOf(first).isSigned(message, signature.subarray(1))).toBe(false);
  });

  it('needs a key', () => {
    expect(() => ringOf()).toThrow(RangeError);
  });
});

describe('FACTORS_KEYS', () => {
  const text = (key: FactorsKey) =>
    `${key.version}:${Buffer.from(key.bytes).toString('base64url')}`;

  it('is a list of versions and keys', () => {
    expect(keysSetting.parse(`${text(first)}, ${text(second)}`)).toEqual([first, second]);
  });

  it.each([
    { what: 'without a version', wrong: text(first).slice(2) },
    { what: 'with version 0', wrong: text(first).replace('1:', '0:') },
    { what: 'too short', wrong: text(first).slice(0, -1) },
    { what: 'too long', wrong: `${text(first)}A` },
    { what: 'with bits that are not used', wrong: `${text(first).slice(0, -1)}B` },
    { what: 'empty at its end', wrong: `${text(first)},` },
    { what: 'twice the same version', wrong: `${text(first)},${text(aKey(1))}` },
  ])('is refused without a word of it: $what', ({ wrong }) => {
    const { success, error } = keysSetting.safeParse(wrong);
    expect(success).toBe(false);
    expect(error?.issues).toHaveLength(1);
    expect(JSON.stringify(error)).not.toContain(wrong.slice(4, 20));
  });
});
