import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { connect, type Socket } from 'node:net';
import { platform } from 'node:os';
import { setTimeout } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type AttackedServer, attack, startAttackedServer } from '../support/attacked-server.ts';
import { eventually } from '../support/eventually.ts';
import { openConnection, readToEnd, sendRaw } from '../support/raw-http.ts';
import { openRawSocket } from '../support/raw-socket.ts';
import { adminPassword } from '../support/test-server.ts';

let server: AttackedServer;
beforeAll(async () => {
  server = await startAttackedServer();
});
afterAll(() => server.stop());

const lines = (...each: readonly string[]) => `${[...each, 'Host: a', '', ''].join('\r\n')}`;
const get = (path: string, ...headers: readonly string[]) =>
  lines(`GET ${path} HTTP/1.1`, ...headers);
const login = JSON.stringify({
  query: `mutation { login(username: "admin", password: "${adminPassword}") { tokenType } }`,
});
const loginRequest = `${lines(
  'POST /graphql HTTP/1.1',
  'Content-Type: application/json',
  `Content-Length: ${login.length}`,
)}${login}`;
const webSocket = get('/graphql', 'Connection: Upgrade', 'Upgrade: websocket');
const isServing = async () => {
  const answer = await server.ask('{ serverInfo { name } }');
  expect(answer.status).toBe(200);
};

const pipelining = 'CWE-444; CWE-248: two answers on one connection';
for (const { behind, first } of [
  { behind: 'a look at its health', first: get('/health/ready') },
  { behind: 'a login', first: loginRequest },
  { behind: 'a request that expects what is not there', first: get('/', 'Expect: x') },
]) {
  for (const { what, second } of [
    { what: 'a handshake', second: webSocket },
    // Its offer is ignored, and the connection then ends with a third request.
    {
      what: 'an upgrade to h2c',
      second:
        get('/graphql', 'Connection: Upgrade', 'Upgrade: h2c') + get('/', 'Connection: close'),
    },
    { what: 'a tunnel', second: lines('CONNECT a:443 HTTP/1.1') },
  ]) {
    attack(`end the process by ${what} behind ${behind}`, pipelining, async () => {
      const { text } = await sendRaw(server.url, first + second);
      // Nothing, or the first answer: never the second one in its place.
      expect(text).not.toMatch(/^HTTP\/1\.1 (?:1|40)/);
      await isServing();
    });
  }
}

attack('ask without an end and take no answer, on one connection', 'API4:2023', async () => {
  const connection = openConnection(server.url);
  connection.write(get('/graphql/altair/none.js').repeat(22));
  const { text } = await readToEnd(connection);
  expect(text.match(/HTTP\/1\.1/g)?.length ?? 0).toBeLessThan(22);
  await isServing();
});

const { version } = createRequire(import.meta.url)('altair-static/package.json');
const file = `/graphql/altair/${version}/main.js`;
const openFiles = () => readdirSync('/proc/self/fd').length;

setFlagsFromString('--expose-gc');
const collectGarbage: () => void = runInNewContext('gc');
/** What is in use, without garbage. */
function heapBytes(): number {
  collectGarbage();
  return process.memoryUsage().heapUsed;
}

describe.runIf(platform() === 'linux')('files that clients do not read to their end', () => {
  attack('stay open when their connections have gone', 'CWE-772; API4:2023', async () => {
    await isServing();
    const before = openFiles();
    const connections = Array.from({ length: 75 }, () => openConnection(server.url).pause());
    for (const connection of connections) connection.write(get(file).repeat(2));
    await eventually(() => expect(openFiles()).toBeGreaterThan(before + 60));
    for (const connection of connections) connection.destroy();
    await eventually(() => expect(openFiles()).toBeLessThan(before + 10));
  });

  attack('stay open when their clients have gone before they are found', 'CWE-772', async () => {
    await isServing();
    const before = openFiles();
    for (let round = 0; round < 10; round += 1) {
      const connections = Array.from({ length: 10 }, () => openConnection(server.url));
      await Promise.all(connections.map((connection) => once(connection, 'connect')));
      for (const connection of connections) connection.write(get(file).repeat(2));
      await setTimeout(2);
      for (const connection of connections) connection.on('error', () => {}).resetAndDestroy();
    }
    await eventually(() => expect(openFiles()).toBeLessThan(before + 10));
  });

  attack('are opened without an end', 'CWE-770; API4:2023', async () => {
    const connections: Socket[] = [];
    // A file can fit into the buffers between the two machines, and is then no longer open. Three do not.
    const leaveUnread = (count: number) => {
      const more = Array.from({ length: count }, () => openConnection(server.url).pause());
      for (const connection of more) connection.write(get(file).repeat(3));
      connections.push(...more);
    };
    leaveUnread(210);
    await eventually(async () => {
      const { status, headers, body } = await fetch(`${server.url}${file}`);
      await body?.cancel();
      if (status === 200) leaveUnread(20);
      expect({ status, retryAfter: headers.get('retry-after') }).toEqual({
        status: 503,
        retryAfter: '1',
      });
    });
    await isServing();
    for (const connection of connections) connection.destroy();
    await eventually(async () => {
      const answer = await fetch(`${server.url}${file}`);
      expect({ status: answer.status, length: (await answer.text()).length > 0 }).toEqual({
        status: 200,
        length: true,
      });
    });
  });
});

