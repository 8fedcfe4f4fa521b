import { once } from 'node:events';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openListenSession } from '../../src/database/events/listen-session.ts';

/** A message of PostgreSQL's protocol: its type, its length and its content. */
function message(type: string, content: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeInt32BE(content.length + 4);
  return Buffer.concat([Buffer.from(type), length, content]);
}
const int32 = (value: number) => Buffer.from([0, 0, value >> 8, value & 0xff]);
const text = (value: string) => Buffer.from(`${value}\0`);

const authenticated = message('R', int32(0));
const ready = message('Z', Buffer.from('I'));
const answer = Buffer.concat([message('C', text('LISTEN')), ready]);
const terminated = message(
  'E',
  Buffer.concat([text('SFATAL'), text('C57P01'), text('Mterminating connection'), Buffer.alloc(1)]),
);

/** A server that answers the first query, and ends the session in the same packet. */
let server: Server;
beforeEach(async () => {
  server = createServer((socket) => {
    socket.once('data', () => {
      socket.write(Buffer.concat([authenticated, ready]));
      socket.once('data', () => socket.end(Buffer.concat([answer, terminated])));
    });
    socket.on('error', () => {});
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
});
afterEach(() => void server.close());

it('rejects when the session is terminated at the moment when it opens', async () => {
  const { port }: AddressInfo = Object(server.address());
  const broken: Error[] = [];
  const opening = openListenSession({
    config: { host: '127.0.0.1', port, user: 'gatehouse', password: '' },
    channel: 'events',
    answerTimeoutMs: 60_000,
    firstAnswerTimeoutMs: 60_000,
    onNotification: async () => {},
    beat: async () => 60_000,
    onBroken: (error) => void broken.push(error),
  });
  await expect(opening).rejects.toThrow('terminating connection');
  expect(broken).toEqual([]);
});
