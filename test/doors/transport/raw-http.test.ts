import { once } from 'node:events';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openConnection, readToEnd, sendRaw } from '../../support/raw-http.ts';
import { startTestServer, type TestServer } from '../../support/test-server.ts';

/** Short, so that slow clients need not be waited for. */
const times = { headersMs: 300, requestMs: 600, checkMs: 50 };

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer({ connectionTimes: times });
});
afterAll(() => server.stop());

const operation = JSON.stringify({ query: '{ serverInfo { name } }' });

interface Parts {
  readonly start?: string;
  readonly headers?: readonly string[];
  readonly body?: string | Buffer;
}

/** A request as bytes: right in all that is not said otherwise, and the last of its connection. */
function toBytes({ start, headers = [], body = operation }: Parts): Buffer {
  const has = (name: string) => headers.some((line) => line.toLowerCase().startsWith(`${name}:`));
  const lines = [
    start ?? 'POST /graphql HTTP/1.1',
    ...(has('host') ? [] : ['Host: 127.0.0.1']),
    ...(has('content-type') ? [] : ['Content-Type: application/json']),
    ...(has('content-length') || has('transfer-encoding')
      ? []
      : [`Content-Length: ${Buffer.byteLength(body)}`]),
    'Connection: close',
    ...headers,
  ].filter((line) => !line.endsWith(': ABSENT'));
  return Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`), Buffer.from(body)]);
}

const send = (parts: Parts) => sendRaw(server.url, toBytes(parts));

/** Every answer that is an error has GraphQL's shape, and quotes nothing of the request. */
function expectRefusal(answer: Awaited<ReturnType<typeof send>>, status: number): void {
  expect(answer.status, answer.text).toBe(status);
  expect(answer.headers['content-type']).toMatch(/^application\/json/);
  expect(answer.headers['cache-control']).toBe('no-store');
  expect(JSON.parse(answer.body)).toEqual({
    errors: [
      {
        message: expect.any(String),
        extensions: { code: status === 413 ? 'BODY_TOO_LARGE' : 'BAD_REQUEST' },
      },
    ],
  });
}

it('answers the request that all others here are made from', async () => {
  const answer = await send({});
  expect(answer.status).toBe(200);
  expect(JSON.parse(answer.body)).toEqual({ data: { serverInfo: { name: 'Gatehouse' } } });
});

describe('a request that a proxy could read in another way is refused', () => {
  const chunked = `${operation.length.toString(16)}\r\n${operation}\r\n0\r\n\r\n`;
  it.each<Parts & { what: string; status?: number }>([
    {
      what: 'a length beside chunks',
      headers: [`Content-Length: ${operation.length}`, 'Transfer-Encoding: chunked'],
      body: chunked,
    },
    {
      what: 'two lengths',
      headers: [`Content-Length: ${operation.length}`, 'Content-Length: 5'],
    },
    {
      what: 'the same length twice',
      headers: [`Content-Length: ${operation.length}`, `Content-Length: ${operation.length}`],
    },
    { what: 'a list of lengths', headers: [`Content-Length: ${operation.length}, 5`] },
    { what: 'two transfer codings', headers: ['Transfer-Encoding: chunked, identity'] },
    {
      what: 'chunks of chunks',
      headers: ['Transfer-Encoding: chunked', 'Transfer-Encoding: chunked'],
      body: chunked,
    },
    {
      what: 'a transfer coding that packs',
      headers: ['Transfer-Encoding: gzip, chunked'],
      body: chunked,
      status: 501,
    },
    {
      what: 'a transfer coding with a tail',
      headers: ['Transfer-Encoding: xchunked'],
      status: 501,
    },
    {
      what: 'chunks with an invalid size',
      headers: ['Transfer-Encoding: chunked'],
      body: `0x${chunked}`,
    },
    { what: 'white space before a colon', headers: ['Content-Length : 5'] },
    { what: 'a header over two lines', headers: ['X-Long: a\r\n b'] },
    { what: 'a line that ends in half', headers: ['X-A: b\nX-C: d'] },
    { what: 'no Host', headers: ['Host: ABSENT'] },
    { what: 'two hosts', headers: ['Host: a.example', 'Host: b.example'] },
    { what: 'an invalid Host', headers: ['Host: a b'] },
    { what: 'a Host with a path', headers: ['Host: a.example/b'] },
    { what: 'a Host with a user', headers: ['Host: a@b.example'] },
    {
      what: 'no Host, as HTTP/1.0 allows',
      start: 'POST /graphql HTTP/1.0',
      headers: ['Host: ABSENT'],
    },
    {
      what: 'two media types',
      headers: ['Content-Type: application/json', 'Content-Type: text/xml'],
    },
  ])('$what', async ({ status = 400, ...parts }) => {
    expectRefusal(await send(parts), status);
  });

  it.each([
    {
      what: 'then its body cannot be read',
      length: 'Transfer-Encoding: chunked',
      body: 'no size\r\n',
    },
    { what: 'then its body does not come in time', length: 'Content-Length: 5', body: '' },
  ])('once, when its headers are refused and $what', async ({ length, body }) => {
    const bytes = toBytes({ headers: [length, 'Accept: text/plain'], body });
    const kept = bytes.toString().replace('Connection: close\r\n', '');
    const { status, text } = await sendRaw(server.url, kept);
    expect(status).toBe(406);
    expect(text.match(/HTTP\/1\.1 /g)).toHaveLength(1);
  });

  it('and nothing that follows it on the connection is run', async () => {
    const first = toBytes({
      headers: ['Content-Length: 0', 'Transfer-Encoding: chunked'],
      body: '',
    });
    const { text } = await sendRaw(server.url, Buffer.concat([first, toBytes({})]));
    expect(text.match(/HTTP\/1\.1 /g)).toHaveLength(1);
    expect(text).not.toContain('Gatehouse');
  });
});

describe('what is no request is answered in the shape of GraphQL', () => {
  it.each([
    { what: 'no HTTP', bytes: 'hello\r\n\r\n', status: 400 },
    { what: 'HTTP/3.9', bytes: 'GET /graphql HTTP/3.9\r\n\r\n', status: 400 },
    { what: 'an unknown method', bytes: 'BREW /graphql HTTP/1.1\r\n\r\n', status: 400 },
    {
      what: 'a header of 20,000 bytes',
      bytes: `GET / HTTP/1.1\r\nHost: a\r\nX-A: ${'a'.repeat(20_000)}\r\n\r\n`,
      status: 431,
    },
    {
      what: '101 headers',
      bytes: `GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n${'X-A: b\r\n'.repeat(99)}\r\n`,
      status: 431,
    },
    {
      what: 'a URL of 8,001 characters',
      bytes: `GET /${'a'.repeat(8_000)} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`,
      status: 414,
    },
    {
      what: 'another expectation',
      bytes: 'POST /graphql HTTP/1.1\r\nHost: a\r\nExpect: 200-ok\r\nConnection: close\r\n\r\n',
      status: 417,
    },
    { what: 'a tunnel', bytes: 'CONNECT a:443 HTTP/1.1\r\nHost: a\r\n\r\n', status: 405 },
  ])('$what: $status', async ({ bytes, status }) => {
    expectRefusal(await sendRaw(server.url, bytes), status);
  });

  it('unless a whole request before it is still to be answered', async () => {
    const first = toBytes({}).toString().replace('Connection: close\r\n', '');
    const { text } = await sendRaw(server.url, `${first}no HTTP\r\n\r\n`);
    expect(text).not.toContain('HTTP/1.1 400');
  });
});

describe('a body', () => {
  it.each<Parts & { what: string; status: number }>([
    { what: 'packed', headers: ['Content-Encoding: gzip'], body: gzipSync(operation), status: 415 },
    {
      what: 'packed to a thousandth',
      headers: ['Content-Encoding: gzip'],
      body: gzipSync(Buffer.alloc(50_000_000, ' ')),
      status: 415,
    },
    { what: 'packed twice', headers: ['Content-Encoding: gzip, gzip'], status: 415 },
    {
      what: 'in UTF-16',
      headers: ['Content-Type: application/json; charset=utf-16le'],
      status: 415,
    },
    {
      what: 'in Latin 1',
      headers: ['Content-Type: application/json;charset="iso-8859-1"'],
      status: 415,
    },
    { what: 'of texts', headers: ['Content-Type: text/plain'], status: 415 },
    { what: 'of GraphQL alone', headers: ['Content-Type: application/graphql'], status: 415 },
    { what: 'of a form', headers: ['Content-Type: multipart/form-data; boundary=a'], status: 415 },
    { what: 'of no type', headers: ['Content-Type: ABSENT'], status: 415 },
    {
      what: 'of two types in one',
      headers: ['Content-Type: application/json, text/plain'],
      status: 415,
    },
    { what: 'that is no UTF-8', body: Buffer.from(`{"query":"# \xff"}`, 'latin1'), status: 400 },
    { what: 'with a prototype', body: '{"query":"{me{id}}","__proto__":{"a":1}}', status: 400 },
    {
      what: 'with a prototype deep down, in disguise',
      body: '{"query":"{me{id}}","variables":{"a":{"\\u005f_proto__":{}}}}',
      status: 400,
    },
    {
      what: 'with a constructor',
      body: '{"query":"{me{id}}","variables":{"constructor":{"prototype":{}}}}',
      status: 400,
    },
    { what: 'of 100,001 bytes', body: `{"query":"${'#'.repeat(99_990)}"}`, status: 413 },
    { what: 'of 1 TB, as it says', headers: ['Content-Length: 1000000000000'], status: 413 },
    { what: 'of 100,000 lists', body: '['.repeat(50_000) + ']'.repeat(50_000), status: 400 },
  ])('$what is refused: $status', async ({ status, ...parts }) => {
    expectRefusal(await send(parts), status);
  });

  it.each<Parts & { what: string }>([
    { what: 'with a byte order mark', body: `\uFEFF${operation}` },
    { what: 'in UTF-8, as it says', headers: ['Content-Type: application/json; charset="UTF-8"'] },
    { what: 'with an unknown coding', headers: ['Content-Encoding: identity'] },
    {
      what: 'in chunks',
      headers: ['Transfer-Encoding: chunked'],
      body: `${operation.length.toString(16)}\r\n${operation}\r\n0\r\n\r\n`,
    },
  ])('$what is taken', async (parts) => {
    expect((await send(parts)).status).toBe(200);
  });
});

describe('slow clients are cut', () => {
  it.each([
    { what: 'that say nothing', bytes: '' },
    { what: 'that do not finish a header', bytes: 'POST /graphql HTTP/1.1\r\nHost: a\r\nX-A: ' },
    {
      what: 'that do not finish a body',
      bytes:
        'POST /graphql HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n{',
    },
  ])('$what', async ({ bytes }) => {
    expectRefusal(await sendRaw(server.url, bytes), 408);
  });

  it('that send a header, and another, and another', async () => {
    const socket = openConnection(server.url);
    await once(socket, 'connect');
    socket.write('GET /graphql HTTP/1.1\r\nHost: a\r\n');
    const drip = setInterval(() => socket.write('X-A: b\r\n'), 20);
    const answer = await readToEnd(socket).finally(() => clearInterval(drip));
    expectRefusal(answer, 408);
  });
});
