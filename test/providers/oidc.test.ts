import { describe, expect, it } from 'vitest';
import { type OidcOptions, oidc } from '../../packages/providers/src/oidc.ts';
import { readClaims } from '../../packages/providers/src/protocol/read-claims.ts';

const issuer = 'https://id.acme.example';
const entra = 'https://login.microsoftonline.com';

describe('a provider', () => {
  it('asks for nothing but who the user is', () => {
    expect(oidc({ issuer })).toMatchObject({
      scopes: ['openid'],
      signUp: 'never',
      subject: ['sub'],
      lives: 43_200,
    });
  });

  it.each<{ what: string; options: object; says: string }>([
    { what: 'without TLS', options: { issuer: 'http://id.acme.example' }, says: 'issuer must be' },
    { what: 'that is no address', options: { issuer: 'acme' }, says: 'issuer must be' },
    { what: 'with a query', options: { issuer: `${issuer}?a=b` }, says: 'issuer must be' },
    {
      what: 'of all organizations of Entra',
      options: { issuer: `${entra}/common/v2.0` },
      says: 'for many',
    },
    {
      what: 'of all work accounts of Entra',
      options: { issuer: `${entra}/organizations/v2.0` },
      says: 'for many',
    },
    {
      what: 'of everyone at Google',
      options: { issuer: 'https://accounts.google.com' },
      says: 'for many',
    },
    {
      what: 'with an unknown option',
      options: { issuer, singUp: 'open' },
      says: 'no option singUp',
    },
    {
      what: 'with another sign-up',
      options: { issuer, signUp: 'anyone' },
      says: 'signUp must be',
    },
    {
      what: 'with groups without a map',
      options: { issuer, groups: { claim: 'groups' } },
      says: 'groups must be',
    },
    {
      what: 'with groups of no claim',
      options: { issuer, groups: { claim: '', map: { a: 'A' } } },
      says: 'groups must be',
    },
    {
      what: 'with an empty map',
      options: { issuer, groups: { claim: 'groups', map: {} } },
      says: 'groups must be',
    },
    {
      what: 'with a value that gives nothing',
      options: { issuer, groups: { claim: 'groups', map: { a: [] } } },
      says: 'groups must be',
    },
    { what: 'without a subject', options: { issuer, subject: [] }, says: 'subject must be' },
    { what: 'without openid', options: { issuer, scopes: ['email'] }, says: 'scopes must be' },
    {
      what: 'that proves three kinds',
      options: { issuer, proves: { mfa: 3 } },
      says: 'proves must be',
    },
    { what: 'whose sessions never end', options: { issuer, lives: 0 }, says: 'lives must be' },
    {
      what: 'of all organizations of Entra, without a claim',
      options: { issuer: `${entra}/common/v2.0`, allow: {} },
      says: 'allow must be',
    },
    { what: 'of Entra in capitals', options: { issuer: `${entra}/Common/v2.0` }, says: 'for many' },
    {
      what: 'of personal accounts',
      options: { issuer: `${entra}/9188040d-6c67-4ce1-b112-36a304b66dad/v2.0` },
      says: 'for many',
    },
    {
      what: 'that allows a text',
      options: { issuer, allow: 'everyone' },
      says: 'allow must be',
    },
    { what: 'that proves nothing', options: { issuer, proves: null }, says: 'proves must be' },
    {
      what: 'that allows no value',
      options: { issuer, allow: { tid: [] } },
      says: 'allow must be',
    },
    {
      what: 'without a fact about the time',
      options: { issuer, authTime: 1 as never },
      says: 'authTime must be',
    },
    { what: 'with an empty label', options: { issuer, label: '' }, says: 'label must be' },
  ])('$what is a mistake', ({ options, says }) => {
    expect(() => oidc(Object.assign({ issuer }, options))).toThrow(says);
  });

  it.each<OidcOptions>([
    { issuer: 'http://127.0.0.1:8080' },
    { issuer: `${entra}/0b5a3c1e-0000-4000-8000-000000000000/v2.0` },
    { issuer: `${entra}/common/v2.0`, allow: { tid: ['0b5a3c1e'] } },
    { issuer: 'https://accounts.google.com', allow: { hd: ['example.org'] } },
    { issuer: 'https://accounts.google.com', allow: 'anyone' },
  ])('may be $issuer', (options) => {
    expect(oidc(options).issuer.href).toContain(options.issuer);
  });
});

