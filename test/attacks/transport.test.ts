import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect } from 'vitest';
import {
  type AttackedServer,
  attack,
  expectNothingTold,
  startAttackedServer,
} from '../support/attacked-server.ts';
import { adminPassword, userPassword } from '../support/test-server.ts';

let server: AttackedServer;
beforeAll(async () => {
  server = await startAttackedServer();
});
afterAll(() => server.stop());

/** What comes back for these bytes, when the connection has ended. */
async function exchange(bytes: string | Buffer): Promise<string> {
  const { hostname, port } = new URL(server.url);
  const socket = connect(Number(port), hostname);
  socket.on('error', () => {});
  socket.write(bytes);
  return text(socket).catch(() => '');
}

const write = 'mutation { createRoom(input: { name: "x", floor: 1, groups: [] }) { id } }';
const body = JSON.stringify({ query: '{ serverInfo { name } }' });
const request = (...headers: readonly string[]) =>
  ['POST /graphql HTTP/1.1', 'Host: x', 'Content-Type: application/json', ...headers, '', ''].join(
    '\r\n',
  );
const length = `Content-Length: ${body.length}`;
const close = 'Connection: close';
const hidden = 'GET /.well-known/jwks.json HTTP/1.1\r\nHost: x\r\n\r\n';

const smuggling = 'request smuggling (CWE-444); RFC 9112 6, 11.2';
for (const { what, bytes } of [
  {
    what: 'two lengths',
    bytes: `${request(length, 'Content-Length: 0', close)}${body}${hidden}`,
  },
  {
    what: 'a length beside chunks',
    bytes: `${request('Content-Length: 5', 'Transfer-Encoding: chunked')}0\r\n\r\n${hidden}`,
  },
  {
    what: 'an unknown coding of the body',
    bytes: `${request('Transfer-Encoding: xchunked', length)}${body}${hidden}`,
  },
  {
    what: 'white space before a colon',
    bytes: `${request('Transfer-Encoding : chunked', length)}${body}${hidden}`,
  },
  { what: 'a folded header', bytes: `${request('X-A: a\r\n b', length, close)}${body}` },
  { what: 'a length below zero', bytes: `${request('Content-Length: -1')}${hidden}` },
  { what: 'a length with a sign', bytes: `${request('Content-Length: +5')}${hidden}` },
  {
    what: 'a chunk without a size',
    bytes: `${request('Transfer-Encoding: chunked')}g\r\n${hidden}`,
  },
  { what: 'a NUL in a header', bytes: `${request('X-A: a\0b', length, close)}${body}` },
  {
    what: 'a bare line feed in a header',
    bytes: `${request('X-A: a\nX-B: b\0', length, close)}${body}`,
  },
]) {
  attack(`hide a request behind ${what}`, smuggling, async () => {
    const answer = await exchange(bytes);
    expect(answer).toMatch(/^HTTP\/1\.1 400 /);
    expect(answer.match(/HTTP\/1\.1 /g)).toHaveLength(1);
    expect(answer).not.toContain('"keys"');
  });
}

