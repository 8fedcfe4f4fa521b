import { type KeyObject, sign } from 'node:crypto';
import { createAccessTokens } from '../../src/authentication/access-token.ts';
import { generateSigningKeys } from '../../src/authentication/keys/signing-keys.ts';
import { factorTable } from '../support/factor-table.ts';
import { parseSigningKeys } from '../support/signing-keys.ts';

export const keys = parseSigningKeys(generateSigningKeys());
export const { kid, privateKey } = keys.signing;
export const nowSeconds = 1_700_000_000;
export const options = {
  keys,
  issuer: 'https://gatehouse.example',
  audience: 'gatehouse',
  lifetimeSeconds: 300,
  scope: 'off' as const,
  factors: factorTable,
  now: () => new Date(nowSeconds * 1000 + 999),
  randomId: () => 'id-1',
};
export const accessTokens = createAccessTokens(options);
export const subject = { userId: 'user-1', sessionId: 'session-1', proofCount: 2 };
/** What the user held when the token was issued. */
export const groups = ['AUDITOR', 'STAFF'];
export const { token } = accessTokens.issue({ ...subject, groups });

export const goodHeader = { alg: 'ES256', typ: 'at+jwt', kid };
export const goodClaims = {
  iss: 'https://gatehouse.example',
  aud: 'gatehouse',
  sub: 'user-1',
  sid: 'session-1',
  groups: ['AUDITOR', 'STAFF'],
  proof_count: 2,
  jti: 'id-1',
  iat: nowSeconds,
  exp: nowSeconds + 300,
};

export const encode = (value: unknown) =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');

/** A token made by hand, without the library under test. */
export function forge(header: unknown, claims: unknown, key: KeyObject = privateKey): string {
  const signed = `${encode(header)}.${encode(claims)}`;
  const signature = sign('sha256', Buffer.from(signed), { key, dsaEncoding: 'ieee-p1363' });
  return `${signed}.${signature.toString('base64url')}`;
}
