import { describe, expect, it } from 'vitest';
import { type CookieRequest, findCrossSiteReason } from '../../../src/doors/request/cross-site.ts';

const listed = 'https://app.example.com';
const ownPage: CookieRequest = {
  host: 'api.example.com',
  isEncrypted: true,
  isUpgrade: false,
  contentType: 'application/json',
  hasPreflightHeader: false,
  fetchSite: 'same-origin',
  origin: 'https://api.example.com',
};
const reasonOf = (request: Partial<CookieRequest>) =>
  findCrossSiteReason({ ...ownPage, ...request }, [listed]);

describe('a session cookie counts', () => {
  const byOrigin = { fetchSite: undefined };
  it.each<{ what: string; request: Partial<CookieRequest> }>([
    { what: 'for the own page', request: {} },
    {
      what: 'for the own page, with a charset',
      request: { contentType: 'Application/JSON; charset=utf-8' },
    },
    {
      what: 'for a GET of the own page with a preflight header',
      request: { contentType: undefined, hasPreflightHeader: true },
    },
    {
      what: 'for a listed page of the same site',
      request: { fetchSite: 'same-site', origin: listed },
    },
    {
      what: 'for a listed page of another site',
      request: { fetchSite: 'cross-site', origin: listed },
    },
    { what: 'by the own Origin in an old browser', request: byOrigin },
    { what: 'by a listed Origin in an old browser', request: { ...byOrigin, origin: listed } },
    {
      what: 'for an http page of an http server',
      request: { ...byOrigin, isEncrypted: false, origin: 'http://api.example.com' },
    },
    {
      what: 'for a program with a preflight header',
      request: { ...byOrigin, origin: undefined, hasPreflightHeader: true },
    },
  ])('$what', ({ request }) => {
    expect(reasonOf(request)).toBeUndefined();
  });
});

describe('the session cookie of a WebSocket', () => {
  const upgrade = { isUpgrade: true, contentType: undefined, fetchSite: undefined };
  it.each([ownPage.origin, listed])('counts for the origin %s', (origin) => {
    expect(reasonOf({ ...upgrade, origin })).toBeUndefined();
  });

  it.each([undefined, 'null', 'https://evil.example.com', 'http://api.example.com'])(
    'does not count for the origin %s, whatever the other headers are',
    (origin) => {
      expect(reasonOf({ ...upgrade, origin })).toBe('OTHER_SITE');
      const more = { fetchSite: 'same-origin', hasPreflightHeader: true };
      expect(reasonOf({ ...upgrade, ...more, origin })).toBe('OTHER_SITE');
    },
  );
});

describe('a session cookie does not count', () => {
  it.each<{ what: string; request: Partial<CookieRequest>; reason: string }>([
    ...[
      'text/plain',
      'text/plain; application/json',
      'application/x-www-form-urlencoded',
      'multipart/form-data; boundary=x',
      'application/jsonp',
      'text/plain, application/json',
      '',
      undefined,
    ].map((contentType) => ({
      what: `for the content type ${contentType}`,
      request: { contentType },
      reason: 'SIMPLE_REQUEST',
    })),
    {
      what: 'for a sibling subdomain',
      request: { fetchSite: 'same-site', origin: 'https://evil.example.com' },
      reason: 'OTHER_SITE',
    },
    {
      what: 'for another site',
      request: { fetchSite: 'cross-site', origin: 'https://evil.example' },
      reason: 'OTHER_SITE',
    },
    {
      what: 'for another site without Origin',
      request: { fetchSite: 'cross-site', origin: undefined },
      reason: 'OTHER_SITE',
    },
    {
      what: 'for another site that claims the own Origin',
      request: { fetchSite: 'cross-site' },
      reason: 'OTHER_SITE',
    },
    { what: 'for a typed address', request: { fetchSite: 'none' }, reason: 'OTHER_SITE' },
    {
      what: 'for two values of Sec-Fetch-Site',
      request: { fetchSite: 'same-origin, cross-site' },
      reason: 'OTHER_SITE',
    },
    {
      what: 'for an Origin of another host in an old browser',
      request: { fetchSite: undefined, origin: 'https://evil.example' },
      reason: 'OTHER_SITE',
    },
    {
      what: 'for the Origin null',
      request: { fetchSite: undefined, origin: 'null' },
      reason: 'OTHER_SITE',
    },
    {
      what: 'for an http page of an https server',
      request: { fetchSite: undefined, origin: 'http://api.example.com' },
      reason: 'OTHER_SITE',
    },
    {
      what: 'for another port',
      request: { fetchSite: undefined, origin: 'https://api.example.com:8443' },
      reason: 'OTHER_SITE',
    },
    {
      what: 'for JSON from nowhere',
      request: { fetchSite: undefined, origin: undefined },
      reason: 'UNKNOWN_SITE',
    },
  ])('$what', ({ request, reason }) => {
    expect(reasonOf(request)).toBe(reason);
  });
});