describe('the claims of a log-in', () => {
  const now = new Date('2026-12-03T12:00:00Z');
  const seconds = now.getTime() / 1000;
  const read = (claims: object, options: Partial<OidcOptions> = {}) =>
    readClaims({ iss: issuer, sub: 'ada', ...claims }, oidc({ issuer, ...options }), now);

  it('name the user by the claims of the configuration, byte for byte', () => {
    expect(read({ sub: 'Ada ' }).subject).toBe('Ada ');
    const subject = ['tid', 'oid'];
    expect(read({ tid: 'a', oid: 'b"c' }, { subject }).subject).toBe('["a","b\\"c"]');
    expect(() => read({ tid: 'a' }, { subject })).toThrow('CLAIM_MISSING');
    // An inherited property is no claim.
    expect(() => read({}, { subject: ['constructor'] })).toThrow('CLAIM_MISSING');
  });

  it('give the groups of the map, and nothing for other values', () => {
    const groups = { claim: 'groups', map: { staff: 'STAFF', both: ['STAFF', 'AUDITOR'] } };
    const given = (value: unknown) => read({ groups: value }, { groups }).groups;
    expect(given([])).toEqual([]);
    expect(given('staff')).toEqual(['STAFF']);
    expect(given(['both', 'staff', 'both'])).toEqual(['STAFF', 'AUDITOR']);
    expect(given(['Staff', 'staff ', '__proto__', 'constructor', ''])).toEqual([]);
    expect(read({ groups: ['staff'] }).groups).toBeUndefined();
  });

  it.each<readonly [object, string]>([
    [{}, 'GROUPS_MISSING'],
    [{ groups: null }, 'GROUPS_MISSING'],
    [{ groups: ['staff', 7] }, 'GROUPS_MISSING'],
    [{ groups: { staff: true } }, 'GROUPS_MISSING'],
    [{ _claim_names: { groups: 'src1' } }, 'GROUPS_CUT'],
    [{ groups: ['staff'], _claim_names: { groups: 'src1' } }, 'GROUPS_CUT'],
    [{ hasgroups: true }, 'GROUPS_CUT'],
  ])('are not taken for no groups: %o', (claims, code) => {
    const groups = { claim: 'groups', map: { staff: 'STAFF' } };
    expect(() => read(claims, { groups })).toThrow(code);
  });

  it('are of an allowed organization', () => {
    const allow = { hd: ['example.org'] };
    expect(read({ hd: 'example.org' }, { allow }).subject).toBe('ada');
    expect(() => read({ hd: 'Example.org' }, { allow })).toThrow('NOT_ALLOWED');
    expect(() => read({}, { allow })).toThrow('CLAIM_MISSING');
  });

  it('tell the time of the log-in, and nothing where the provider does not', () => {
    expect(read({ auth_time: seconds - 60 }).at).toEqual(new Date('2026-12-03T11:59:00Z'));
    expect(read({ iat: seconds }).at).toBeUndefined();
    expect(read({ auth_time: seconds + 20 }).at).toEqual(now);
    for (const wrong of [seconds + 31, 0, -1, 1.5, null]) {
      expect(() => read({ auth_time: wrong })).toThrow('BAD_TIME');
    }
    expect(() => read({ iat: seconds + 31 })).toThrow('BAD_TIME');
  });

  it('have no time where the configuration says so, as for Google, and are sound all the same', () => {
    const authTime = false;
    expect(read({ auth_time: seconds - 60 }, { authTime }).at).toBeUndefined();
    expect(() => read({ auth_time: -1 }, { authTime })).toThrow('BAD_TIME');
    const google = { issuer: 'https://accounts.google.com', allow: 'anyone' } as const;
    expect(oidc(google).authTime).toBe(false);
    expect(oidc({ ...google, authTime: true }).authTime).toBe(true);
    expect(oidc({ issuer }).authTime).toBe(true);
  });

  it('prove two kinds of factors only by values of the configuration', () => {
    const proves = { 'urn:acme:mfa': 2, mfa: 2 } as const;
    expect(read({ acr: 'urn:acme:mfa' }, { proves }).kinds).toBe(2);
    expect(read({ amr: ['pwd', 'mfa'] }, { proves }).kinds).toBe(2);
    for (const claims of [{}, { acr: 'urn:other' }, { amr: ['pwd', 'otp'] }, { amr: 'mfa' }]) {
      expect(read(claims, { proves }).kinds).toBe(1);
    }
    expect(read({ amr: ['mfa'], acr: 'urn:acme:mfa' }).kinds).toBe(1);
  });
});
