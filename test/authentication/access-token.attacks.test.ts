import { createHmac, createPublicKey, generateKeyPairSync, sign } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import {
  accessTokens,
  encode,
  forge,
  goodClaims,
  goodHeader,
  keys,
  privateKey,
  token,
} from './forged-token.ts';
import { refusalOf } from './thrown.ts';

describe('verify, against attacks on the signature', () => {
  const [header, claims, signature = ''] = token.split('.');

  it('refuses the key of another set under our kid', () => {
    const foreign = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
    const forged = forge(goodHeader, goodClaims, foreign);
    expect(refusalOf(() => accessTokens.verify(forged)).reason).toBe('TOKEN_INVALID');
  });

  it.each(['none', 'None', 'ES256'])('refuses an unsigned token with alg %s', (alg) => {
    const unsigned = `${encode({ ...goodHeader, alg })}.${claims}.`;
    expect(refusalOf(() => accessTokens.verify(unsigned)).reason).toBe('TOKEN_INVALID');
  });

  it.each(['HS256', 'ES256'])('refuses an HMAC under the public key with alg %s', (alg) => {
    const [key = {}] = JSON.parse(JSON.stringify(keys.publicJwks.keys));
    const pem = createPublicKey({ key, format: 'jwk' }).export({ format: 'pem', type: 'spki' });
    const signed = `${encode({ ...goodHeader, alg })}.${claims}`;
    const mac = createHmac('sha256', pem).update(signed).digest('base64url');
    expect(refusalOf(() => accessTokens.verify(`${signed}.${mac}`)).reason).toBe('TOKEN_INVALID');
  });

  it('refuses a signature of zeros (CVE-2022-21449)', () => {
    const zeros = Buffer.alloc(64).toString('base64url');
    const forged = `${header}.${claims}.${zeros}`;
    expect(refusalOf(() => accessTokens.verify(forged)).reason).toBe('TOKEN_INVALID');
  });

  it('refuses a signature in DER', () => {
    const der = sign('sha256', Buffer.from(`${header}.${claims}`), privateKey);
    const forged = `${header}.${claims}.${der.toString('base64url')}`;
    expect(refusalOf(() => accessTokens.verify(forged)).reason).toBe('TOKEN_INVALID');
  });

  it.each([
    { what: 'nothing', text: '' },
    { what: 'two parts', text: `${header}.${claims}` },
    { what: 'four parts', text: `${token}.` },
    { what: 'padding', text: `${header}.${claims}.${signature}==` },
    { what: 'white space', text: ` ${token}` },
    { what: 'a header that is not JSON', text: `${encode('{')}.${claims}.${signature}` },
    { what: 'a header that is a list', text: `${encode('[]')}.${claims}.${signature}` },
    { what: 'a header that is null', text: `${encode('null')}.${claims}.${signature}` },
  ])('calls $what no JSON Web Token', ({ text }) => {
    expect(refusalOf(() => accessTokens.verify(text)).reason).toBe('TOKEN_MALFORMED');
  });
});
