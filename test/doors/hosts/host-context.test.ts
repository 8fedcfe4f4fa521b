import { describe, expect, it } from 'vitest';
import { anonymous } from '../../../src/authentication/viewer.ts';
import { createRequestRights } from '../../../src/changes/rights.ts';
import { toClientError } from '../../../src/database/errors.ts';
import { createClientAddress } from '../../../src/doors/hosts/client-address.ts';
import { createContextOf } from '../../../src/doors/hosts/host-context.ts';
import type { FetchRequest, NodeRequest } from '../../../src/doors/hosts/host-facts.ts';
import type { CreateContext } from '../../../src/doors/request/request-context.ts';
import { createRequestCookies } from '../../../src/doors/request/request-cookies.ts';
import { ServiceUnavailableError } from '../../../src/errors.ts';
import { createGroups } from '../../../src/values/groups.ts';

const createContext: CreateContext = (facts) => ({
  ...facts,
  signal: facts.openSignal(),
  rights: createRequestRights(facts.viewer),
  groups: createGroups([]),
  db: {},
  load: {},
  rows: () => undefined,
  page: () => Promise.reject(new Error('Nothing is read.')),
  list: () => Promise.reject(new Error('Nothing is read.')),
  find: async () => null,
  filterOf: () => undefined,
  readPlaces: async () => {},
  withRows: (context) =>
    Object.assign(context, {
      find: async () => null,
      filterOf: () => undefined,
      readPlaces: async () => {},
      load: {},
    }),
  fromReplica: (_info, read) => read({}, 'primary'),
  change: () => Promise.reject(new Error('Nothing is changed.')),
  hasEnded: () => false,
  changeBy: () => () => Promise.reject(new Error('Nothing is changed.')),
});

const cookies = createRequestCookies({
  sameSite: 'strict',
  allowsInsecure: true,
  allowedOrigins: [],
  now: () => new Date(),
});

/** What the context is made of, and what was logged. */
function contextsOf(
  authenticate: (authorization: readonly string[], sessionCookie?: string) => Promise<void>,
) {
  const logged: string[] = [];
  const advice: string[] = [];
  const contextOf = createContextOf({
    authenticate: async ({ authorization, sessionCookie }) => {
      await authenticate(authorization, sessionCookie);
      return anonymous('TOKEN_MISSING');
    },
    cookies,
    createContext,
    watch: () => {
      throw new Error('Nothing is watched.');
    },
    toClientError,
    randomId: () => 'request-1',
    onError: (level) => void logged.push(level),
    addressOf: createClientAddress((each) => void advice.push(each)),
  });
  return { contextOf, logged, advice };
}

const socket = { remoteAddress: '192.0.2.1' };