for (const { what, bytes } of [
  { what: 'a handshake of TLS', bytes: Buffer.from('1603010200010001fc0303', 'hex') },
  { what: 'the preface of HTTP/2', bytes: 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n' },
  { what: 'an unknown version', bytes: 'GET /graphql HTTP/9.9\r\nHost: x\r\n\r\n' },
  { what: 'an unknown method', bytes: 'HACK /graphql HTTP/1.1\r\nHost: x\r\n\r\n' },
  { what: 'random bytes', bytes: Buffer.from('00ff10fe20fd30fc0d0a0d0a', 'hex') },
]) {
  attack(`send ${what}`, 'ASVS 5 4.2', async () => {
    expect(await exchange(bytes)).toMatch(/^HTTP\/1\.1 400 /);
  });
}

for (const { what, bytes } of [
  { what: 'HTTP/0.9', bytes: 'GET /graphql\r\n\r\n' },
  { what: 'HTTP/0.9, by name', bytes: 'GET /health/live HTTP/0.9\r\nHost: x\r\n\r\n' },
  { what: 'HTTP/2.0', bytes: 'GET /health/live HTTP/2.0\r\nHost: x\r\n\r\n' },
  {
    what: 'HTTP/2.0, with a body',
    bytes: `${request(length).replace('HTTP/1.1', 'HTTP/2.0')}${body}`,
  },
  {
    what: 'HTTP/2.0, with a handshake',
    bytes:
      'GET /graphql HTTP/2.0\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n' +
      'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n' +
      'Sec-WebSocket-Protocol: graphql-transport-ws\r\n\r\n',
  },
]) {
  attack(`have a request of ${what} served`, 'RFC 9110 2.5; RFC 9112 2.3', async () => {
    const answer = await exchange(bytes);
    expect(answer).toMatch(/^HTTP\/1\.1 505 /);
    expect(answer.match(/HTTP\/1\.1 /g)).toHaveLength(1);
  });
}

attack('run a request behind one whose answer is the last', 'RFC 9112 9.6; CWE-444', async () => {
  const change = JSON.stringify({ query: write });
  const first = 'PUT /graphql HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n';
  const second = [
    'POST /graphql HTTP/1.1',
    'Host: x',
    'Content-Type: application/json',
    `Authorization: Bearer ${server.manager.accessToken}`,
    `Content-Length: ${change.length}`,
    '',
    change,
  ].join('\r\n');
  for (const bytes of [first + second, first + first + second]) {
    const answer = await server.unchanged(() => exchange(bytes));
    expect(answer).toMatch(/^HTTP\/1\.1 405 /);
    expect(answer.match(/HTTP\/1\.1 /g)).toHaveLength(1);
  }
  // What was asked behind it would have run by then.
  await server.unchanged(() => server.ask('{ serverInfo { name } }'));
});

for (const host of ['', '[', 'a b', 'x:y:z', '%', 'http://x', '<script>', 'a,b', 'x:99999999']) {
  attack(`ask for the host "${host}"`, 'RFC 9112 3.2; API8:2023: host header', async () => {
    const head = `POST /graphql HTTP/1.1\r\nHost: ${host}\r\nContent-Type: application/json\r\n`;
    const answer = await exchange(`${head}${length}\r\n${close}\r\n\r\n${body}`);
    expect(answer).toMatch(/^HTTP\/1\.1 (200|400) /);
  });
}

attack('ask without a host', 'RFC 9112 3.2', async () => {
  expect(await exchange('GET /health/live HTTP/1.1\r\nConnection: close\r\n\r\n')).toMatch(
    /^HTTP\/1\.1 400 /,
  );
});

attack('use the server as a proxy', 'ASVS 5 4.2; CONNECT', async () => {
  expect(await exchange('CONNECT example.org:443 HTTP/1.1\r\nHost: x\r\n\r\n')).not.toMatch(
    / 200 /,
  );
});

attack('have a token echoed by TRACE', 'ASVS 5 13.4.4: cross-site tracing', async () => {
  const bytes =
    'TRACE /graphql HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer mine\r\nConnection: close\r\n\r\n';
  expect(await exchange(bytes)).not.toContain('Bearer mine');
});

attack('hide a request in a body whose length is left out', 'CWE-444; h2c', async () => {
  const many = Array.from({ length: 1_100 }, () => 'a:');
  const upgrade = ['Connection: Upgrade', 'Upgrade: h2c', ...many];
  const answer = await exchange(
    `${request(...upgrade, `Content-Length: ${hidden.length}`)}${hidden}`,
  );
  expect(answer.match(/HTTP\/1\.1 /g)?.length ?? 0).toBeLessThanOrEqual(1);
  expect(answer).not.toMatch(/^HTTP\/1\.1 2/);
});

for (const { header, status } of [
  { header: `Content-Type: application/json${' '.repeat(15_000)};`, status: 415 },
  { header: `Accept: ${'a/b,'.repeat(3_900)}*/*`, status: 406 },
]) {
  const [name] = header.split(':');
  attack(
    `stall the server by a value of ${name} that takes long to read`,
    'CWE-1333: ReDoS',
    async () => {
      const head = ['POST /graphql HTTP/1.1', 'Host: x', header, length, close, '', ''];
      const answer = await exchange(head.join('\r\n') + body);
      expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    },
  );
}

attack('get round a proxy by an upgrade to h2c', 'h2c smuggling', async () => {
  const offer = ['Connection: Upgrade, HTTP2-Settings, close', 'Upgrade: h2c'];
  const settings = 'HTTP2-Settings: AAMAAABkAAQAAP__';
  const answer = await exchange(`${request(...offer, settings, length)}${body}`);
  expect(answer.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 200']);
});

attack('send headers without an end', 'ASVS 5 4.2.5; CVE-2018-12121', async () => {
  const answer = await exchange(
    `GET /graphql HTTP/1.1\r\nHost: x\r\nX-A: ${'a'.repeat(40_000)}\r\n\r\n`,
  );
  expect(answer).toMatch(/^HTTP\/1\.1 431 /);
});

attack('send a body without an end', 'API4:2023', async () => {
  const response = await fetch(`${server.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query: `{ serverInfo { name } } #${'a'.repeat(200_000)}` }),
  });
  expect([response.status, Object.keys(await response.json())]).toEqual([413, ['errors']]);
});

attack('hide a bomb in a compressed body', 'API4:2023: decompression', async () => {
  const response = await fetch(`${server.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'content-encoding': 'gzip' },
    body: new Uint8Array(Buffer.from('1f8b08000000000000ff', 'hex')),
  });
  expect(response.status).toBeGreaterThanOrEqual(400);
  expect(response.status).toBeLessThan(500);
});

for (const method of ['GET', 'PUT', 'DELETE', 'PATCH']) {
  attack(`change something by ${method}`, 'graphql-cop: GET based mutation; CSRF', async () => {
    const query = 'mutation { createRoom(input: { name: "x", floor: 1, groups: [] }) { id } }';
    const { accessToken } = server.manager;
    const { status } = await server.unchanged(() =>
      fetch(`${server.url}/graphql?query=${encodeURIComponent(query)}`, {
        method,
        headers: { authorization: `Bearer ${accessToken}` },
      }),
    );
    expect(status).toBe(405);
  });
}

const info = '{ serverInfo { name } }';
/** Sends a request as MANAGER, whatever it holds, and sees that it changes nothing. */
async function sent(
  { path = '/graphql', method = 'POST' }: { readonly path?: string; readonly method?: string },
  init: { readonly headers?: Readonly<Record<string, string>>; readonly body?: string },
) {
  const answer = await server.unchanged(() =>
    fetch(`${server.url}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${server.manager.accessToken}`,
        ...(init.body === undefined ? {} : { 'content-type': 'application/json' }),
        ...init.headers,
      },
      ...(init.body === undefined ? {} : { body: init.body }),
    }),
  );
  return { status: answer.status, headers: answer.headers, body: await answer.json() };
}
const refused = (code: string) => ({
  errors: [{ message: expect.any(String), extensions: { code } }],
});

attack('write as who may (what is tried below works)', 'none', async () => {
  const { data } = await server.ask(write, { token: server.manager.accessToken });
  expect(data.createRoom.id).toEqual(expect.any(String));
});

for (const [name, value] of [
  ['x-http-method-override', 'POST'],
  ['x-http-method', 'POST'],
  ['x-method-override', 'POST'],
] as const) {
  attack(`change something by GET with the header "${name}"`, 'CSRF; method override', async () => {
    const path = `/graphql?query=${encodeURIComponent(write)}`;
    const headers = { [name]: value, 'apollo-require-preflight': '1' };
    const { status, headers: reported, body } = await sent({ path, method: 'GET' }, { headers });
    expect([status, reported.get('allow')]).toEqual([405, 'POST']);
    expect(body).toEqual(refused('BAD_REQUEST'));
  });

  attack(`change something by PUT with the header "${name}"`, 'method override', async () => {
    const body = JSON.stringify({ query: write });
    const answer = await sent({ method: 'PUT' }, { headers: { [name]: value }, body });
    expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'GET, POST']);
    expect(answer.body).toEqual(refused('BAD_REQUEST'));
  });
}

attack(
  'change something by GET with _method=POST in the URL',
  'CSRF; method override',
  async () => {
    const path = `/graphql?_method=POST&query=${encodeURIComponent(write)}`;
    const headers = { 'apollo-require-preflight': '1' };
    const { status, body } = await sent({ path, method: 'GET' }, { headers });
    expect([status, body]).toEqual([405, refused('BAD_REQUEST')]);
  },
);

attack('write by the URL of a POST that reads in its body', 'parameter pollution', async () => {
  const path = `/graphql?query=${encodeURIComponent(write)}`;
  const { status, body } = await sent({ path }, { body: JSON.stringify({ query: info }) });
  expect([status, body]).toEqual([200, { data: { serverInfo: { name: 'Gatehouse' } } }]);
});

for (const body of ['{}', '{"variables":{}}', '{"operationName":"A"}']) {
  attack(`write by the URL of a POST whose body is ${body}`, 'parameter pollution', async () => {
    const path = `/graphql?query=${encodeURIComponent(write)}`;
    const answer = await sent({ path }, { body });
    expect([answer.status, answer.body]).toEqual([400, refused('BAD_REQUEST')]);
  });
}

attack('choose the operation of a body by the URL', 'parameter pollution', async () => {
  const body = JSON.stringify({
    query: `query A ${info} ${write.replace('mutation', 'mutation B')}`,
    operationName: 'A',
  });
  const answer = await sent({ path: '/graphql?operationName=B' }, { body });
  expect(answer.body).toEqual({ data: { serverInfo: { name: 'Gatehouse' } } });
});

/** What a filter in front may read the first of, the server reads the last of: it decides on what it runs. */
const duplicates = 'RFC 8259 4: duplicate keys';
const forbiddenQuery = JSON.stringify('{ apiClients { id } }');
for (const { what, body } of [
  { what: 'query', body: `{"query":${JSON.stringify(info)},"query":${forbiddenQuery}}` },
  {
    what: 'query, written with an escape',
    body: `{"query":${JSON.stringify(info)},"qu\\u0065ry":${forbiddenQuery}}`,
  },
  {
    what: 'operationName',
    body: `{"query":"query A { me { id } } query B { apiClients { id } }","operationName":"A","operationName":"B"}`,
  },
  {
    what: 'variables',
    body: `{"query":"query ($on: Boolean) { users(includeDisabled: $on) { __typename } }","variables":{},"variables":{"on":true}}`,
  },
]) {
  attack(`hide what is forbidden in a second key "${what}"`, duplicates, async () => {
    const answer = await sent({}, { body });
    expect(answer.status).toBe(403);
    expect(answer.body).toMatchObject({ errors: [{ extensions: { code: 'FORBIDDEN' } }] });
    expect(answer.body).not.toHaveProperty('data');
  });
}

attack('write by the first of two keys "query"', duplicates, async () => {
  const body = `{"query":${JSON.stringify(write)},"query":${JSON.stringify(info)}}`;
  const answer = await sent({}, { body });
  expect(answer.body).toEqual({ data: { serverInfo: { name: 'Gatehouse' } } });
});

for (const type of [
  'application/graphql-response+json',
  'application/graphql+json',
  'application/vnd.api+json',
  'application/jsonp',
  'text/json',
  'text/plain;application/json',
]) {
  attack(`write by a body of the type ${type}`, 'GraphQL over HTTP; CSRF', async () => {
    const body = JSON.stringify({ query: write });
    const answer = await sent({}, { headers: { 'content-type': type }, body });
    expect([answer.status, answer.body]).toEqual([415, refused('BAD_REQUEST')]);
  });
}

attack('read an answer from a page of another site', 'graphql-cop; CORS', async () => {
  const headers = { origin: 'https://evil.example', 'content-type': 'application/json' };
  const response = await fetch(`${server.url}/graphql`, { method: 'POST', headers, body });
  expect(response.headers.get('access-control-allow-origin')).toBeNull();
  const preflight = await fetch(`${server.url}/graphql`, {
    method: 'OPTIONS',
    headers: { ...headers, 'access-control-request-method': 'POST' },
  });
  expect(preflight.headers.get('access-control-allow-origin')).toBeNull();
});

attack('learn what the server is made of', 'ASVS 5 13.4.6', async () => {
  for (const path of ['/graphql', '/nothing', '/health/live', '/.well-known/jwks.json']) {
    const { headers } = await fetch(`${server.url}${path}`);
    for (const name of ['server', 'x-powered-by', 'x-apollo-tracing']) {
      expect(headers.get(name)).toBeNull();
    }
  }
});

attack('have the answer to a query in the text of a script', 'XSSI', async () => {
  const url = `${server.url}/graphql?query={serverInfo{name}}&callback=steal`;
  const answer = await fetch(url, { headers: { 'apollo-require-preflight': '1' } });
  expect(await answer.text()).not.toContain('steal');
});

attack(
  'find a secret in the answers and the log after all of this',
  'ASVS 5 16.2.5, 16.5.1',
  async () => {
    expectNothingTold(server, [adminPassword, userPassword]);
  },
);
