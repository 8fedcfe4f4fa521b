import { createHash, randomBytes, randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  createApiClientSecret,
  isApiClientSecret,
  parseApiClientSecret,
} from '../../src/authentication/api-client-secret.ts';
import { parseBearer } from '../../src/authentication/bearer.ts';

const clientId = '01935b5e-8a00-7123-8456-789abcdef012';
const base64Url = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
const { secret, hash } = createApiClientSecret(clientId, randomBytes);

describe('a secret of an API client', () => {
  it('is the prefix, the id, 32 random bytes and a checksum, always the same for the same bytes', () => {
    const sizes: number[] = [];
    const made = createApiClientSecret(clientId, (size) => {
      sizes.push(size);
      return new Uint8Array(size).fill(0xff);
    });
    expect(sizes).toEqual([32]);
    expect(made.secret).toBe(
      'gatehouse_AZNbXooAcSOEVniavN7wEv__________________________________________OpPNqNNz',
    );
  });

  it('has a form that scanners find, and that a bearer token may have', () => {
    fc.assert(
      fc.property(fc.uuid(), fc.uint8Array({ minLength: 32, maxLength: 32 }), (id, bytes) => {
        const made = createApiClientSecret(id, () => bytes);
        expect(made.secret).toMatch(/^gatehouse_[A-Za-z0-9_-]{72}$/);
        expect(parseBearer([`Bearer ${made.secret}`])).toBe(made.secret);
        expect(isApiClientSecret(made.secret)).toBe(true);
        expect(parseApiClientSecret(made.secret)).toEqual({ clientId: id, hash: made.hash });
      }),
    );
  });

  it('is known by the SHA-256 of the whole of it', () => {
    expect(hash).toEqual(new Uint8Array(createHash('sha256').update(secret).digest()));
    const other = createApiClientSecret(clientId, randomBytes);
    expect(other.secret).not.toBe(secret);
    expect(other.hash).not.toEqual(hash);
  });

  it.each(['', 'client-1', clientId.toUpperCase(), `${clientId}0`, 'x'.repeat(36)])(
    'is not made for %j, which is no UUID in lower case',
    (id) => {
      expect(() => createApiClientSecret(id, randomBytes)).toThrow(RangeError);
    },
  );
});

describe('reading a secret', () => {
  it('refuses it with any one character changed', () => {
    const characters = [...base64Url, '.', '~', '+', '/', '=', ' ', '\n', 'é'];
    for (let at = 0; at < secret.length; at += 1) {
      for (const character of characters) {
        if (secret[at] === character) continue;
        const changed = secret.slice(0, at) + character + secret.slice(at + 1);
        expect(parseApiClientSecret(changed), changed).toBeUndefined();
      }
    }
  });

  it('refuses it with a character more or less, two swapped, or another one in its place', () => {
    const place = fc.nat({ max: secret.length - 1 });
    fc.assert(
      fc.property(place, place, fc.constantFrom(...base64Url), (at, to, character) => {
        const [low, high] = [Math.min(at, to), Math.max(at, to)];
        const swapped =
          secret.slice(0, low) +
          secret.charAt(high) +
          secret.slice(low + 1, high) +
          (low === high ? '' : secret.charAt(low)) +
          secret.slice(high + 1);
        for (const text of [
          secret.slice(0, at) + secret.slice(at + 1),
          secret.slice(0, at) + character + secret.slice(at),
          swapped,
        ]) {
          fc.pre(text !== secret);
          expect(parseApiClientSecret(text), text).toBeUndefined();
        }
      }),
      { numRuns: 2000 },
    );
  });

  it('refuses random texts with the right prefix, length and characters', () => {
    const text = fc.array(fc.constantFrom(...base64Url), { minLength: 72, maxLength: 72 });
    fc.assert(
      fc.property(text, (characters) => {
        expect(parseApiClientSecret(`gatehouse_${characters.join('')}`)).toBeUndefined();
      }),
      { numRuns: 2000 },
    );
  });

  it.each(['', 'gatehouse_', 'eyJhbGciOiJFUzI1NiJ9.e30.x', ` ${secret}`, `${secret}\n`])(
    'refuses %j',
    (text) => expect(parseApiClientSecret(text)).toBeUndefined(),
  );

  it('recognizes a secret by its prefix', () => {
    expect(isApiClientSecret('gatehouse_')).toBe(true);
    expect(isApiClientSecret(randomUUID())).toBe(false);
    expect(isApiClientSecret(`GATEHOUSE_${secret.slice(10)}`)).toBe(false);
  });
});