describe('the context of a request', () => {
  const requests: readonly {
    readonly what: string;
    readonly request: NodeRequest | FetchRequest;
    readonly seen: readonly string[];
    readonly ip: string | undefined;
  }[] = [
    { what: 'no header', request: { headers: {}, socket }, seen: [], ip: '192.0.2.1' },
    {
      what: "Node's",
      request: { headers: { authorization: 'Bearer a' }, socket },
      seen: ['Bearer a'],
      ip: '192.0.2.1',
    },
    {
      what: "Node's, with a repeated header",
      request: {
        headers: { authorization: 'Bearer a' },
        headersDistinct: { authorization: ['Bearer a', 'Bearer b'] },
        socket,
      },
      seen: ['Bearer a', 'Bearer b'],
      ip: '192.0.2.1',
    },
    {
      what: "Fastify's, with a repeated header, behind a proxy that it trusts",
      request: {
        headers: { authorization: 'Bearer a' },
        raw: { headersDistinct: { authorization: ['Bearer a', 'Bearer b'] } },
        ip: '198.51.100.7',
        socket,
      },
      seen: ['Bearer a', 'Bearer b'],
      ip: '198.51.100.7',
    },
    {
      what: "Express's, with an invalid address",
      request: { headers: {}, ip: 'unknown', socket },
      seen: [],
      ip: '192.0.2.1',
    },
    {
      what: 'of the Fetch standard, with a repeated header',
      request: {
        url: 'http://localhost:4000/graphql',
        headers: new Headers([
          ['authorization', 'Bearer a'],
          ['authorization', 'Bearer b'],
        ]),
      },
      seen: ['Bearer a, Bearer b'],
      ip: undefined,
    },
  ];

  it.each(requests)('reads the token and the address: $what', async ({ request, seen, ip }) => {
    let read: readonly string[] = [];
    const { contextOf } = contextsOf(async (authorization) => {
      read = authorization;
    });
    const { client, requestId } = await contextOf(request);
    expect([read, client.ip, requestId]).toEqual([seen, ip, 'request-1']);
  });

  it('reads the session cookie of a request for a WebSocket, whose origin decides alone', async () => {
    let read: string | undefined;
    const { contextOf } = contextsOf(async (_authorization, sessionCookie) => {
      read = sessionCookie;
    });
    const open = (origin: string) =>
      contextOf({
        headers: {
          host: 'localhost:4000',
          upgrade: 'websocket',
          origin,
          cookie: 'gatehouse-dev=x',
        },
        socket,
      });
    const { browserSession } = await open('http://localhost:4000');
    expect(read).toBe('x');
    expect(() => browserSession.requireAvailable()).toThrow('WebSocket');
    await expect(open('http://evil.localhost:4000')).rejects.toMatchObject({
      extensions: { code: 'FORBIDDEN', reason: 'CROSS_SITE', http: { status: 403 } },
    });
  });

  it('takes the address that is given for a request of the Fetch standard', async () => {
    const { contextOf } = contextsOf(async () => {});
    const headers = new Headers({ prefer: 'handling=lenient', 'user-agent': 'curl' });
    const { client, prefer } = await contextOf(
      { url: 'http://localhost:4000/graphql', headers },
      { ip: '192.0.2.9' },
    );
    expect([client, prefer]).toEqual([{ ip: '192.0.2.9', userAgent: 'curl' }, 'handling=lenient']);
  });

  const proxied = { 'x-forwarded-for': '198.51.100.7' };
  it.each([
    { what: 'the address of a client', ip: '192.0.2.1', headers: proxied, about: [] },
    { what: 'a private address without a proxy', ip: '10.0.0.7', headers: {}, about: [] },
    {
      what: 'a private client that a trusted proxy reports',
      ip: '10.0.0.7',
      headers: { 'x-forwarded-for': '10.0.0.7' },
      about: [],
    },
    {
      what: 'a private client that a trusted proxy reports by the header of RFC 7239',
      ...{ ip: 'fd00::7', headers: { forwarded: 'for=9.9.9.9, for="[fd00::7]"' }, about: [] },
    },
    { what: 'the proxy itself', ip: '127.0.0.1', headers: proxied, about: ['proxy'] },
    { what: 'the proxy in IPv6', ip: '::1', headers: proxied, about: ['proxy'] },
    { what: 'the proxy in both', ip: '::ffff:10.0.0.7', headers: proxied, about: ['proxy'] },
    { what: 'the proxy with a zone', ip: 'fe80::1%eth0', headers: proxied, about: ['proxy'] },
    { what: 'the proxy of a cloud', ip: '100.64.0.7', headers: proxied, about: ['proxy'] },
    { what: 'the proxy of a link', ip: '169.254.0.7', headers: proxied, about: ['proxy'] },
    {
      what: 'the proxy, with the header of RFC 7239',
      ip: '172.17.0.1',
      headers: { forwarded: 'for=198.51.100.7' },
      about: ['proxy'],
    },
    {
      what: 'the proxy, which the client has named',
      ...{ ip: '10.0.0.7', headers: { 'x-forwarded-for': '10.0.0.7, 198.51.100.7' } },
      about: ['proxy'],
    },
    {
      what: 'the proxy, which the client has named in the other header',
      ...{ ip: '10.0.0.7', headers: { ...proxied, forwarded: 'for=10.0.0.7' }, about: ['proxy'] },
    },
    {
      what: 'the proxy, of which the address of the client has a part',
      ...{ ip: '10.0.0.7', headers: { 'x-forwarded-for': '10.0.0.77' }, about: ['proxy'] },
    },
    { what: 'none', ip: undefined, headers: {}, about: ['no address'] },
    { what: 'an invalid text', ip: 'unknown', headers: proxied, about: ['no address'] },
  ])('advises once about an address that is $what', async ({ ip, headers, about }) => {
    const { contextOf, advice } = contextsOf(async () => {});
    const ofNode = { headers, socket: { remoteAddress: ip } };
    const ofFetch = { url: 'http://localhost:4000/graphql', headers: new Headers(headers) };
    for (const given of [await contextOf(ofNode), await contextOf(ofFetch, { ip })]) {
      expect(given.client.ip).toBe(about.length === 0 ? ip : undefined);
    }
    expect(advice).toEqual(about.map((each) => expect.stringContaining(each)));
  });

  it('takes the token that is given for a request, in place of its own and of its cookie', async () => {
    let read: unknown;
    const { contextOf } = contextsOf(async (...credentials) => {
      read = credentials;
    });
    const headers = { authorization: 'Bearer a', cookie: 'gatehouse-dev=x' };
    await contextOf({ headers, socket }, { authorization: 'Bearer b' });
    expect(read).toEqual([['Bearer b'], undefined]);
  });

  it.each([
    {
      error: new ServiceUnavailableError(),
      code: 'SERVICE_UNAVAILABLE',
      status: 503,
      level: 'warn',
    },
    { error: new Error('secret'), code: 'INTERNAL_SERVER_ERROR', status: 500, level: 'error' },
  ])(
    'fails with $status, and nothing of the cause, when the viewer cannot be read',
    async (row) => {
      const { contextOf, logged } = contextsOf(() => Promise.reject(row.error));
      const failure: unknown = await contextOf({ headers: {}, socket }).catch((error) => error);
      expect(failure).toMatchObject({
        extensions: { code: row.code, http: { status: row.status } },
      });
      expect(failure).toMatchObject({ originalError: undefined });
      expect(String(failure)).not.toContain('secret');
      expect(logged).toEqual([row.level]);
    },
  );
});
