import { once } from 'node:events';
import { expect, it } from 'vitest';
import { openConnection, readToEnd } from '../support/raw-http.ts';
import { startTestServer } from '../support/test-server.ts';

it('answers what a proxy was sending when the server began to stop', async () => {
  const server = await startTestServer();
  const body = JSON.stringify({ query: '{ serverInfo { name } }' });
  const socket = openConnection(server.url);
  await once(socket, 'connect');
  const before = server.ask('{ serverInfo { name } }'); // answered after the head's first bytes came
  socket.write('POST /graphql HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n');
  await before;

  const stopped = server.stop();
  socket.write(`Content-Length: ${body.length}\r\n\r\n${body}`);
  const answer = await readToEnd(socket);
  expect(answer).toMatchObject({
    status: 200,
    body: '{"data":{"serverInfo":{"name":"Gatehouse"}}}\n',
  });
  expect(answer.headers).toMatchObject({ connection: 'close' });
  await stopped;
});
