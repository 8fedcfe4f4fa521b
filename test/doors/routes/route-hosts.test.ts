import { once } from 'node:events';
import { tmpdir } from 'node:os';
import express from 'express';
import { expect, it, onTestFinished } from 'vitest';
import { startHost } from '../../support/route-doors.ts';
import { routeProbe } from '../../support/route-probe.ts';
import { startTestServer } from '../../support/test-server.ts';

const plain = { method: 'POST', body: 'a', headers: { 'content-type': 'text/plain' } };

it('says to the owner of an existing server that it has read the body before', async () => {
  const { calls, probe } = routeProbe();
  const { gatehouse, logLines, stop } = await startHost(probe);
  onTestFinished(stop);
  const server = express().use(express.text(), gatehouse.handler).listen(0, '127.0.0.1');
  onTestFinished(() => void server.close().closeAllConnections());
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  const response = await fetch(`http://127.0.0.1:${port}/probe/echo`, plain);
  expect(response.status).toBe(500);
  expect(logLines.join('')).toContain('was read before `handler`');
  const request = new Request('http://gate.example/probe/echo', plain);
  await request.text();
  expect((await gatehouse.handler(request)).status).toBe(500);
  expect(calls).toEqual([]);
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
