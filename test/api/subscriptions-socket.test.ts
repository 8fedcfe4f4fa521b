import { once } from 'node:events';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, afterEach, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { WebSocket } from 'ws';
import { openRawSocket, type RawSocket } from '../support/raw-socket.ts';
import { startTestServer, type TestServer, type TestUser } from '../support/test-server.ts';
import { openTestSocket, type TestSocket, type TestSocketOptions } from '../support/test-socket.ts';

let server: TestServer;
let manager: TestUser;
let sockets: { close(): unknown }[] = [];
beforeAll(async () => {
  server = await startTestServer({
    environment: {
      ALLOWED_ORIGINS: 'https://app.example.org,http://localhost:5173',
      MAX_SOCKETS_PER_ADDRESS: '6',
      MAX_SOCKETS_PER_VIEWER: '3',
      TRUST_PROXY: 'loopback',
    },
  });
  manager = await server.aUser('MANAGER');
});
afterAll(() => server.stop());
afterEach(async () => {
  await Promise.all(sockets.map((socket) => socket.close()));
  sockets = [];
});

const open = (options: TestSocketOptions = {}): TestSocket => {
  const socket = openTestSocket(server.url, options);
  sockets.push(socket);
  return socket;
};

async function openRaw(protocol?: string | string[]): Promise<RawSocket> {
  const raw = await openRawSocket(server.url, protocol === undefined ? {} : { protocol });
  sockets.push(raw);
  return raw;
}

/** Whether one more socket opens, which then stays open. */
const opens = () =>
  open().connected.then(
    () => true,
    () => false,
  );

const init = (token?: string) => ({
  type: 'connection_init',
  payload: token === undefined ? {} : { authorization: `Bearer ${token}` },
});
const ask = (id: string, query: string) => ({ id, type: 'subscribe', payload: { query } });
const info = '{ serverInfo { name } }';

/** A status in place of a socket, as a client gets it that was refused. */
async function refusal(headers: Readonly<Record<string, string>>) {
  const socket = new WebSocket(
    `${server.url.replace('http', 'ws')}/graphql`,
    'graphql-transport-ws',
    { headers },
  );
  socket.on('error', () => {});
  const [, response] = await once(socket, 'unexpected-response');
  const { statusCode: status, headers: reported } = response;
  const { code } = JSON.parse(await text(response)).errors[0].extensions;
  return { status, code, retryAfter: reported['retry-after'] };
}

describe('the origin of a page', () => {
  const here = () => new URL(server.url).host;

  it.each([
    ['none, of a client that is no browser', () => undefined],
    ['that of this server', () => `http://${here()}`],
    ['that of this server, by TLS of a proxy', () => `https://${here()}`],
    ['one that is allowed', () => 'https://app.example.org'],
    ['another that is allowed', () => 'http://localhost:5173'],
  ])('may be %s', async (_case, originOf) => {
    const origin = originOf();
    await open(origin === undefined ? {} : { headers: { origin } }).connected;
  });

  it.each([
    'https://evil.example.org',
    'http://app.example.org',
    'https://app.example.org:8443',
    'https://app.example.org.evil.example',
    'null',
    '',
    'file://',
  ])('may not be %s: there is no socket', async (origin) => {
    expect(await refusal({ origin })).toEqual({ status: 403, code: 'FORBIDDEN' });
  });

  it('is compared with the host that was asked for, port and all', async () => {
    expect(await refusal({ origin: 'http://127.0.0.1:1' })).toEqual({
      status: 403,
      code: 'FORBIDDEN',
    });
    const headers = { origin: 'https://gatehouse.example', host: 'gatehouse.example:443' };
    await open({ headers }).connected;
  });
});

