import { getEventListeners, once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import express from 'express';
import { expect, it, onTestFinished } from 'vitest';
import { signalOfConnection } from '../../../src/doors/request/request-signal.ts';
import { openConnection, sendRaw } from '../../support/raw-http.ts';
import { startHost } from '../../support/route-doors.ts';
import { routeProbe } from '../../support/route-probe.ts';
import { startTestServer } from '../../support/test-server.ts';

const plain = { method: 'POST', body: 'a', headers: { 'content-type': 'text/plain' } };

/** Listens until the test has ended, and returns the URL. */
async function listen(listener: RequestListener): Promise<string> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  onTestFinished(() => void server.close().closeAllConnections());
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('It listens on no port.');
  return `http://127.0.0.1:${address.port}`;
}

it('says to the owner of an existing server that it has read the body before', async () => {
  const { calls, probe } = routeProbe();
  const { gatehouse, logLines, stop } = await startHost(probe);
  onTestFinished(stop);
  const url = await listen(express().use(express.text(), gatehouse.handler));
  const response = await fetch(`${url}/probe/echo`, plain);
  expect(response.status).toBe(500);
  expect(logLines.join('')).toContain('was read before `handler`');
  const request = new Request('http://gate.example/probe/echo', plain);
  await request.text();
  expect((await gatehouse.handler(request)).status).toBe(500);
  expect(calls).toEqual([]);
});

it('knows of no other host than the address says, and of none that hides a path or a user', async () => {
  const { calls, probe } = routeProbe();
  const { gatehouse, stop } = await startHost(probe);
  onTestFinished(stop);
  const url = await listen((request, response) => void gatehouse.handler(request, response));
  for (const host of ['a/probe/bearer?', 'a/../x', 'user:secret@a', 'a#', 'a\\b', 'a b', '']) {
    const request = `GET /probe/below/a HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`;
    const { status } = await sendRaw(url, request);
    expect(status, host).toBe(400);
  }
  expect(calls).toEqual([]);
});

it('leaves nothing on a connection that has more requests', async () => {
  const { gatehouse, stop } = await startHost(routeProbe().probe);
  onTestFinished(stop);
  const sockets = new Set<Socket>();
  const url = await listen((request, response) => {
    sockets.add(request.socket);
    void gatehouse.handler(request, response);
  });
  const connection = openConnection(url);
  onTestFinished(() => void connection.destroy());
  let text = '';
  connection.on('data', (piece) => {
    text += piece;
  });
  connection.write('GET /probe/below/a HTTP/1.1\r\nHost: a\r\n\r\n'.repeat(10));
  await expect.poll(() => text.match(/HTTP\/1.1 200/g)?.length).toBe(10);
  const [socket, ...others] = sockets;
  if (socket === undefined || others.length > 0) throw new Error('There was not one connection.');
  expect(getEventListeners(signalOfConnection(socket), 'abort')).toEqual([]);
});

it('leaves other paths to the existing server, and answers 404 where it has none', async () => {
  const { gatehouse, stop } = await startHost(routeProbe().probe);
  onTestFinished(stop);
  const answer = await gatehouse.handler(new Request('http://gate.example/probe/other'));
  expect(answer.status).toBe(404);
  const keys = await gatehouse.handler(new Request('http://gate.example/.well-known/jwks.json'));
  expect(await keys.json()).toMatchObject({ keys: expect.any(Array) });
});

it('is open to pages of listed origins, whose preflights are answered', async () => {
  const { probe } = routeProbe();
  const server = await startTestServer({
    project: { directory: tmpdir(), config: { packages: [probe] } },
    environment: { ALLOWED_ORIGINS: 'https://app.example' },
  });
  onTestFinished(server.stop);
  const from = (origin: string) =>
    fetch(`${server.url}/probe/echo`, {
      method: 'OPTIONS',
      headers: { origin, 'access-control-request-method': 'POST' },
    });
  const preflight = await from('https://app.example');
  expect(preflight.status).toBe(204);
  expect(preflight.headers.get('access-control-allow-origin')).toBe('https://app.example');
  const foreign = await from('https://evil.example');
  expect(foreign.headers.get('access-control-allow-origin')).toBeNull();
  const headers = { ...plain.headers, origin: 'https://app.example' };
  const answer = await fetch(`${server.url}/probe/echo`, { ...plain, headers });
  expect(answer.status).toBe(200);
  expect(answer.headers.get('access-control-allow-origin')).toBe('https://app.example');
});
