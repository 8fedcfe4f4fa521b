import { createPublicKey, generateKeyPairSync, verify } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createAccessTokens } from '../../src/authentication/access-token.ts';
import {
  generateSigningKeys,
  type SigningKeys,
} from '../../src/authentication/keys/signing-keys.ts';
import { parseSigningKeys } from '../support/signing-keys.ts';
import {
  accessTokens,
  forge,
  goodClaims,
  goodHeader,
  groups,
  keys,
  nowSeconds,
  options,
  subject,
  token,
} from './forged-token.ts';
import { refusalOf } from './thrown.ts';

const tokensAt = (second: number) =>
  createAccessTokens({ ...options, now: () => new Date(second * 1000) });
const decode = (part = ''): unknown => JSON.parse(Buffer.from(part, 'base64url').toString());

describe('createAccessTokens', () => {
  it.each([
    { what: 'an empty issuer', wrong: { issuer: '' } },
    { what: 'an empty audience', wrong: { audience: '' } },
    { what: 'no lifetime', wrong: { lifetimeSeconds: 0 } },
    { what: 'half a second of life', wrong: { lifetimeSeconds: 0.5 } },
    { what: 'an endless life', wrong: { lifetimeSeconds: Number.POSITIVE_INFINITY } },
  ])('refuses $what', ({ wrong }) => {
    expect(() => createAccessTokens({ ...options, ...wrong })).toThrow(RangeError);
  });
});

describe('issue', () => {
  it('signs the claims of RFC 9068 and nothing else', () => {
    const [header, claims] = token.split('.');
    expect(decode(header)).toEqual(goodHeader);
    expect(decode(claims)).toEqual(goodClaims);
  });

  it.each([[[]], [['ADMIN']], [['ADMIN', 'STAFF']]])(
    'writes the groups %j into the claim `groups`',
    (held) => {
      const issued = accessTokens.issue({ ...subject, groups: held });
      expect(decode(issued.token.split('.')[1])).toMatchObject({ groups: held });
    },
  );

  it.each([
    { held: [], scope: '' },
    { held: ['ADMIN', 'STAFF'], scope: 'ADMIN STAFF' },
  ])('writes the groups $held also into the claim `scope` if set', ({ held, scope }) => {
    const tokens = createAccessTokens({ ...options, scope: 'groups' });
    const issued = tokens.issue({ ...subject, groups: held });
    expect(decode(issued.token.split('.')[1])).toEqual({ ...goodClaims, groups: held, scope });
    expect(tokens.verify(issued.token)).toEqual(subject);
  });

  it.each([
    { proved: ['PASSWORD'], amr: ['pwd'] },
    { proved: ['PASSWORD', 'OTP'], amr: ['pwd', 'otp', 'mfa'] },
    { proved: ['PASSWORD', 'RECOVERY_CODE'], amr: ['pwd', 'otp', 'mfa'] },
    { proved: ['OTP', 'RECOVERY_CODE'], amr: ['otp'] },
    { proved: ['PASSWORD', 'PASSKEY'], amr: ['pwd', 'pop', 'mfa'] },
    { proved: ['PASSKEY_VERIFIED'], amr: ['pop', 'user', 'mfa'] },
  ])('writes the time of the last proof, and as methods of $proved $amr', ({ proved, amr }) => {
    const times = proved.map((factor, n) => [factor, new Date((nowSeconds - n) * 1000)]);
    const issued = accessTokens.issue({
      ...subject,
      groups,
      authenticatedAt: Object.fromEntries(times),
    });
    const claims = decode(issued.token.split('.')[1]);
    expect(claims).toEqual({ ...goodClaims, auth_time: nowSeconds, amr });
  });

  it.each([
    { ageSeconds: 300, amr: ['pwd', 'otp', 'mfa'] },
    { ageSeconds: 301, amr: ['pwd'] },
  ])('names a factor that was proved $ageSeconds s before the last in $amr', (given) => {
    const { ageSeconds, amr } = given;
    const ago = (seconds: number) => new Date((nowSeconds - seconds) * 1000);
    const issued = accessTokens.issue({
      ...subject,
      groups,
      authenticatedAt: { PASSWORD: ago(0), OTP: ago(ageSeconds) },
    });
    const claims = decode(issued.token.split('.')[1]);
    expect(claims).toEqual({ ...goodClaims, auth_time: nowSeconds, amr });
  });

  it('makes a token that the published keys alone verify', () => {
    const [header, claims, signature = ''] = token.split('.');
    const [key = {}] = JSON.parse(JSON.stringify(keys.publicJwks.keys));
    const isSigned = verify(
      'sha256',
      Buffer.from(`${header}.${claims}`),
      { key: createPublicKey({ key, format: 'jwk' }), dsaEncoding: 'ieee-p1363' },
      Buffer.from(signature, 'base64url'),
    );
    expect(isSigned).toBe(true);
  });

  it.each([
    { what: 'without an end of the session', endsAfterSeconds: undefined, expiresInSeconds: 300 },
    { what: 'in a longer session', endsAfterSeconds: 900, expiresInSeconds: 300 },
    { what: 'in a session that ends sooner', endsAfterSeconds: 60, expiresInSeconds: 60 },
  ])(
    'lets a token live for $expiresInSeconds s $what',
    ({ endsAfterSeconds, expiresInSeconds }) => {
      const sessionExpiresAt =
        endsAfterSeconds === undefined
          ? undefined
          : new Date((nowSeconds + endsAfterSeconds) * 1000);
      const issued = accessTokens.issue({ ...subject, groups, sessionExpiresAt });
      expect(issued.expiresInSeconds).toBe(expiresInSeconds);
      expect(decode(issued.token.split('.')[1])).toMatchObject({
        exp: nowSeconds + expiresInSeconds,
      });
    },
  );

  it('makes no token for a session that has ended', () => {
    const sessionExpiresAt = new Date(nowSeconds * 1000);
    const refusal = refusalOf(() => accessTokens.issue({ ...subject, groups, sessionExpiresAt }));
    expect(refusal.reason).toBe('TOKEN_EXPIRED');
  });
});

