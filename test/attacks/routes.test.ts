import { tmpdir } from 'node:os';
import type { RouteCall } from 'graphql-gatehouse';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { attack } from '../support/attacked-server.ts';
import { openConnection, readToEnd, sendRaw } from '../support/raw-http.ts';
import { routeProbe } from '../support/route-probe.ts';
import { startTestServer, type TestServer } from '../support/test-server.ts';

const impatient = { headersMs: 1_000, requestMs: 1_000, checkMs: 100 };
const { calls, probe } = routeProbe();

/** The requests that wait, each with what lets it go on. */
const waiting = new Set<() => void>();
let aborted = 0;
const wait = ({ request: { signal } }: RouteCall) =>
  new Promise<Response>((resolve) => {
    const goOn = () => resolve(new Response('late'));
    waiting.add(goOn);
    signal.addEventListener('abort', () => {
      aborted += 1;
    });
  });
const slow = {
  ...probe,
  routes: {
    ...probe.routes,
    wait: { method: 'GET', path: '/probe/wait', takes: 'nothing', run: wait },
  },
} as const;

const start = (environment: Readonly<Record<string, string>> = {}) =>
  startTestServer({
    project: { directory: tmpdir(), config: { packages: [slow] } },
    connectionTimes: impatient,
    environment,
  });

let server: TestServer;
beforeAll(async () => {
  server = await start();
});
afterAll(() => server.stop());

const get = (target: string) =>
  sendRaw(server.url, `GET ${target} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`);
const post = (...lines: readonly string[]) =>
  [
    'POST /probe/echo HTTP/1.1',
    'Host: a',
    'Content-Type: text/plain',
    'Connection: close',
    ...lines,
  ].join('\r\n');

const traversal = 'path traversal (CWE-22); path confusion (CWE-436)';
for (const target of [
  '/probe/below/../bearer',
  '/probe/below/..',
  '/probe/below/%2e%2e/bearer',
  '/probe/below/.%2E/bearer',
  '/probe/below/./a',
  '/probe/below/..\\bearer',
  '//probe/below/a',
  '//evil.example/probe/below/a',
  '/probe/bearer/../below/a',
  '/%70robe/below/a',
  '/probe/bearer;a=b',
  '/probe/bearer%00',
  '/probe/bearer%20',
  '/probe/bearer?/../below/a#/probe/echo',
]) {
  attack(`reach a route by ${target}`, traversal, async () => {
    const before = calls.length;
    const { status } = await get(target);
    const isExact = target.startsWith('/probe/bearer?');
    expect(status).toBe(isExact ? 200 : 404);
    expect(calls.slice(before)).toEqual(isExact ? ['/probe/bearer'] : []);
  });
}

const sizes = 'uncontrolled resource consumption (CWE-400)';
for (const { what, bytes, status } of [
  { what: 'announced', bytes: post('Content-Length: 101', '', 'a'.repeat(101)), status: 413 },
  {
    what: 'in pieces',
    bytes: post('Transfer-Encoding: chunked', '', `65\r\n${'a'.repeat(101)}\r\n0\r\n\r\n`),
    status: 413,
  },
  {
    what: 'announced as a gigabyte',
    bytes: post('Content-Length: 1000000000', '', ''),
    status: 413,
  },
  { what: 'that never comes', bytes: post('Content-Length: 10', '', 'abc'), status: 408 },
  {
    what: 'in pieces that never end',
    bytes: post('Transfer-Encoding: chunked', '', '5\r\nabc'),
    status: 408,
  },
]) {
  attack(`send a body ${what}`, sizes, async () => {
    const before = calls.length;
    const answer = await sendRaw(server.url, bytes);
    expect(answer.status, answer.text).toBe(status);
    expect(calls).toHaveLength(before);
  });
}

attack(
  'send a form of another site to a route that knows its viewer by the cookie',
  'CSRF (CWE-352)',
  async () => {
    const before = calls.length;
    const cookie = `gatehouse-dev=${'A'.repeat(43)}`;
    for (const headers of [
      { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' },
      { origin: 'null' },
      {},
    ]) {
      const { status } = await fetch(`${server.url}/probe/cookie`, {
        method: 'POST',
        body: 'a',
        headers: { ...headers, cookie, 'content-type': 'text/plain' },
      });
      expect(status).toBe(403);
    }
    expect(calls).toHaveLength(before);
  },
);

attack(
  'read an answer from a page of another site',
  'CORS misconfiguration (CWE-942)',
  async () => {
    const response = await fetch(`${server.url}/probe/odd/headers`, {
      headers: { origin: 'https://evil.example' },
    });
    expect(response.headers.get('access-control-allow-origin')).toBeNull();
    expect(response.headers.get('x-frame-options')).toBe('DENY');
  },
);

attack('send 10,000 requests at once', sizes, async () => {
  const busy = await start({ MAX_CONCURRENT_REQUESTS: '50', OPERATION_TIMEOUT_MS: '60000' });
  const answers = new Map<number, number>();
  const flood = async () => {
    const connection = openConnection(busy.url);
    connection.write('GET /probe/wait HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n');
    const { status } = await readToEnd(connection);
    answers.set(status, (answers.get(status) ?? 0) + 1);
  };
  waiting.clear();
  const all: Promise<void>[] = [];
  const held = 50;
  for (let n = 0; n < held; n += 1) all.push(flood());
  await expect.poll(() => waiting.size).toBe(held);
  // In groups: one process has no 10,000 open files.
  for (let sent = held; sent < 10_000; sent += 199) {
    await Promise.all(Array.from({ length: Math.min(199, 10_000 - sent) }, flood));
  }
  expect([...answers]).toEqual([[503, 10_000 - held]]);
  expect((await fetch(`${busy.url}/health/live`)).status).toBe(200);
  for (const goOn of waiting) goOn();
  await Promise.all(all);
  expect(answers.get(200)).toBe(held);
  await busy.stop();
});

it('answers 503 when the time of a request is over, and aborts the signal of the route', async () => {
  const brief = await start({ OPERATION_TIMEOUT_MS: '300', DATABASE_REQUEST_TIMEOUT_MS: '300' });
  const before = aborted;
  const response = await fetch(`${brief.url}/probe/wait`);
  expect([response.status, response.headers.get('retry-after')]).toEqual([503, '1']);
  expect(aborted).toBe(before + 1);
  for (const goOn of waiting) goOn();
  await brief.stop();
});

it('aborts the signal of the route when the client has left', async () => {
  const before = aborted;
  waiting.clear();
  const connection = openConnection(server.url);
  connection.write('GET /probe/wait HTTP/1.1\r\nHost: a\r\n\r\n');
  await expect.poll(() => waiting.size).toBe(1);
  connection.destroy();
  await expect.poll(() => aborted).toBe(before + 1);
  for (const goOn of waiting) goOn();
});

it('is answered before its server stops', async () => {
  const stopping = await start();
  waiting.clear();
  const answer = fetch(`${stopping.url}/probe/wait`);
  await expect.poll(() => waiting.size).toBe(1);
  const stopped = stopping.stop();
  for (const goOn of waiting) goOn();
  expect(await (await answer).text()).toBe('late');
  await stopped;
});
