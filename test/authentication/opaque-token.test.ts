import { createHash, randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  createOpaqueToken,
  hashOpaqueToken,
  isOpaqueToken,
} from '../../src/authentication/opaque-token.ts';
import { malformedTokens } from '../support/malformed-tokens.ts';

describe('an opaque token', () => {
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
    ...malformedTokens(good),
    { what: 'bits that say nothing', text: `${good.slice(0, -1)}V` },
  ])('is not valid with $what', ({ text }) => {
    expect(isOpaqueToken(good)).toBe(true);
    expect(isOpaqueToken(text)).toBe(false);
  });
});
