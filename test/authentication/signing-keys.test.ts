import { createHash, createPublicKey, generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { SigningKeysError } from '../../src/authentication/keys/signing-key-set.ts';
import { generateSigningKeys } from '../../src/authentication/keys/signing-keys.ts';
import { parseSigningKeys } from '../support/signing-keys.ts';

const makeJwk = () => JSON.parse(generateSigningKeys()).keys[0];
const jwk = makeJwk();
const other = makeJwk();
const textOf = (...keys: unknown[]) => JSON.stringify({ keys });

describe('a set of keys', () => {
  it('signs with the first key and verifies with all', () => {
    const keys = parseSigningKeys(textOf(jwk, other));
    expect(keys.signing.kid).toBe(jwk.kid);
    expect(keys.signing.privateKey.export({ format: 'jwk' }).d).toBe(jwk.d);
    expect(keys.verificationKey(jwk.kid)?.export({ format: 'jwk' }).x).toBe(jwk.x);
    expect(keys.verificationKey(other.kid)?.export({ format: 'jwk' }).x).toBe(other.x);
    expect(keys.verificationKey(other.kid)?.type).toBe('public');
    expect(keys.verificationKey('unknown')).toBeUndefined();
  });

  it('publishes every key, and of each the public members alone', () => {
    const { publicJwks } = parseSigningKeys(textOf({ ...jwk, secretNote: 'x' }, other));
    const { d: _d, ...publicJwk } = jwk;
    const { d: _otherD, ...otherPublicJwk } = other;
    expect(publicJwks).toEqual({ keys: [publicJwk, otherPublicJwk] });
  });

  it.each([
    { what: 'a text that is not JSON', text: `{"d":"${jwk.d}"`, says: 'not JSON' },
    { what: 'a text that is no object', text: `"${jwk.d}"`, says: 'JSON object' },
    { what: 'a single key', text: JSON.stringify(jwk), says: 'keys must be a list' },
    { what: 'an empty set', text: textOf(), says: 'the key set has no keys' },
    { what: 'a key that is a string', text: textOf(jwk, other.d), says: 'keys 1 must be' },
    { what: 'one key twice', text: textOf(jwk, jwk), says: 'same kid' },
    { what: 'one kid twice', text: textOf(jwk, { ...other, kid: jwk.kid }), says: 'same kid' },
    { what: 'no kid', text: textOf({ ...jwk, kid: undefined }), says: 'kid must be a string' },
    { what: 'an empty kid', text: textOf({ ...jwk, kid: '' }), says: 'kid must not be empty' },
    { what: 'another curve', text: textOf({ ...jwk, crv: 'P-384' }), says: 'crv must be "P-256"' },
    { what: 'another type', text: textOf({ ...jwk, kty: 'RSA' }), says: 'kty must be "EC"' },
    { what: 'another algorithm', text: textOf({ ...jwk, alg: 'HS256' }), says: 'alg must be' },
    { what: 'another use', text: textOf({ ...jwk, use: 'enc' }), says: 'use must be "sig"' },
    {
      what: 'a public key',
      text: textOf({ ...jwk, d: undefined }),
      says: 'keys 0 d must be a string',
    },
    {
      what: 'a second key that is wrong',
      text: textOf(jwk, { ...other, d: 'x' }),
      says: 'keys 1 d',
    },
    { what: 'a time that is a text', text: textOf({ ...jwk, nbf: '1' }), says: 'nbf must be a' },
    { what: 'a time before 1970', text: textOf({ ...jwk, exp: -1 }), says: 'exp must not be' },
    { what: 'a part of a second', text: textOf({ ...jwk, iat: 1.5 }), says: 'iat must be a whole' },
    { what: 'a point off the curve', text: textOf({ ...jwk, x: other.x }), says: 'keys 0 is not' },
    { what: 'halves of two keys', text: textOf(jwk, { ...other, d: jwk.d }), says: 'keys 1 has' },
  ])('refuses $what, and prints no key', ({ text, says }) => {
    const error = errorOf(() => parseSigningKeys(text));
    expect(error.message).toMatch(/^SIGNING_KEYS: /);
    expect(error.message).toContain(says);
    expect(error.message).not.toContain(jwk.d);
    expect(error.message).not.toContain(other.d);
    expect(error.cause).toBeUndefined();
  });

  it('reports every problem at once', () => {
    const { message } = errorOf(() => parseSigningKeys(textOf({ ...jwk, kty: 'RSA', use: 'enc' })));
    expect(message).toBe('SIGNING_KEYS: keys 0 kty must be "EC"; keys 0 use must be "sig"');
  });

  it('reads a key that another program made', () => {
    const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const made = pair.privateKey.export({ format: 'jwk' });
    const keys = parseSigningKeys(textOf({ ...made, kid: 'k', alg: 'ES256', use: 'sig' }));
    expect(keys.verificationKey('k')?.equals(pair.publicKey)).toBe(true);
  });
});

describe('the times of keys', () => {
  /** The newest first. `first` began before times were written down. */
  const third = { ...makeJwk(), nbf: 3000 };
  const second = { ...makeJwk(), nbf: 2000, exp: 4000 };
  const first = { ...jwk, exp: 2600 };
  const names = new Map([third, second, first].map(({ kid }, index) => [kid, 3 - index]));
  const numberOf = ({ kid }: { readonly kid: string }) => names.get(kid);

  it.each([
    { at: 0, signs: 1, verify: [3, 2, 1] },
    { at: 1999, signs: 1, verify: [3, 2, 1] },
    { at: 2000, signs: 2, verify: [3, 2, 1] },
    { at: 2599, signs: 2, verify: [3, 2, 1] },
    { at: 2600, signs: 2, verify: [3, 2] },
    { at: 2999, signs: 2, verify: [3, 2] },
    { at: 3000, signs: 3, verify: [3, 2] },
    { at: 3999, signs: 3, verify: [3, 2] },
    { at: 4000, signs: 3, verify: [3] },
  ])('let key $signs sign at $at, and the keys $verify verify', ({ at, signs, verify }) => {
    const keys = parseSigningKeys(textOf(third, second, first), () => at);
    expect(numberOf(keys.signing)).toBe(signs);
    expect(keys.publicJwks.keys.map(numberOf)).toEqual(verify);
    for (const { kid } of [third, second, first]) {
      const verifies = keys.verificationKey(kid) !== undefined;
      expect(verifies).toBe(verify.includes(numberOf({ kid }) ?? 0));
    }
  });

  it('are read at each use', () => {
    let seconds = 1999;
    const keys = parseSigningKeys(textOf(second, first), () => seconds);
    expect(numberOf(keys.signing)).toBe(1);
    seconds = 2000;
    expect(numberOf(keys.signing)).toBe(2);
    seconds = 2600;
    expect(keys.verificationKey(first.kid)).toBeUndefined();
  });

  it('end no key before the tokens that its successor found, however long these live', () => {
    // Tokens live for 600 s here; the set was written for a life of 10 s.
    const early = { ...first, exp: 2010 };
    const isThere = (at: number) =>
      parseSigningKeys(textOf(second, early), () => at).verificationKey(early.kid) !== undefined;
    expect([isThere(2599), isThere(2600)]).toEqual([true, false]);
  });

  it('leave no moment without a key that signs', () => {
    const later = { ...makeJwk(), nbf: 9000, exp: 1 };
    const soon = { ...makeJwk(), nbf: 8000, exp: 1 };
    const kidAt = (at: number) => parseSigningKeys(textOf(later, soon), () => at).signing.kid;
    expect([kidAt(7000), kidAt(8500), kidAt(9500)]).toEqual([soon.kid, soon.kid, later.kid]);
    const { signing, verificationKey } = parseSigningKeys(textOf(soon, later), () => 7000);
    expect(signing.kid).toBe(soon.kid);
    expect(verificationKey(signing.kid)).toBeDefined();
  });

  it('are not published', () => {
    const { publicJwks } = parseSigningKeys(textOf({ ...third, iat: 1 }, second));
    const members = publicJwks.keys.flatMap((key) => Object.keys(key));
    expect(members.filter((name) => ['iat', 'nbf', 'exp'].includes(name))).toEqual([]);
    expect(members).toContain('kid');
  });
});

describe('generateSigningKeys', () => {
  it('makes another key each time', () => {
    expect(makeJwk().d).not.toBe(makeJwk().d);
  });

  it('names the key by the thumbprint of RFC 7638', () => {
    const members = `{"crv":"P-256","kty":"EC","x":"${jwk.x}","y":"${jwk.y}"}`;
    expect(jwk.kid).toBe(createHash('sha256').update(members).digest('base64url'));
  });

  it('publishes a key that others can import', () => {
    const keys = parseSigningKeys(generateSigningKeys());
    const [key = {}] = JSON.parse(JSON.stringify(keys.publicJwks.keys));
    const imported = createPublicKey({ key, format: 'jwk' });
    expect(keys.verificationKey(keys.signing.kid)?.equals(imported)).toBe(true);
  });
});

function errorOf(act: () => unknown): SigningKeysError {
  try {
    act();
  } catch (error) {
    if (error instanceof SigningKeysError) return error;
    throw error;
  }
  throw new Error('Nothing was thrown.');
}
