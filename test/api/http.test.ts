import { createPublicKey, type JsonWebKey, verify } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TestServer } from '../support/test-server.ts';
import { startTestServer } from '../support/test-server.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.stop());

interface Request {
  readonly method?: string;
  readonly path?: string;
  readonly type?: string;
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

async function send({ method = 'POST', path = '/graphql', type, body, headers }: Request) {
  const response = await fetch(server.url + path, {
    method,
    headers: { ...(type === undefined ? {} : { 'content-type': type }), ...headers },
    ...(body === undefined ? {} : { body }),
  });
  return { response, status: response.status, body: await response.json() };
}

const json = 'application/json';
const inGraphQLShape = (code: string) => ({
  errors: [{ message: expect.any(String), extensions: { code } }],
});

describe('what goes wrong before GraphQL is answered in its shape', () => {
  it.each<Request & { what: string; expected: number; code?: string }>([
    { what: 'half a JSON text', type: json, body: '{"query":', expected: 400 },
    { what: 'an empty body', type: json, body: '', expected: 400 },
    { what: 'null', type: json, body: 'null', expected: 400 },
    { what: 'a text', type: json, body: '"{ me { id } }"', expected: 400 },
    { what: 'a list of operations', type: json, body: '[{"query":"{me{id}}"}]', expected: 400 },
    { what: 'no query', type: json, body: '{"variables":{}}', expected: 400 },
    { what: 'a query that is no text', type: json, body: '{"query":1}', expected: 400 },
    {
      what: 'variables in a list',
      type: json,
      body: '{"query":"{x}","variables":[]}',
      expected: 400,
    },
    { what: 'a prototype', type: json, body: '{"__proto__":{"a":1}}', expected: 400 },
    {
      what: 'a body of more than 100,000 bytes',
      type: json,
      body: JSON.stringify({ query: '#'.repeat(100_001) }),
      expected: 413,
      code: 'BODY_TOO_LARGE',
    },
    { what: 'XML', type: 'application/xml', body: '<query/>', expected: 415 },
    { what: 'a form', type: 'application/x-www-form-urlencoded', body: 'query=x', expected: 415 },
    { what: 'plain text', type: 'text/plain', body: '{"query":"{me{id}}"}', expected: 415 },
    { what: 'nothing at all', expected: 400 },
    { what: 'an unknown route', method: 'GET', path: '/nothing', expected: 404, code: 'NOT_FOUND' },
    {
      what: 'an unknown file',
      method: 'GET',
      path: '/../package.json',
      expected: 404,
      code: 'NOT_FOUND',
    },
    { what: 'another method', path: '/health/live', expected: 405 },
    { what: 'a URL that cannot be decoded', method: 'GET', path: '/graphql%', expected: 400 },
  ])('$what: $expected', async ({ expected, code = 'BAD_REQUEST', ...request }) => {
    const { response, status, body } = await send(request);
    expect(status).toBe(expected);
    expect(response.headers.get('content-type')).toMatch(/^application\/json/);
    expect(body).toEqual(inGraphQLShape(code));
    expect(response.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
  });

  it.each<Request & { what: string; expected: number; text: string }>([
    {
      what: 'a GET request that any page can send',
      method: 'GET',
      path: '/graphql?query={serverInfo{name}}',
      expected: 400,
      text: 'A GET request needs a header such as `apollo-require-preflight: true`.',
    },
    {
      what: 'variables that are no object',
      type: json,
      body: '{"query":"{x}","variables":"{}"}',
      expected: 400,
      text: 'The request is malformed.',
    },
    {
      what: 'a mutation by GET',
      method: 'GET',
      path: '/graphql?query=mutation{logout}',
      expected: 405,
      headers: { 'apollo-require-preflight': 'true' },
      text: 'Send queries by GET or POST, and mutations by POST.',
    },
    {
      what: 'a GET request with the type of a form',
      method: 'GET',
      path: '/graphql?query={serverInfo{name}}',
      expected: 415,
      type: 'text/plain',
      headers: { 'apollo-require-preflight': 'true' },
      text: 'The header Content-Type of a GET request must be absent or application/json.',
    },
  ])('$what: $expected, in words of our own', async ({ expected, text, ...request }) => {
    const { status, body } = await send(request);
    expect(status).toBe(expected);
    expect(body).toEqual(inGraphQLShape('BAD_REQUEST'));
    expect(body.errors[0].message).toContain(text);
  });

  it.each(['PUT', 'PATCH', 'DELETE'])('%s: 405, and which methods there are', async (method) => {
    const { response, status, body } = await send({ method });
    expect(status).toBe(405);
    expect(response.headers.get('allow')).toBe('GET, POST');
    expect(body).toEqual(inGraphQLShape('BAD_REQUEST'));
  });

  it.each([
    { what: 'no GraphQL', query: '{ me {', code: 'GRAPHQL_PARSE_FAILED' },
    { what: 'an unknown field', query: '{ mee { id } }', code: 'GRAPHQL_VALIDATION_FAILED' },
    { what: 'a hash', query: '{ me { passwordHash } }', code: 'GRAPHQL_VALIDATION_FAILED' },
    {
      what: 'an unknown enum value',
      query: 'mutation { grantGroup(userId: "1", group: ADMN) { id } }',
      code: 'GRAPHQL_VALIDATION_FAILED',
    },
    { what: '1,001 tokens', query: `{ ${'a '.repeat(1000)} }`, code: 'OPERATION_TOO_LARGE' },
  ])('$what: 400 $code, and no name is suggested', async ({ query, code }) => {
    const answer = await server.ask(query, { token: server.admin.accessToken });
    expect({ status: answer.status, code: answer.code }).toEqual({ status: 400, code });
    expect(answer.text).not.toMatch(/did you mean/i);
  });

  it('an operation that is not in the document: 400', async () => {
    const { status, code } = await server.ask('query A { me { id } }', { operationName: 'B' });
    expect({ status, code }).toEqual({ status: 400, code: 'OPERATION_RESOLUTION_FAILURE' });
  });
});

describe('every answer has an id', () => {
  it('of its own, whatever id the client sends', async () => {
    const headers = { 'x-request-id': 'mine' };
    const ids = await Promise.all(
      [1, 2].map(async () => {
        const answer = await server.ask('{ serverInfo { name } }', { headers });
        return answer.headers.get('x-request-id');
      }),
    );
    expect(new Set(ids).size).toBe(2);
    for (const id of ids) expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f-]{27}$/);
  });
});

