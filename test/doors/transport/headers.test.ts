import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestServer, type TestServer } from '../../support/test-server.ts';

const listed = 'https://studio.apollographql.com';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer({
    environment: { ALLOWED_ORIGINS: `${listed},http://localhost:5173` },
  });
});
afterAll(() => server.stop());

interface Sent {
  readonly method?: string;
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** By Node's own client: `fetch` keeps some headers to itself. */
const send = ({ method = 'GET', path = '/graphql', headers = {}, body }: Sent) =>
  new Promise<{ status: number; headers: Headers; text: string }>((resolve, reject) => {
    const asking = request(server.url, { method, path, headers }, async (response) => {
      const chunks = await response.toArray();
      const pairs = Object.entries(response.headers).map(([name, value]): [string, string] => [
        name,
        String(value),
      ]);
      const text = Buffer.concat(chunks).toString();
      resolve({ status: response.statusCode ?? 0, headers: new Headers(pairs), text });
    });
    asking.on('error', reject);
    asking.end(body);
  });

const json = { 'content-type': 'application/json' };
const query = JSON.stringify({ query: '{ serverInfo { name } }' });

describe('every answer', () => {
  it.each<Sent & { what: string; kept?: string }>([
    { what: 'an operation', method: 'POST', headers: json, body: query },
    { what: 'a refusal', method: 'POST', headers: json, body: '{"query":"{ me { id } }"}' },
    { what: 'half a body', method: 'POST', headers: json, body: '{' },
    { what: 'another method', method: 'DELETE' },
    { what: 'an unknown path', path: '/nothing' },
    { what: 'a path that cannot be decoded', path: '/%' },
    { what: 'health', path: '/health/ready' },
    { what: 'the page', headers: { accept: 'text/html' } },
    { what: 'the public keys', path: '/.well-known/jwks.json', kept: 'public, max-age=300' },
  ])(
    'to $what names its charset, is stored by no cache, and does not name its server',
    async ({ kept, ...sent }) => {
      const { headers, text } = await send(sent);
      expect(headers.get('cache-control')).toBe(kept ?? 'no-store');
      for (const name of ['server', 'x-powered-by', 'via'])
        expect(headers.has(name), name).toBe(false);
      expect(text).not.toMatch(/fastify|apollo server|node\.js|FST_ERR/i);
      expect(headers.get('content-type')).toMatch(/^[a-z]+\/[a-z+-]+; charset=utf-8$/);
    },
  );

  it('keeps browsers from doing more with it than was meant', async () => {
    const { headers } = await send({ method: 'POST', headers: json, body: query });
    expect(Object.fromEntries(headers)).toMatchObject({
      'content-security-policy': "default-src 'none';frame-ancestors 'none'",
      'cross-origin-resource-policy': 'same-origin',
      'referrer-policy': 'no-referrer',
      'strict-transport-security': 'max-age=31536000',
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
    });
  });
});

describe('pages of other origins', () => {
  const preflight = (
    origin: string,
    asked = 'authorization,content-type,apollographql-client-name',
  ) =>
    send({
      method: 'OPTIONS',
      headers: {
        origin,
        'access-control-request-method': 'POST',
        'access-control-request-headers': asked,
      },
    });

  it('may ask when their origin is listed, with a token or the session cookie', async () => {
    const before = await preflight(listed);
    expect(before.status).toBe(204);
    expect(before.headers.get('access-control-allow-origin')).toBe(listed);
    expect(before.headers.get('access-control-allow-methods')).toBe('GET, POST');
    expect(before.headers.get('access-control-allow-headers')).toContain('authorization');
    expect(before.headers.get('vary')).toContain('Origin');

    const headers = {
      ...json,
      origin: listed,
      authorization: `Bearer ${server.admin.accessToken}`,
    };
    const asked = await send({ method: 'POST', headers, body: '{"query":"{ me { username } }"}' });
    expect(JSON.parse(asked.text)).toEqual({ data: { me: { username: 'admin' } } });
    expect(asked.headers.get('access-control-allow-origin')).toBe(listed);
    for (const answer of [before, asked]) {
      expect(answer.headers.get('access-control-allow-credentials')).toBe('true');
    }
  });

  it.each<Sent & { what: string; status: number }>([
    { what: 'a refusal', method: 'POST', body: '{"query":"{ me { id } }"}', status: 401 },
    { what: 'an invalid body', method: 'POST', body: '{', status: 400 },
    { what: 'an unknown method', method: 'DELETE', status: 405 },
  ])('can read $what', async ({ status, ...sent }) => {
    const answer = await send({ ...sent, headers: { ...json, origin: listed } });
    expect(answer.status).toBe(status);
    expect(answer.headers.get('access-control-allow-origin')).toBe(listed);
    expect(answer.headers.get('access-control-expose-headers')).toContain('www-authenticate');
  });

  it.each([
    'https://evil.example',
    'https://studio.apollographql.com.evil.example',
    'null',
    'http://studio.apollographql.com',
    'https://studio.apollographql.com:8443',
    '*',
    '',
  ])('may not when it is not: %j', async (origin) => {
    for (const answer of [
      await preflight(origin),
      await send({ method: 'POST', headers: { ...json, origin }, body: query }),
    ]) {
      expect(answer.headers.has('access-control-allow-origin')).toBe(false);
    }
  });

  it('are logged once when it is not, by HTTP and by WebSocket, with the setting', async () => {
    const upgrade = { connection: 'Upgrade', upgrade: 'websocket' };
    for (const [origin, headers] of [
      ['https://first.example', json],
      ['https://first.example', json],
      ['https://second.example', upgrade],
    ] as const) {
      await send({ headers: { ...headers, origin } });
    }
    const lines = server.logLines.map((line) => JSON.parse(line));
    const found = lines.filter(({ origin }) => /first|second/.test(origin ?? ''));
    expect(found).toMatchObject([
      {
        level: 40,
        origin: 'https://first.example',
        msg: expect.stringContaining('ALLOWED_ORIGINS'),
      },
      { level: 40, origin: 'https://second.example' },
    ]);
    expect(lines.some(({ origin }) => origin === listed)).toBe(false);
  });

  it.each<Sent & { what: string }>([
    { what: 'a link or an image', path: `/graphql?query=${encodeURIComponent('{ __typename }')}` },
    ...['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=a'].map(
      (type) => ({
        what: `a form of ${type}`,
        method: 'POST',
        headers: { 'content-type': type },
        body: query,
      }),
    ),
    { what: 'a body without a type', method: 'POST', body: query },
  ])('cannot make a browser ask without asking first: by $what', async (sent) => {
    const { status } = await send({ ...sent, headers: { ...sent.headers, origin: listed } });
    expect([400, 415]).toContain(status);
  });
});

describe('what a client accepts', () => {
  const ask = (accept: string, body = query) =>
    send({ method: 'POST', headers: { ...json, accept }, body });

  it.each([
    ['application/json', 'application/json; charset=utf-8'],
    ['application/graphql-response+json', 'application/graphql-response+json; charset=utf-8'],
    ['*/*', 'application/json; charset=utf-8'],
    ['text/html, */*;q=0.1', 'application/json; charset=utf-8'],
    ['application/json; charset=utf-8', 'application/json; charset=utf-8'],
    [
      'application/graphql-response+json; charset=UTF-8, application/json; charset=utf-8;q=0.9',
      'application/graphql-response+json; charset=utf-8',
    ],
    ['', 'application/json; charset=utf-8'],
  ])('%s gets %s', async (accept, type) => {
    const { status, headers } = await ask(accept);
    expect([status, headers.get('content-type')]).toEqual([200, type]);
  });

  it.each(['text/html', 'application/xml', 'application/json;q=0', 'multipart/mixed', 'a'])(
    '%s gets nothing, and nothing is done',
    async (accept) => {
      const logIn = `mutation { login(username: "admin", password: "violet-otter-ladder-93-quay") { expiresIn } }`;
      const sessions = '{ me { sessions { id } } }';
      const count = async () =>
        (await server.ask(sessions, { token: server.admin.accessToken })).data.me.sessions.length;
      const before = await count();
      const answer = await ask(accept, JSON.stringify({ query: logIn }));
      expect(answer.status).toBe(406);
      expect(JSON.parse(answer.text).errors[0].extensions).toEqual({ code: 'BAD_REQUEST' });
      expect(await count()).toBe(before);
    },
  );
});

describe('another way to write the path of GraphQL', () => {
  it.each(['/%67raphql', '/graphql#part', 'http://127.0.0.1/graphql'])(
    '%s leads to no other rules',
    async (path) => {
      const post = { method: 'POST', path, headers: json, body: query };
      expect((await send(post)).status).toBe(200);
      const refusals = [
        { ...post, headers: { ...json, accept: 'text/html' } },
        { ...post, headers: { ...json, 'content-encoding': 'gzip' } },
        { ...post, headers: { 'content-type': 'application/json; charset=utf-16' } },
        { method: 'HEAD', path },
      ];
      const answers = await Promise.all(refusals.map(send));
      expect(answers.map(({ status }) => status)).toEqual([406, 415, 415, 405]);
      expect(answers[0]?.text).not.toContain('header was provided'); // Apollo Server's, after the operation
    },
  );
});

describe('methods', () => {
  it.each(['HEAD', 'PUT', 'PATCH', 'DELETE', 'TRACE', 'PROPFIND', 'SEARCH', 'PURGE', 'LINK'])(
    '%s is not allowed at the path of GraphQL',
    async (method) => {
      const { status, headers, text } = await send({ method });
      expect({ status, allow: headers.get('allow') }).toEqual({ status: 405, allow: 'GET, POST' });
      if (method === 'HEAD') return expect(text).toBe('');
      expect(JSON.parse(text).errors[0].extensions).toEqual({ code: 'BAD_REQUEST' });
    },
  );

  it('POST is not allowed where there is only something to read', async () => {
    const { status, headers } = await send({ method: 'POST', path: '/health/live' });
    expect({ status, allow: headers.get('allow') }).toEqual({ status: 405, allow: 'GET, HEAD' });
  });

  it.each(['/a*b', '/**', '/:id(', '/health/:x', '/(.*)', '/%2A/*'])(
    'takes a path for what it is, and not for a pattern: %s',
    async (path) => {
      expect((await send({ method: 'POST', path })).status).toBe(404);
    },
  );

  it('HEAD is answered where there is something to read', async () => {
    const { status, text } = await send({ method: 'HEAD', path: '/health/live' });
    expect({ status, text }).toEqual({ status: 200, text: '' });
  });

  it('OPTIONS is answered, also to who is no page', async () => {
    expect((await send({ method: 'OPTIONS' })).status).toBe(204);
  });
});
