import { once } from 'node:events';
import { createRequire } from 'node:module';
import Fastify from 'fastify';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { routeUpgrades } from '../../../src/doors/socket/upgrades.ts';
import { watchConnections } from '../../../src/doors/transport/connections.ts';
import { openConnection, readToEnd, sendRaw } from '../../support/raw-http.ts';
import { startTestServer, type TestServer } from '../../support/test-server.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.stop());

const operation = JSON.stringify({ query: '{ serverInfo { name } }' });
const answer = '{"data":{"serverInfo":{"name":"Gatehouse"}}}';
const json = 'Content-Type: application/json';
const withLength = [json, `Content-Length: ${operation.length}`];
const request = (start: string, headers: readonly string[], body = '') =>
  [`${start} HTTP/1.1`, 'Host: a', ...headers, '', body].join('\r\n');

/** As the HTTP client of Java sends it with its first request. */
const h2c = [
  'Connection: Upgrade, HTTP2-Settings',
  'Upgrade: h2c',
  'HTTP2-Settings: AAEAAEAAAAIAAAABAAMAAABkAAQBAAAAAAUAAEAA',
];
const last = request('GET /health/live', ['Connection: close']);
const statuses = (text: string) => text.match(/HTTP\/1\.1 \d+/g);

describe('an offer to change the protocol is ignored', () => {
  it.each([
    { what: 'h2c', offer: h2c },
    { what: 'TLS', offer: ['Connection: Upgrade', 'Upgrade: TLS/1.0'] },
    { what: 'one of several', offer: ['Connection: Upgrade', 'Upgrade: h2c, websocket'] },
    { what: 'one in each line', offer: ['Connection: Upgrade', 'Upgrade: a', 'Upgrade: b'] },
    { what: 'a WebSocket by POST', offer: ['Connection: Upgrade', 'Upgrade: websocket'] },
  ])('$what, with a body', async ({ offer }) => {
    const offered = request('POST /graphql', [...offer, ...withLength], operation);
    const { text } = await sendRaw(server.url, offered + last);
    expect(statuses(text)).toEqual(['HTTP/1.1 200', 'HTTP/1.1 200']);
    expect(text).toContain(answer);
  });

  it.each([
    { method: 'GET', path: '/health/live', status: 200 },
    { method: 'HEAD', path: '/health/live', status: 200 },
    { method: 'OPTIONS', path: '/graphql', status: 204 },
    { method: 'PUT', path: '/graphql', status: 405 },
    { method: 'GET', path: '/none', status: 404 },
  ])('by a request without a body: $method $path', async ({ method, path, status }) => {
    const { text } = await sendRaw(server.url, request(`${method} ${path}`, h2c) + last);
    expect(statuses(text)).toEqual([`HTTP/1.1 ${status}`, 'HTTP/1.1 200']);
  });

  it('with a body in chunks', async () => {
    const headers = [...h2c, json, 'Transfer-Encoding: chunked'];
    const chunks = [operation.slice(0, 9), operation.slice(9), ''];
    const body = chunks.map((chunk) => `${chunk.length.toString(16)}\r\n${chunk}\r\n`).join('');
    const { text } = await sendRaw(server.url, request('POST /graphql', headers, body) + last);
    expect(statuses(text)).toEqual(['HTTP/1.1 200', 'HTTP/1.1 200']);
    expect(text).toContain(answer);
  });

  it('with a body that arrives later', async () => {
    const connection = openConnection(server.url);
    connection.write(request('POST /graphql', [...h2c, ...withLength, 'Expect: 100-continue']));
    expect(String(await once(connection, 'data'))).toMatch(/^HTTP\/1\.1 100 /);
    connection.write(operation.slice(0, 5));
    connection.write(operation.slice(5) + last);
    expect((await readToEnd(connection)).text).toContain(answer);
  });

  it('by every request of a connection, one after the other', async () => {
    const connection = openConnection(server.url);
    for (let count = 0; count < 30; count += 1) {
      connection.write(request('POST /graphql', [...h2c, ...withLength], operation));
      expect(String(await once(connection, 'data'))).toMatch(/^HTTP\/1\.1 200 [\s\S]*Gatehouse/);
    }
    connection.destroy();
  });

  it('by requests that do not wait for their answers', async () => {
    const warnings: Error[] = [];
    const keep = (warning: Error) => warnings.push(warning);
    process.on('warning', keep);
    const offered = request('POST /graphql', [...h2c, ...withLength], operation);
    const { text } = await sendRaw(server.url, offered.repeat(200) + last);
    expect(statuses(text)).toEqual(Array.from({ length: 201 }, () => 'HTTP/1.1 200'));
    process.off('warning', keep);
    expect(warnings).toEqual([]); // of listeners that are left on the connection
  });

  it('behind a long answer that is read slowly', async () => {
    const { version } = createRequire(import.meta.url)('altair-static/package.json');
    const file = `altair/${version}/main.js`;
    const connection = openConnection(server.url).pause();
    connection.write(request(`GET /graphql/${file}`, []) + request('GET /health/live', h2c) + last);
    await once(connection, 'readable');
    const { text } = await readToEnd(connection);
    expect(text.length).toBeGreaterThan(1_000_000);
    expect(statuses(text)).toHaveLength(3);
  });

  it('and the answer keeps the headers, the query and the address of the request', async () => {
    const path = `/graphql?query=${encodeURIComponent('{ me { username } }')}`;
    const token = `Authorization: Bearer ${server.admin.accessToken}`;
    const offered = request(`GET ${path}`, [...h2c, token, 'Apollo-Require-Preflight: 1']);
    const { text } = await sendRaw(server.url, offered + last);
    expect(text).toContain('{"data":{"me":{"username":"admin"}}}');
  });
});

it('does not end a request behind an answered one as an idle connection', async () => {
  const fastify = Fastify({ keepAliveTimeout: 1 });
  onTestFinished(() => fastify.close());
  routeUpgrades(fastify, watchConnections(fastify.server));
  // Answered when the offer behind it has arrived, so that the connection is idle for Node.js afterwards.
  fastify.get('/first', async () => String(await once(fastify.server, 'upgrade')));
  fastify.get('/idle', async () => '');
  // Answered when another connection, which became idle later, has been ended.
  fastify.get('/long', async () => (await sendRaw(url, request('GET /idle', []))).text);
  const url = await fastify.listen({ host: '127.0.0.1', port: 0 });
  const connection = openConnection(url);
  connection.write(request('GET /first', []) + request('GET /long', h2c) + last);
  const { text } = await readToEnd(connection);
  expect(statuses(text)).toEqual(['HTTP/1.1 200', 'HTTP/1.1 200', 'HTTP/1.1 200', 'HTTP/1.1 404']);
});

it('answers an offer behind a refused request that ends the connection with nothing', async () => {
  const refused = request('PUT /graphql', ['Transfer-Encoding: chunked'], '0\r\n\r\n');
  const { text } = await sendRaw(server.url, refused + request('GET /health/live', h2c));
  expect(statuses(text)).toEqual(['HTTP/1.1 405']);
});

it('refuses an offer with too many headers, of which Node.js drops some', async () => {
  const many = Array.from({ length: 1_100 }, () => 'a:');
  const headers = [...h2c, ...many, `Content-Length: ${last.length}`];
  const { text } = await sendRaw(server.url, request('GET /health/live', headers, last));
  expect(statuses(text)).toEqual(['HTTP/1.1 431']);
});
