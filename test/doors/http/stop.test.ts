import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Socket } from 'node:net';
import { expect, it } from 'vitest';
import { eventually } from '../../support/eventually.ts';
import { openConnection, readToEnd } from '../../support/raw-http.ts';
import { startTestServer } from '../../support/test-server.ts';

/** Looked after seldom, so that nothing but its last answer ends a connection, or often. */
const patient = { headersMs: 10_000, requestMs: 20_000, checkMs: 60_000 };
const impatient = { ...patient, checkMs: 100 };

const body = JSON.stringify({ query: '{ serverInfo { name } }' });
const head = [
  'POST /graphql HTTP/1.1',
  'Host: 127.0.0.1',
  'Content-Type: application/json',
  `Content-Length: ${body.length}`,
];

/** Sends all of a request but its body, once the server waits for that. Its connection is to stay open. */
async function begin(url: string): Promise<Socket> {
  const socket = openConnection(url);
  socket.write(`${[...head, 'Expect: 100-continue'].join('\r\n')}\r\n\r\n`);
  await once(socket, 'data');
  return socket;
}

it('answers what is under way and what a proxy was sending, each as the last of its connection', async () => {
  const server = await startTestServer({ connectionTimes: patient });
  const underWay = await begin(server.url);
  const sending = openConnection(server.url);
  await once(sending, 'connect');
  const before = server.ask('{ serverInfo { name } }'); // answered after the head's first bytes came
  sending.write(head.slice(0, -1).join('\r\n'));
  await before;

  const stopped = server.stop();
  underWay.write(body);
  sending.write(`\r\n${head.at(-1)}\r\n\r\n${body}`);
  for (const answer of [await readToEnd(underWay), await readToEnd(sending)]) {
    expect(answer, answer.text).toMatchObject({
      status: 200,
      headers: { connection: 'close' },
      body: '{"data":{"serverInfo":{"name":"Gatehouse"}}}\n',
    });
  }
  await stopped;
});

it('waits for no client that takes nothing of its answers', async () => {
  const server = await startTestServer({ connectionTimes: impatient });
  const { version } = createRequire(import.meta.url)('altair-static/package.json');
  const large = `/graphql/altair/${version}/main.js`;
  const openFiles = () => readdirSync('/proc/self/fd').length;
  const before = openFiles();
  const silent = Array.from({ length: 12 }, () => openConnection(server.url).pause());
  // A file can fit into the buffers between the two ends. Three do not.
  for (const each of silent) each.write(`GET ${large} HTTP/1.1\r\nHost: a\r\n\r\n`.repeat(3));
  // Both ends of each connection, and a file.
  await eventually(() => expect(openFiles()).toBeGreaterThanOrEqual(before + 36));
  await server.stop();
  await Promise.all(silent.map((each) => once(each.resume(), 'close')));
});

it('waits for neither a connection that asks for nothing nor one that asks too slowly', async () => {
  const server = await startTestServer({ connectionTimes: impatient });
  const silent = openConnection(server.url);
  const slow = await begin(server.url);
  const ended = Promise.all([readToEnd(silent), readToEnd(slow)]);
  await server.stop();
  expect((await ended).map(({ text }) => text)).toEqual(['', '']);
});
