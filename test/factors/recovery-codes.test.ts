import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createCodes, hashCode } from '../../packages/factors/src/recovery/recovery-codes.ts';

describe('recovery codes', () => {
  it('are ten different ones of 128 bits', () => {
    const codes = createCodes(randomBytes);
    expect(new Set(codes.map(hashCode)).size).toBe(10);
    for (const code of codes)
      expect(code).toMatch(/^([0-9A-HJKMNP-TV-Z]{5}-){5}[0-9A-HJKMNP-TV-Z]$/);
  });

  it('have all bits of the random bytes', () => {
    const bytes = fc.uint8Array({ minLength: 16, maxLength: 16 });
    const codeOf = (each: Uint8Array) => createCodes(() => each)[0];
    fc.assert(
      fc.property(bytes, bytes, (one, other) => {
        expect(codeOf(one) === codeOf(other)).toBe(Buffer.from(one).equals(other));
      }),
    );
    expect(codeOf(new Uint8Array(16))).toBe('00000-00000-00000-00000-00000-0');
    expect(codeOf(new Uint8Array(16).fill(255))).toBe('7ZZZZ-ZZZZZ-ZZZZZ-ZZZZZ-ZZZZZ-Z');
  });

  const [code = ''] = createCodes((size) => new Uint8Array(size).fill(0b0100_0010));
  it.each([
    { what: 'in lower case', text: code.toLowerCase() },
    { what: 'without hyphens', text: code.replaceAll('-', '') },
    { what: 'with spaces', text: ` ${code.replaceAll('-', ' ')} ` },
    { what: 'with O for 0 and l for 1', text: code.replaceAll('0', 'O').replaceAll('1', 'l') },
  ])('can be typed $what', ({ text }) => {
    expect(hashCode(text)).toBe(hashCode(code));
  });

  it.each([
    { what: 'a part of one', text: code.slice(2) },
    { what: 'a longer text', text: `${code}0` },
    { what: 'another letter', text: `U${code.slice(1)}` },
    { what: 'nothing', text: '' },
    { what: 'a huge text', text: '0'.repeat(1_000_000) },
  ])('are not $what', ({ text }) => {
    expect(hashCode(text)).toBeUndefined();
  });
});
