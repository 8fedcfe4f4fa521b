import { afterAll, beforeAll, expect, it } from 'vitest';
import { type AttackedServer, attack, startAttackedServer } from '../support/attacked-server.ts';
import { sendRaw } from '../support/raw-http.ts';

let server: AttackedServer;
beforeAll(async () => {
  server = await startAttackedServer();
});
afterAll(() => server.stop());

const chunked = 'Transfer-Encoding: chunked';
const close = 'Connection: close';
const json = 'Content-Type: application/json';
const info = JSON.stringify({ query: '{ serverInfo { name } }' });
const toChunks = (text: string) => `${text.length.toString(16)}\r\n${text}\r\n0\r\n\r\n`;
const lengthOf = (text: string) => `Content-Length: ${text.length}`;

/** A request to GraphQL. */
const request = (headers: readonly string[], body: string, start = 'POST /graphql HTTP/1.1') =>
  [start, 'Host: a', ...headers, '', body].join('\r\n');

/** Creates a room as a MANAGER. */
function createRoom(name: string): string {
  const query = `mutation { createRoom(input: { name: "${name}", floor: 1, groups: [] }) { id } }`;
  const body = JSON.stringify({ query });
  const token = `Authorization: Bearer ${server.manager.accessToken}`;
  return request([json, token, lengthOf(body)], body);
}

const tooLarge = `{"query":"${'#'.repeat(100_001)}"}`;
/** Requests whose answer is the last one of the connection. */
const lastRequests = [
  { what: 'its body in chunks is too large', status: 413, bytes: [json, chunked], body: tooLarge },
  { what: 'its body in chunks is no JSON', status: 400, bytes: [json, chunked], body: '{' },
  { what: 'its body in chunks is no UTF-8', status: 400, bytes: [json, chunked], body: '\xff' },
  {
    what: 'its body in chunks has a prototype',
    status: 400,
    bytes: [json, chunked],
    body: '{"__proto__":1}',
  },
  { what: 'its body is too large', status: 413, bytes: [json, lengthOf(tooLarge)], body: tooLarge },
  { what: 'its body is no JSON', status: 400, bytes: [json, lengthOf('{')], body: '{' },
  { what: 'its body is empty', status: 400, bytes: [json, lengthOf('')], body: '' },
  {
    what: 'it accepts no JSON',
    status: 406,
    bytes: [json, chunked, 'Accept: text/css'],
    body: info,
  },
  {
    what: 'its charset is unknown',
    status: 415,
    bytes: ['Content-Type: application/json; charset=utf-7', chunked],
    body: info,
  },
  { what: 'it has two types', status: 400, bytes: [json, json, chunked], body: info },
  {
    what: 'its coding is unknown',
    status: 501,
    bytes: [json, 'Transfer-Encoding: gzip, chunked'],
    body: info,
  },
  {
    what: 'it expects the impossible',
    status: 417,
    bytes: [json, chunked, 'Expect: x'],
    body: info,
  },
  {
    what: 'its method is not allowed',
    status: 405,
    bytes: [json, chunked],
    body: info,
    start: 'PUT /graphql HTTP/1.1',
  },
].map(({ what, status, bytes, body, start }) => ({
  what,
  status,
  bytes: request(
    bytes,
    bytes.some((line) => line.includes('chunked')) ? toChunks(body) : body,
    start,
  ),
}));

for (const { what, status, bytes } of lastRequests) {
  attack(`run a request behind one whose answer is the last: ${what}`, 'RFC 9112 9.6', async () => {
    const piped = Buffer.from(bytes + createRoom('piped') + createRoom('piped'), 'latin1');
    const { text } = await server.unchanged(async () => {
      const answer = await sendRaw(server.url, piped);
      // A request behind it would have run by then.
      await server.ask('{ serverInfo { name } }');
      return answer;
    });
    expect(text).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    expect(text).toMatch(/^connection: close\r$/im);
    expect(text.match(/HTTP\/1\.1 /g)).toHaveLength(1);
  });
}

for (const { what, first } of [
  {
    what: 'asks for the end of the connection',
    first: request([json, lengthOf(info), close], info),
  },
  {
    what: 'is of HTTP/1.0',
    first: request([json, lengthOf(info)], info, 'POST /graphql HTTP/1.0'),
  },
]) {
  attack(`run a request behind one that ${what}`, 'RFC 9112 9.6', async () => {
    await server.unchanged(async () => {
      await sendRaw(server.url, first + createRoom('piped'));
      await server.ask('{ serverInfo { name } }');
    });
  });
}

attack('run a request behind a refused WebSocket', 'RFC 9112 9.6', async () => {
  const socket = ['Connection: Upgrade', 'Upgrade: websocket', 'Origin: https://evil.example'];
  const bytes = request(socket, '', 'GET /graphql HTTP/1.1') + createRoom('piped');
  const { status } = await server.unchanged(() => sendRaw(server.url, bytes));
  expect(status).toBe(403);
});

it('runs the requests of a connection one after the other', async () => {
  const names = Array.from({ length: 6 }, (_, index) => `piped ${index}`);
  const query = JSON.stringify({ query: '{ rooms(first: 100) { edges { node { name } } } }' });
  const rooms = request(
    [json, `Authorization: Bearer ${server.manager.accessToken}`, lengthOf(query), close],
    query,
  );
  const { text } = await sendRaw(server.url, names.map(createRoom).join('') + rooms);
  expect(text.match(/HTTP\/1\.1 200 /g)).toHaveLength(names.length + 1);
  for (const name of names) expect(text.split('\r\n\r\n').at(-1)).toContain(name);
});

it('runs a request behind a refusal that keeps the connection', async () => {
  const refused = request([json, lengthOf(info), 'Accept: text/css'], info);
  const last = request([json, lengthOf(info), close], info);
  const { text } = await sendRaw(server.url, refused + refused + last);
  expect(text.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 406', 'HTTP/1.1 406', 'HTTP/1.1 200']);
});