attack('fill the memory with bodies in pieces of one byte', 'CWE-770; API4:2023', async () => {
  const start = lines(
    'POST /graphql HTTP/1.1',
    'Content-Type: application/json',
    'Transfer-Encoding: chunked',
  );
  const pieces = '1\r\n \r\n'.repeat(95_000);
  await isServing();
  const before = heapBytes();
  const connections = Array.from({ length: 10 }, () => openConnection(server.url));
  for (const connection of connections) {
    connection.write(start + pieces);
    await eventually(() => expect(connection.writableLength).toBe(0));
  }
  await isServing();
  expect(heapBytes() - before).toBeLessThan(50_000_000);
  for (const connection of connections) connection.destroy();
});

describe('a socket whose client does not read', () => {
  const init = { type: 'connection_init' };
  const megabyte = 1_000_000;

  attack(
    'is answered without an end, and fills the memory',
    'CWE-770; CWE-400',
    async () => {
      const raw = await openRawSocket(server.url);
      raw.send(init);
      expect(await raw.next()).toMatchObject({ type: 'connection_ack' });
      raw.socket.pause();
      const payload = { text: 'x'.repeat(95_000) };
      for (let n = 0; n < 190; n += 1) raw.send({ type: 'ping', payload });
      // What is not in the buffers of the two machines waits here: the server reads no further.
      await eventually(() => expect(raw.socket.bufferedAmount).toBeLessThan(19 * megabyte));
      let last = -1;
      await vi.waitFor(
        () => {
          const left = raw.socket.bufferedAmount;
          const isStill = left === last;
          last = left;
          expect({ isStill, isMuch: left > 2 * megabyte }).toEqual({ isStill: true, isMuch: true });
        },
        { interval: 300, timeout: 60_000 },
      );
      raw.socket.resume();
      for (let n = 0; n < 190; n += 1) {
        expect(await raw.next()).toEqual({ type: 'pong', payload });
      }
      await raw.close();
    },
    { isInSample: false },
  );

  attack('repeats a long id with each answer', 'CWE-770: amplification', async () => {
    const raw = await openRawSocket(server.url);
    raw.send(init);
    await raw.next();
    raw.send({ type: 'subscribe', id: 'i'.repeat(129), payload: { query: '{ __typename }' } });
    expect(await raw.ended).toEqual([4400, 'ID_TOO_LONG']);
  });
});

for (const { what, bytes } of [
  { what: 'a handshake', bytes: webSocket },
  { what: 'a handshake at another path', bytes: webSocket.replace('/graphql', '/health/live') },
  { what: 'a tunnel', bytes: lines('CONNECT a:443 HTTP/1.1') },
]) {
  attack(`keep a connection open for good that was refused ${what}`, 'CWE-772', async () => {
    const port = Number(new URL(server.url).port);
    const connection = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
    connection.on('error', () => {});
    connection.write(bytes);
    await once(connection, 'data');
    connection.resume();
    // Its own end stays open, until what it says meets a connection that has gone.
    await eventually(async () => {
      connection.write('x');
      await setTimeout(20);
      expect(connection.destroyed).toBe(true);
    });
  });
}

it('answers a handshake without its key in the shape of every error', async () => {
  const { status, headers, body } = await sendRaw(server.url, webSocket);
  expect({ status, type: headers['content-type'] }).toEqual({
    status: 400,
    type: 'application/json; charset=utf-8',
  });
  expect(JSON.parse(body)).toMatchObject({ errors: [{ extensions: { code: 'BAD_REQUEST' } }] });
});