describe('verify', () => {
  it('gives back the identity of an issued token', () => {
    expect(accessTokens.verify(token)).toEqual(subject);
  });

  it('gives back any identity', () => {
    const ids = fc.string({ unit: 'grapheme', minLength: 1 });
    fc.assert(
      fc.property(ids, ids, fc.nat(), (userId, sessionId, proofCount) => {
        const named = { userId, sessionId, proofCount };
        const issued = accessTokens.issue({ ...named, groups });
        expect(accessTokens.verify(issued.token)).toEqual(named);
      }),
    );
  });

  it('goes on to verify tokens of a key that no longer signs', () => {
    const older = JSON.parse(generateSigningKeys());
    const newer = JSON.parse(generateSigningKeys());
    const before = parseSigningKeys(JSON.stringify(older));
    const after = parseSigningKeys(JSON.stringify({ keys: [...newer.keys, ...older.keys] }));
    const old = createAccessTokens({ ...options, keys: before }).issue({ ...subject, groups });
    expect(createAccessTokens({ ...options, keys: after }).verify(old.token)).toEqual(subject);
  });

  it.each([
    { what: 'the long media type', header: { typ: 'application/at+jwt' }, claims: {} },
    { what: 'a media type in capitals', header: { typ: 'AT+JWT' }, claims: {} },
    { what: 'several audiences, ours among them', header: {}, claims: { aud: ['x', 'gatehouse'] } },
    { what: 'a clock 5 s behind', header: {}, claims: { iat: nowSeconds + 5 } },
    { what: 'nbf in the past', header: {}, claims: { nbf: nowSeconds - 1 } },
    { what: 'other groups', header: {}, claims: { groups: ['ADMIN'] } },
    { what: 'groups that are none', header: {}, claims: { groups: { ADMIN: true } } },
    { what: 'no groups', header: {}, claims: { groups: undefined } },
    { what: 'its last second', header: {}, claims: { exp: nowSeconds + 1 } },
  ])('accepts $what', ({ header, claims }) => {
    const forged = forge({ ...goodHeader, ...header }, { ...goodClaims, ...claims });
    expect(accessTokens.verify(forged)).toEqual(subject);
  });

  it.each([
    { what: 'typ JWT', header: { typ: 'JWT' } },
    { what: 'no typ', header: { typ: undefined } },
    { what: 'a typ that ends in ours', header: { typ: 'x-at+jwt' } },
    { what: 'crit', header: { crit: ['b64'], b64: true } },
    { what: 'crit null', header: { crit: null } },
    { what: 'alg RS256', header: { alg: 'RS256' } },
    { what: 'alg in lower case', header: { alg: 'es256' } },
    { what: 'an unknown kid', header: { kid: 'other' } },
    { what: 'a kid of every object', header: { kid: 'constructor' } },
    { what: 'no kid', header: { kid: undefined } },
    { what: 'a kid that is a number', header: { kid: 1 } },
  ])('refuses a header with $what', ({ header }) => {
    const forged = forge({ ...goodHeader, ...header }, goodClaims);
    expect(refusalOf(() => accessTokens.verify(forged)).reason).toBe('TOKEN_INVALID');
  });

  it.each([
    { what: 'another issuer', claims: { iss: 'https://other.example' } },
    { what: 'no issuer', claims: { iss: undefined } },
    { what: 'a list of issuers', claims: { iss: ['https://gatehouse.example'] } },
    { what: 'another audience', claims: { aud: 'other' } },
    { what: 'other audiences', claims: { aud: ['other', 'gatehouse2'] } },
    { what: 'no audience', claims: { aud: undefined } },
    { what: 'no exp', claims: { exp: undefined } },
    { what: 'exp in a string', claims: { exp: String(nowSeconds + 300) } },
    { what: 'exp null', claims: { exp: null } },
    { what: 'no iat', claims: { iat: undefined } },
    { what: 'iat 6 s in the future', claims: { iat: nowSeconds + 6 } },
    { what: 'nbf in the future', claims: { nbf: nowSeconds + 60 } },
    { what: 'nbf in a string', claims: { nbf: '0' } },
    { what: 'no sub', claims: { sub: undefined } },
    { what: 'an empty sub', claims: { sub: '' } },
    { what: 'a sub that is a number', claims: { sub: 1 } },
    { what: 'an empty sid', claims: { sid: '' } },
    { what: 'no sid', claims: { sid: undefined } },
    { what: 'no jti', claims: { jti: undefined } },
    { what: 'another issuer and a past exp', claims: { iss: 'other', exp: nowSeconds - 1 } },
  ])('refuses claims with $what', ({ claims }) => {
    const forged = forge(goodHeader, { ...goodClaims, ...claims });
    expect(refusalOf(() => accessTokens.verify(forged)).reason).toBe('TOKEN_INVALID');
  });

  it.each(['null', '"text"', '[]', '{', ''])('refuses signed claims that are %s', (claims) => {
    const forged = forge(goodHeader, claims);
    expect(refusalOf(() => accessTokens.verify(forged)).reason).toBe('TOKEN_INVALID');
  });

  it('refuses a token exactly at exp, and says that it has expired', () => {
    expect(tokensAt(nowSeconds + 299.999).verify(token)).toEqual(subject);
    const refusal = refusalOf(() => tokensAt(nowSeconds + 300).verify(token));
    expect(refusal.reason).toBe('TOKEN_EXPIRED');
  });

  it('calls an expired token with a bad signature invalid', () => {
    const foreign = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
    const forged = forge(goodHeader, { ...goodClaims, exp: nowSeconds - 1 }, foreign);
    expect(refusalOf(() => accessTokens.verify(forged)).reason).toBe('TOKEN_INVALID');
  });

  it('refuses a token that it has believed before, once it has expired', () => {
    let second = nowSeconds;
    const tokens = createAccessTokens({ ...options, now: () => new Date(second * 1000) });
    expect([tokens.verify(token), tokens.verify(token)]).toEqual([subject, subject]);
    second = nowSeconds + 300;
    expect(refusalOf(() => tokens.verify(token)).reason).toBe('TOKEN_EXPIRED');
  });

  it('refuses a token that it has believed before, once its key is gone', () => {
    let found = keys;
    const changing: SigningKeys = {
      signing: keys.signing,
      publicJwks: keys.publicJwks,
      verificationKey: (kid) => found.verificationKey(kid),
    };
    const tokens = createAccessTokens({ ...options, keys: changing });
    expect(tokens.verify(token)).toEqual(subject);
    found = parseSigningKeys(generateSigningKeys());
    expect(refusalOf(() => tokens.verify(token)).reason).toBe('TOKEN_INVALID');
    found = keys;
    expect(tokens.verify(token)).toEqual(subject);
  });

  it('refuses every token while the clock gives no time', () => {
    expect(refusalOf(() => tokensAt(Number.NaN).verify(token)).reason).toBe('TOKEN_INVALID');
  });
});
