import { expect, it } from 'vitest';
import { tokenEndsAt } from '../../src/authentication/token-expiry.ts';

const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

it('returns when a token expires, in seconds since 1970 like its claim', () => {
  const token = `${part({ alg: 'ES256' })}.${part({ exp: 1_790_000_000 })}.signature`;
  expect(tokenEndsAt([`Bearer ${token}`])).toEqual(new Date('2026-09-21T14:13:20.000Z'));
});

it.each([
  ['no header', []],
  ['two headers', ['Bearer a', 'Bearer b']],
  ['another scheme', ['Basic YTpi']],
  ['a secret', ['Bearer ghc_0123456789']],
  ['a token without an end', [`Bearer ${part({})}.${part({ sub: 'x' })}.z`]],
  ['a token whose end is no number', [`Bearer ${part({})}.${part({ exp: '1' })}.z`]],
  ['a token whose claims are no JSON', ['Bearer a.b.c']],
])('returns undefined for %s', (_case, authorization) => {
  expect(tokenEndsAt(authorization)).toBeUndefined();
});
