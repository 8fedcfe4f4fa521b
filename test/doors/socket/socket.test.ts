import { once } from 'node:events';
import { afterEach, expect, it, vi } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { openSocket } from '../../../src/doors/socket/socket.ts';
import { keepAliveMs, messageBurst } from '../../../src/doors/socket/socket-limits.ts';
import { eventually } from '../../support/eventually.ts';

let servers: WebSocketServer[] = [];
afterEach(() => {
  vi.useRealTimers();
  for (const server of servers) {
    for (const client of server.clients) client.terminate();
    server.close();
  }
  servers = [];
});

/** Of ws: leaves it to what is tested to end a client that sends much, and ends it soon from then on. */
const lenient = { maxPendingAutoPongs: 2 * messageBurst, closeTimeout: 100 };

/** Both ends of a socket, for which no time passes: the burst is all that the client may send. */
async function aSocket() {
  const server = new WebSocketServer({ port: 0, ...lenient });
  servers.push(server);
  await once(server, 'listening');
  const client = new WebSocket(`ws://127.0.0.1:${Reflect.get(Object(server.address()), 'port')}`);
  const [[webSocket]] = await Promise.all([once(server, 'connection'), once(client, 'open')]);
  openSocket({
    webSocket,
    open: () => async () => {},
    onProblem: () => {},
    elapsedMs: () => 0,
  });
  const ended = once(client, 'close').then(([code, reason]) => [code, String(reason)]);
  return { server: webSocket, client, ended };
}

/** Until all that was sent before has been read. */
async function roundTrip({ client, server }: { client: WebSocket; server: WebSocket }) {
  const read = once(server, 'ping');
  client.ping();
  await read;
}

it.each([
  { kind: 'pings', send: (client: WebSocket) => client.ping() },
  { kind: 'pongs', send: (client: WebSocket) => client.pong() },
  { kind: 'messages', send: (client: WebSocket) => client.send('x') },
])('closes the socket of a client that sends too many $kind, with the reason', async ({ send }) => {
  const { server, client, ended } = await aSocket();
  for (let count = 0; count <= messageBurst; count += 1) send(client);
  await eventually(() => expect(server.isPaused).toBe(true));
  expect(await ended).toEqual([4429, 'TOO_MANY_MESSAGES']);
});

it('does not count an answer to its own question, but the same answer again', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  const { server, client, ended } = await aSocket();
  for (let count = 0; count < messageBurst - 2; count += 1) client.pong();
  await roundTrip({ client, server });
  for (let times = 0; times < 3; times += 1) {
    const asked = once(client, 'ping');
    const answered = once(server, 'pong');
    vi.advanceTimersByTime(keepAliveMs);
    await Promise.all([asked, answered]);
  }
  await roundTrip({ client, server });
  expect(server.readyState).toBe(WebSocket.OPEN);
  const asked = once(client, 'ping');
  vi.advanceTimersByTime(keepAliveMs);
  const [question] = await asked;
  client.pong(question);
  await eventually(() => expect(server.isPaused).toBe(true));
  expect((await ended)[0]).toBe(4429);
});