describe('a client that breaks the protocol', () => {
  it.each([
    ['no JSON', 'hello', 4400],
    ['no message', '[]', 4400],
    ['an unknown type', { type: 'start' }, 4400],
    ['a message of servers', { type: 'next', id: '1', payload: {} }, 4400],
    ['an empty subscription', { type: 'subscribe', id: '1', payload: {} }, 4400],
    ['a subscription before it says who it is', ask('1', info), 4401],
  ])('with %s is cut off with a code', async (_case, message, code) => {
    const raw = await openRaw();
    raw.send(message);
    expect((await raw.ended)[0]).toBe(code);
  });

  it('by a second connection_init is cut off', async () => {
    const raw = await openRaw();
    raw.send(init());
    expect(await raw.next()).toMatchObject({ type: 'connection_ack' });
    raw.send(init(manager.accessToken));
    expect((await raw.ended)[0]).toBe(4429);
  });

  it('by an id that is in use is cut off', async () => {
    const raw = await openRaw();
    raw.send(init(manager.accessToken));
    await raw.next();
    raw.send(ask('1', 'subscription { roomEntered { id } }'));
    raw.send(ask('1', info));
    expect((await raw.ended)[0]).toBe(4409);
    await expect.poll(() => server.events.subscriberCount()).toBe(0);
  });

  it('by bytes in place of text is cut off', async () => {
    const raw = await openRaw();
    raw.socket.send(Buffer.from(JSON.stringify(init())));
    expect(await raw.ended).toEqual([1003, 'TEXT_EXPECTED']);
  });

  it('by another protocol, or none, is cut off', async () => {
    expect((await (await openRaw([])).ended)[0]).toBe(4406);
    await expect(openRaw('graphql-ws')).rejects.toThrow('no subprotocol');
  });

  it('by frames that are none is cut off, and the server goes on', async () => {
    const raw = await openRaw();
    raw.write(Buffer.from([0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0]));
    expect((await raw.ended)[0]).toBeOneOf([1002, 1006]);
    await open().connected;
  });

  it('by silence is cut off after three seconds', async () => {
    expect((await (await openRaw()).ended)[0]).toBe(4408);
  });
});

describe('an id that is used again', () => {
  const entered = 'subscription { roomEntered { id } }';

  it('runs what is begun with the message that ends what had it before', async () => {
    const raw = await openRaw();
    raw.send(init(manager.accessToken));
    await raw.next();
    raw.send(ask('a', entered));
    await expect.poll(() => server.events.subscriberCount()).toBe(1);
    raw.sendTogether({ type: 'complete', id: 'a' }, ask('a', info));
    expect(await raw.next()).toMatchObject({ type: 'next', id: 'a' });
    expect(await raw.next()).toEqual({ type: 'complete', id: 'a' });
    await expect.poll(() => server.events.subscriberCount()).toBe(0);
  });

  it('is free as soon as the client receives the end of the operation before', async () => {
    const raw = await openRaw();
    raw.send(init());
    await raw.next();
    for (let count = 0; count < 20; count += 1) {
      raw.send(ask('a', info));
      expect(await raw.next()).toMatchObject({ type: 'next', id: 'a' });
      expect(await raw.next()).toEqual({ type: 'complete', id: 'a' });
    }
  });
});

describe('limits', () => {
  it('bound a message to 100,000 bytes', async () => {
    const raw = await openRaw();
    raw.send({ ...init(), padding: 'x'.repeat(99_000) });
    expect(await raw.next()).toMatchObject({ type: 'connection_ack' });
    raw.send(ask('1', `{ serverInfo { name } } #${'x'.repeat(100_000)}`));
    expect((await raw.ended)[0]).toBe(1009);
  });

  it('bound how many messages come at once', async () => {
    const raw = await openRaw();
    raw.send(init());
    for (let count = 0; count < 300; count += 1) raw.send({ type: 'ping' });
    expect(await raw.ended).toEqual([4429, 'TOO_MANY_MESSAGES']);
  });

  it('bound how many operations of a socket run at once', async () => {
    const socket = open({ token: manager.accessToken });
    const query = 'subscription { roomEntered { id } }';
    const subscriptions = Array.from({ length: 100 }, () => socket.subscribe(query));
    await expect.poll(() => server.events.subscriberCount()).toBe(100);
    const [error] = Array(await socket.subscribe(query).ended).flat();
    expect(error).toMatchObject({ extensions: { code: 'RATE_LIMITED' } });
    subscriptions[0]?.stop();
    await expect.poll(() => server.events.subscriberCount()).toBe(99);
    expect(await socket.subscribe(info).result()).toHaveProperty('data.serverInfo');
  });

  it('bound the sockets of one viewer', async () => {
    const { accessToken: token } = manager;
    for (let count = 0; count < 3; count += 1) await open({ token }).connected;
    const { code, reason } = await open({ token }).ended;
    expect([code, reason]).toEqual([4429, 'TOO_MANY_SOCKETS']);
    await open().connected;
  });

  it('bound the sockets of one address, and count those that are there alone', async () => {
    const opened = Array.from({ length: 6 }, () => open());
    await Promise.all(opened.map(({ connected }) => connected));
    expect(await refusal({})).toEqual({ status: 429, code: 'RATE_LIMITED', retryAfter: '1' });
    await opened[0]?.close();
    await expect.poll(opens).toBe(true);
  });

  it('bound those of one IPv6 network, whichever of its addresses they come from', async () => {
    const from = (address: string) => ({ 'x-forwarded-for': address });
    const opened = [1, 2, 3, 4, 5, 6].map((n) => open({ headers: from(`2001:db8:1:2::${n}`) }));
    await Promise.all(opened.map(({ connected }) => connected));
    expect(await refusal(from('2001:db8:1:2::7'))).toMatchObject({ status: 429 });
    await open({ headers: from('2001:db8:1:3::1') }).connected;
  });
});