describe('health', () => {
  it.each([
    { path: '/health/live', body: { status: 'live' } },
    { path: '/health/ready', body: { status: 'ready' } },
  ])('$path is 200', async ({ path, body }) => {
    expect(await send({ method: 'GET', path })).toMatchObject({ status: 200, body });
  });
});

describe('the public keys', () => {
  it('verify a token by the means of Node alone, and hold nothing private', async () => {
    const response = await fetch(`${server.url}/.well-known/jwks.json`);
    expect(response.status).toBe(200);
    const { keys }: { keys: readonly JsonWebKey[] } = JSON.parse(await response.text());
    const [key = {}] = keys;
    expect(Object.keys(key).sort()).toEqual(['alg', 'crv', 'kid', 'kty', 'use', 'x', 'y']);

    const [header = '', claims = '', signature = ''] = server.admin.accessToken.split('.');
    const { alg, typ, kid } = JSON.parse(Buffer.from(header, 'base64url').toString());
    expect({ alg, typ, kid }).toEqual({
      alg: 'ES256',
      typ: 'at+jwt',
      kid: Reflect.get(key, 'kid'),
    });
    const publicKey = createPublicKey({ key, format: 'jwk' });
    const verifies = (text: string) =>
      verify(
        'sha256',
        Buffer.from(text),
        { key: publicKey, dsaEncoding: 'ieee-p1363' },
        Buffer.from(signature, 'base64url'),
      );
    expect(verifies(`${header}.${claims}`)).toBe(true);
    expect(verifies(`${header}.${claims}x`)).toBe(false);
    expect(Object.keys(JSON.parse(Buffer.from(claims, 'base64url').toString())).sort()).toEqual([
      'amr',
      'aud',
      'auth_time',
      'exp',
      'groups',
      'iat',
      'iss',
      'jti',
      'proof_count',
      'sid',
      'sub',
    ]);
  });
});
