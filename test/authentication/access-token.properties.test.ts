import { sign } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createAccessTokens } from '../../src/authentication/access-token.ts';
import { generateSigningKeys } from '../../src/authentication/keys/signing-keys.ts';
import { factorTable } from '../support/factor-table.ts';
import { parseSigningKeys } from '../support/signing-keys.ts';
import { refusalOf } from './thrown.ts';

const keys = parseSigningKeys(generateSigningKeys());
const accessTokens = createAccessTokens({
  keys,
  issuer: 'https://gatehouse.example',
  audience: 'gatehouse',
  lifetimeSeconds: 300,
  scope: 'off',
  factors: factorTable,
  now: () => new Date('2024-01-01T00:00:00Z'),
  randomId: () => 'id-1',
});
const { token } = accessTokens.issue({
  userId: 'user-1',
  sessionId: 'session-1',
  groups: ['STAFF'],
});
const base64Url = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
const readable: readonly string[] = ['TOKEN_MALFORMED', 'TOKEN_INVALID'];

/** Refused for a reason that a broken token may have, in a message without any of the token. */
function expectRefusal(text: string): void {
  const { reason, message, cause } = refusalOf(() => accessTokens.verify(text));
  expect(readable).toContain(reason);
  expect(cause).toBeInstanceOf(Error);
  expect(message).toMatch(/^The access token is not (a JSON Web Token|valid)\.$/);
}

it('refuses a token with any one character changed', () => {
  const characters = fc.constantFrom(...base64Url, '.', '=', '+', '/', ' ', '\n', 'é');
  fc.assert(
    fc.property(fc.nat({ max: token.length - 1 }), characters, (at, character) => {
      fc.pre(token[at] !== character);
      expectRefusal(token.slice(0, at) + character + token.slice(at + 1));
    }),
    { numRuns: 3000 },
  );
});

it('refuses every other spelling of the last character, whose low bits say nothing', () => {
  const others = [...base64Url].filter((character) => character !== token.at(-1));
  expect(others).toHaveLength(63);
  for (const character of others) expectRefusal(token.slice(0, -1) + character);
});

it('refuses a token that is cut short or goes on', () => {
  fc.assert(
    fc.property(fc.nat({ max: token.length - 1 }), (length) => {
      expectRefusal(token.slice(0, length));
      expectRefusal(token + token.slice(length));
    }),
  );
});

it('refuses any text', () => {
  fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => expectRefusal(text)));
});

it('refuses any header but its own, though signed with its key', () => {
  const [ownHeader = '', claims] = token.split('.');
  const own: unknown = JSON.parse(Buffer.from(ownHeader, 'base64url').toString());
  const near = fc.record(
    {
      alg: fc.constantFrom('ES256', 'ES384', 'HS256', 'none', '', null, ['ES256']),
      typ: fc.constantFrom('at+jwt', 'JWT', 'at+jwt ', '', null, ['at+jwt']),
      kid: fc.constantFrom(keys.signing.kid, '', '__proto__', null, [keys.signing.kid]),
      crit: fc.jsonValue(),
    },
    { requiredKeys: [] },
  );
  fc.assert(
    fc.property(fc.oneof(near, fc.jsonValue()), (header) => {
      // As the token holds it: JSON has no prototypes, which the generator varies.
      fc.pre(!isDeepStrictEqual(JSON.parse(JSON.stringify(header)), own));
      const signed = `${Buffer.from(JSON.stringify(header)).toString('base64url')}.${claims}`;
      const key = { key: keys.signing.privateKey, dsaEncoding: 'ieee-p1363' } as const;
      const signature = sign('sha256', Buffer.from(signed), key).toString('base64url');
      expectRefusal(`${signed}.${signature}`);
    }),
    { numRuns: 500 },
  );
});