describe('requests for a WebSocket', () => {
  /** What comes back for these bytes, when the connection has ended. */
  async function exchange(...lines: readonly string[]): Promise<string> {
    const { hostname, port } = new URL(server.url);
    const socket = connect(Number(port), hostname);
    socket.write(lines.join('\r\n'));
    return text(socket);
  }
  const upgrade = [
    'Host: x',
    'Connection: Upgrade',
    'Upgrade: websocket',
    'Sec-WebSocket-Version: 13',
    'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
    '',
    '',
  ];

  it('elsewhere than at /graphql are answered as what they are', async () => {
    expect(await exchange('GET /nothing HTTP/1.1', ...upgrade)).toMatch(
      /^HTTP\/1\.1 404 [\s\S]*NOT_FOUND/,
    );
    expect(await exchange('GET /health/live HTTP/1.1', ...upgrade)).toMatch(/^HTTP\/1\.1 200 /);
  });

  it.each([
    ['before they are answered', ['Sec-WebSocket-Protocol: graphql-transport-ws'], false],
    ['when they are sockets', ['Sec-WebSocket-Protocol: graphql-transport-ws'], true],
    ['when they are refused', ['Origin: https://evil.example.org'], true],
  ])('and break off %s leave nothing behind', async (_case, headers, isAnswered) => {
    const { hostname, port } = new URL(server.url);
    // More than an address may have: one that went on being counted would leave no room.
    for (let count = 0; count < 8; count += 1) {
      const socket = connect(Number(port), hostname);
      await once(socket, 'connect');
      const answered = once(socket, 'data');
      await new Promise((resolve) =>
        socket.write(['GET /graphql HTTP/1.1', ...headers, ...upgrade].join('\r\n'), resolve),
      );
      if (isAnswered) {
        expect(String(await answered)).toMatch(/^HTTP\/1\.1 (101|403) /);
        socket.resetAndDestroy();
      } else {
        socket.destroy(); // a reset would throw away what the server has not read yet
      }
    }
    for (let count = 0; count < 6; count += 1) await expect.poll(opens).toBe(true);
    expect(await refusal({})).toMatchObject({ status: 429 });
  });
});

describe('the stop of a server', () => {
  it('ends its sockets with 1001, once what was asked has been answered', async () => {
    const stopping = await startTestServer({ environment: { BCRYPT_COST: '10' } });
    const idle = openTestSocket(stopping.url, { token: stopping.admin.accessToken });
    const watching = openTestSocket(stopping.url, { token: stopping.admin.accessToken });
    await Promise.all([idle.connected, watching.connected]);
    const login = 'mutation { login(username: "admin", password: "wrong") { tokenType } }';
    const asked = watching.subscribe(login);
    await idle.subscribe(info).result();
    await stopping.stop();
    expect(await idle.ended).toMatchObject({ code: 1001 });
    expect(await asked.ended).toMatchObject([{ extensions: { reason: 'BAD_CREDENTIALS' } }]);
    expect(await watching.ended).toMatchObject({ code: 1001 });
  });

  it('waits for a mutation under an id that a completed query has had before', async () => {
    const stopping = await startTestServer({ environment: { BCRYPT_COST: '10' } });
    const raw = await openRawSocket(stopping.url);
    raw.send(init());
    await raw.next();
    const login = 'mutation { login(username: "admin", password: "wrong") { tokenType } }';
    raw.sendTogether(
      ask('a', info),
      { type: 'complete', id: 'a' },
      ask('a', login),
      ask('b', info),
    );
    expect(await raw.next()).toMatchObject({ type: 'next', id: 'b' });
    await stopping.stop();
    expect(await raw.next()).toEqual({ type: 'complete', id: 'b' });
    const answer = await Promise.race([raw.next(), raw.ended]);
    expect(answer).toMatchObject({ type: 'error', id: 'a' });
    expect((await raw.ended)[0]).toBe(1001);
  });

  it('does not wait for ever for a client that does not close its end', async () => {
    const stopping = await startTestServer();
    onTestFinished(() => void raw.destroy());
    const { hostname, port } = new URL(stopping.url);
    const raw = connect(Number(port), hostname);
    raw.write(
      'GET /graphql HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n' +
        'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n' +
        'Sec-WebSocket-Protocol: graphql-transport-ws\r\n\r\n',
    );
    await once(raw, 'data');
    raw.pause();
    await stopping.stop();
  });
});
