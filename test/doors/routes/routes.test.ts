import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RouteDoor, routeDoorNames, routeDoors } from '../../support/route-doors.ts';
import { routeProbe, secretText } from '../../support/route-probe.ts';

describe.each(routeDoorNames)('a route of a package, at %s', (name) => {
  const { calls, probe } = routeProbe();
  let door: RouteDoor;
  beforeAll(async () => {
    door = await routeDoors[name](probe);
  });
  afterAll(() => door.stop());

  const plain = (body: string): RequestInit => ({
    method: 'POST',
    body,
    headers: { 'content-type': 'text/plain' },
  });
  const answerTo = async (path: string, init?: RequestInit) => {
    const response = await door.send(path, init);
    const text = await response.text();
    return { status: response.status, headers: response.headers, text };
  };
  const codeOf = (text: string) => JSON.parse(text).errors[0].extensions.code;

  it('gets the whole request, and none of the credentials that it does not take', async () => {
    const { status, text } = await answerTo('/probe/echo?a=1&a=2', {
      ...plain('hello'),
      headers: {
        'content-type': 'text/plain; charset=utf-8',
        authorization: `Bearer ${door.token}`,
        'proxy-authorization': 'Basic YTpi',
        cookie: '__Host-gatehouse=a; other=b',
        'x-own': 'kept',
      },
    });
    const seen = JSON.parse(text);
    expect([status, seen.method, seen.body, seen.viewer]).toEqual([
      200,
      'POST',
      'hello',
      'anonymous',
    ]);
    expect(new URL(seen.url).search).toBe('?a=1&a=2');
    expect(seen.headers).toMatchObject({ 'x-own': 'kept' });
    for (const header of ['authorization', 'cookie', 'proxy-authorization']) {
      expect(seen.headers).not.toHaveProperty(header);
    }
    expect(seen.ip).toBe('127.0.0.1');
    expect(seen.requestId).toMatch(/^[\da-f-]{36}$/);
  });

  it('knows its viewer by a bearer token, and the reason where it is not accepted', async () => {
    const by = async (token: string) => {
      const headers = { authorization: `Bearer ${token}` };
      const { text } = await answerTo('/probe/bearer', { headers });
      const { viewer, reason } = JSON.parse(text);
      return [viewer, reason];
    };
    expect(await by(door.token)).toEqual(['user', null]);
    expect(await by('no-token')).toEqual(['anonymous', 'TOKEN_MALFORMED']);
    const { text } = await answerTo('/probe/bearer');
    expect(JSON.parse(text).reason).toBe('TOKEN_MISSING');
  });

  it('is not run for a session cookie that a page of another site could have sent', async () => {
    const before = calls.length;
    const cookie = `__Host-gatehouse=${'A'.repeat(43)}; gatehouse-dev=${'A'.repeat(43)}`;
    const { status, text } = await answerTo('/probe/cookie', {
      ...plain('a'),
      headers: { 'content-type': 'text/plain', cookie, 'sec-fetch-site': 'cross-site' },
    });
    expect([status, JSON.parse(text).errors[0].extensions]).toEqual([
      403,
      { code: 'FORBIDDEN', reason: 'CROSS_SITE' },
    ]);
    expect(calls).toHaveLength(before);
  });

  it('runs operations as GraphQL does, by the rules of the viewer', async () => {
    const ask = (query: string, token?: string) =>
      answerTo('/probe/operate', {
        method: 'POST',
        body: JSON.stringify({ query }),
        headers: {
          'content-type': 'application/json',
          ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        },
      });
    const denied = await ask('{ me { username } }');
    expect([denied.status, codeOf(denied.text)]).toEqual([401, 'UNAUTHENTICATED']);
    expect(denied.headers.get('www-authenticate')).toMatch(/^Bearer /);
    const allowed = await ask('{ me { username } }', door.token);
    expect([allowed.status, JSON.parse(allowed.text)]).toEqual([
      200,
      { data: { me: { username: 'admin' } } },
    ]);
    const invalid = await ask('{ none }', door.token);
    expect([invalid.status, codeOf(invalid.text)]).toEqual([400, 'GRAPHQL_VALIDATION_FAILED']);
  });

  it('changes nothing by GET, and opens no session in a browser', async () => {
    const mutation = encodeURIComponent('mutation { logoutEverywhere }');
    const { status } = await answerTo(`/probe/operate?query=${mutation}`, {
      headers: { authorization: `Bearer ${door.token}` },
    });
    expect(status).toBe(400);
    const startSession =
      'mutation { startSession(username: "admin", password: "a-long-wrong-one") { groups } }';
    const started = await answerTo('/probe/operate', {
      method: 'POST',
      body: JSON.stringify({ query: startSession }),
      headers: { 'content-type': 'application/json' },
    });
    expect(started.status).toBe(400);
    expect(started.text).toContain('A route of a package cannot set a cookie');
    expect(started.headers.get('set-cookie')).toBeNull();
  });

  it('takes no other method, media type, coding or size, and is not run for them', async () => {
    const before = calls.length;
    const statusOf = async (init: RequestInit) => (await answerTo('/probe/echo', init)).status;
    const typed = (headers: Record<string, string>) => ({ ...plain('a'), headers });
    const refused = await answerTo('/probe/echo');
    expect([refused.status, refused.headers.get('allow')]).toEqual([405, 'POST, PUT']);
    expect(await statusOf({ method: 'HEAD' })).toBe(405);
    expect(await statusOf({ method: 'OPTIONS' })).toBe(405);
    expect(await statusOf(typed({ 'content-type': 'text/html' }))).toBe(415);
    expect(await statusOf(typed({ 'content-type': 'text/plainer' }))).toBe(415);
    expect(await statusOf(typed({ 'content-type': 'text/plain; charset=utf-16' }))).toBe(415);
    expect(await statusOf(typed({ 'content-type': `text/plain;a=${'b'.repeat(2_000)}` }))).toBe(
      415,
    );
    const zipped = { 'content-type': 'text/plain', 'content-encoding': 'gzip' };
    expect(await statusOf(typed(zipped))).toBe(415);
    const large = await answerTo('/probe/echo', plain('a'.repeat(101)));
    expect([large.status, codeOf(large.text)]).toEqual([413, 'BODY_TOO_LARGE']);
    const unwanted = await answerTo('/probe/none', { ...plain('a'), method: 'DELETE' });
    expect([unwanted.status, codeOf(unwanted.text)]).toEqual([415, 'BAD_REQUEST']);
    expect(calls).toHaveLength(before);
    expect((await answerTo('/probe/none', { method: 'DELETE' })).status).toBe(200);
    expect(await statusOf(plain('a'.repeat(100)))).toBe(200);
  });

  it('has every path below its own, and no other spelling of it', async () => {
    const statusOf = async (path: string) => (await answerTo(path)).status;
    expect(await statusOf('/probe/below/a')).toBe(200);
    expect(await statusOf('/probe/below/a/b%2Fc')).toBe(200);
    expect(await statusOf('/probe/below/')).toBe(404);
    expect(await statusOf('/probe/below')).toBe(404);
    expect(await statusOf('/Probe/below/a')).toBe(404);
    expect(await statusOf('/probe/%62elow/a')).toBe(404);
    expect(await statusOf('/probe//below/a')).toBe(404);
    expect(await statusOf('/probe/bearer/')).toBe(404);
  });

  it('has answers that are not cached, run nothing in a browser, and set no cookie', async () => {
    const { status, headers } = await answerTo('/probe/odd/headers');
    expect(status).toBe(200);
    expect(headers.get('x-own')).toBe('kept');
    expect(headers.get('cache-control')).toBe('no-store');
    expect(headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(headers.get('access-control-allow-origin')).toBeNull();
    expect(headers.get('access-control-allow-credentials')).toBeNull();
    const cookie = await answerTo('/probe/odd/cookie');
    expect([cookie.status, cookie.headers.get('set-cookie')]).toEqual([500, null]);
    expect(door.logLines.join('')).toContain('A route cannot set a cookie.');
  });

  it('may answer without a body, and lead to another address', async () => {
    const empty = await answerTo('/probe/odd/nothing');
    expect([empty.status, empty.text]).toEqual([204, '']);
    const redirect = await answerTo('/probe/odd/redirect');
    expect([redirect.status, redirect.headers.get('location')]).toEqual([303, '/board#code=1']);
    expect((await answerTo('/probe/odd/network')).status).toBe(500);
  });

  it('shows no error of its own to clients, but to the log, with the name of the route', async () => {
    const { status, text } = await answerTo('/probe/odd/bug?code=heron-72');
    expect([status, codeOf(text)]).toEqual([500, 'INTERNAL_SERVER_ERROR']);
    expect(text).not.toContain(secretText);
    const lines = door.logLines.map((line) => JSON.parse(line));
    expect(lines).toContainEqual(
      expect.objectContaining({ msg: 'a route failed', route: 'probe.odd' }),
    );
    expect(lines).toContainEqual(
      expect.objectContaining({
        msg: 'route',
        route: 'probe.odd',
        method: 'GET',
        status: 500,
        viewer: { kind: 'anonymous' },
        durationMs: expect.any(Number),
      }),
    );
    expect(door.logLines.join('')).not.toContain('heron-72');
  });
});
