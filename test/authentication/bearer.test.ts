import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { maxAuthorizationLength, parseBearer } from '../../src/authentication/bearer.ts';
import { refusalOf } from './thrown.ts';

const b64tokens = fc.stringMatching(/^[A-Za-z0-9._~+/-]{1,40}={0,3}$/);
const schemes = fc.mixedCase(fc.constant('bearer'));

describe('parseBearer', () => {
  it('reports that no token was sent when there is no header', () => {
    expect(parseBearer([])).toBeUndefined();
  });

  it.each([
    { header: 'Bearer abc', token: 'abc' },
    { header: 'bearer abc', token: 'abc' },
    { header: 'BEARER abc', token: 'abc' },
    { header: 'Bearer    abc', token: 'abc' },
    { header: 'Bearer aZ09-._~+/==', token: 'aZ09-._~+/==' },
    { header: 'Bearer Bearer', token: 'Bearer' },
  ])('finds the token in $header', ({ header, token }) => {
    expect(parseBearer([header])).toBe(token);
  });

  it.each([
    { what: 'two headers', headers: ['Bearer abc', 'Bearer abc'], says: 'repeated' },
    { what: 'another scheme', headers: ['Basic c2VjcmV0'], says: 'scheme' },
    { what: 'a scheme that only starts the same', headers: ['Bearers c2VjcmV0'], says: 'scheme' },
    { what: 'a token without a scheme', headers: ['c2VjcmV0'], says: 'scheme' },
    { what: 'an empty header', headers: [''], says: 'scheme' },
    { what: 'leading white space', headers: [' Bearer c2VjcmV0'], says: 'scheme' },
    { what: 'a tab after the scheme', headers: ['Bearer\tc2VjcmV0'], says: 'scheme' },
    { what: 'a bare scheme', headers: ['Bearer'], says: 'token is missing' },
    { what: 'a scheme and spaces', headers: ['Bearer   '], says: 'token is missing' },
    { what: 'two tokens', headers: ['Bearer c2VjcmV0 c2VjcmV0'], says: 'characters' },
    { what: 'a list', headers: ['Bearer c2VjcmV0, Bearer c2VjcmV0'], says: 'characters' },
    { what: 'trailing white space', headers: ['Bearer c2VjcmV0 '], says: 'characters' },
    { what: 'a trailing line break', headers: ['Bearer c2VjcmV0\n'], says: 'characters' },
    { what: 'padding alone', headers: ['Bearer ='], says: 'characters' },
    { what: 'padding in the middle', headers: ['Bearer c2=VjcmV0'], says: 'characters' },
    { what: 'a letter beyond ASCII', headers: ['Bearer c2VjcmV0é'], says: 'characters' },
  ])('refuses $what and says so, without the value', ({ headers, says }) => {
    const { reason, message } = refusalOf(() => parseBearer(headers));
    expect(reason).toBe('TOKEN_MALFORMED');
    expect(message).toContain(says);
    expect(message).not.toContain('c2VjcmV0');
  });

  it('reads a header of 8 KiB and refuses a longer one', () => {
    const token = 'a'.repeat(maxAuthorizationLength - 'Bearer '.length);
    expect(parseBearer([`Bearer ${token}`])).toBe(token);
    const refusal = refusalOf(() => parseBearer([`Bearer ${token}a`]));
    expect(refusal.reason).toBe('TOKEN_MALFORMED');
    expect(refusal.message).toContain('8192');
  });

  it('reads every header that RFC 6750 allows', () => {
    fc.assert(
      fc.property(schemes, fc.integer({ min: 1, max: 9 }), b64tokens, (scheme, spaces, token) => {
        expect(parseBearer([scheme + ' '.repeat(spaces) + token])).toBe(token);
      }),
    );
  });

  it('agrees with the grammar on any text after the scheme', () => {
    const grammar = /^ +([-A-Za-z0-9._~+/]+=*)$/;
    const near = fc.string({ unit: fc.constantFrom(...'aZ9 -._~+/=,\t\n"é'), maxLength: 8 });
    fc.assert(
      fc.property(near, (rest) => {
        const token = grammar.exec(rest)?.[1];
        if (token === undefined) {
          expect(refusalOf(() => parseBearer([`Bearer${rest}`])).reason).toBe('TOKEN_MALFORMED');
        } else {
          expect(parseBearer([`Bearer${rest}`])).toBe(token);
        }
      }),
      { numRuns: 2000 },
    );
  });
});
