import { afterAll, beforeAll, expect, it } from 'vitest';
import { startTestServer, type TestServer, type TestUser } from '../support/test-server.ts';
import { openTestSocket } from '../support/test-socket.ts';

let server: TestServer;
let auditor: TestUser;
let url: string;

beforeAll(async () => {
  server = await startTestServer({ environment: { METRICS_PORT: '0' } });
  auditor = await server.aUser('AUDITOR');
  const line = server.logLines.find((text) => text.includes('serving metrics')) ?? '{}';
  const { host, port }: { host: string; port: number } = JSON.parse(line);
  url = `http://${host}:${port}`;
});

afterAll(() => server.stop());

const read = async (): Promise<string> => (await fetch(`${url}/metrics`)).text();

/** The value of one series; 0 when it does not exist yet. */
async function readValue(series: string): Promise<number> {
  const line = (await read()).split('\n').find((text) => text.startsWith(`${series} `));
  return line === undefined ? 0 : Number(line.slice(series.length + 1));
}

/** By how much a series grows through some work. */
async function growth(series: string, work: () => Promise<unknown>): Promise<number> {
  const before = await readValue(series);
  await work();
  return (await readValue(series)) - before;
}

const ask = (query: string) => () => server.ask(query, { token: auditor.accessToken });
const login = (password: string) =>
  `mutation { login(username: "unknown-71", password: "${password}") { accessToken } }`;

it.each([
  {
    series: 'gatehouse_operation_duration_seconds_count{type="query",outcome="ok"}',
    query: '{ me { id } }',
  },
  {
    series: 'gatehouse_operation_duration_seconds_count{type="query",outcome="refused"}',
    query: '{ rooms { edges { cursor } } users(first: -1) { edges { cursor } } }',
  },
  { series: 'gatehouse_errors_total{code="GRAPHQL_VALIDATION_FAILED"}', query: '{ heron71 }' },
  {
    series:
      'gatehouse_denials_total{coordinate="Mutation.createRoom",code="FORBIDDEN",group="MANAGER"}',
    query: 'mutation { createRoom(input: { name: "Lab", floor: 1, groups: [] }) { floor } }',
  },
  { series: 'gatehouse_logins_total{outcome="bad_credentials"}', query: login('heron-wrong-71') },
])('counts in $series, for an unknown document and for a known one', async ({ series, query }) => {
  expect(await growth(series, ask(query))).toBe(1);
  expect(await growth(series, ask(query))).toBe(1);
});

it.each([
  { path: '/heron71', series: 'gatehouse_http_responses_total{route="none",status="404"}' },
  {
    path: '/health/live',
    series: 'gatehouse_http_responses_total{route="/health/live",status="200"}',
  },
])('counts answers over HTTP in $series', async ({ path, series }) => {
  expect(await growth(series, () => fetch(`${server.url}${path}`))).toBe(1);
});

it('counts successful logins', async () => {
  const series = 'gatehouse_logins_total{outcome="ok"}';
  expect(await growth(series, () => server.aUser())).toBeGreaterThan(0);
});

it('has sockets, subscriptions, hashes, the event loop and the process', async () => {
  const socket = openTestSocket(server.url, { token: auditor.accessToken });
  socket.subscribe('subscription { auditEventAdded { id } }');
  await expect.poll(() => readValue('gatehouse_websockets{state="subscriptions"}')).toBe(1);
  expect(await readValue('gatehouse_websockets{state="sockets"}')).toBe(1);
  await socket.close();
  await expect.poll(() => readValue('gatehouse_websockets{state="sockets"}')).toBe(0);
  const text = await read();
  for (const name of [
    'gatehouse_password_hashes{state="waiting"} 0',
    'nodejs_eventloop_lag_p99_seconds',
    'process_resident_memory_bytes',
  ]) {
    expect(text).toContain(name);
  }
  const pool = /^gatehouse_database_connections\{state="idle"\}/m;
  expect(pool.test(text)).toBe(server.connection.kind === 'postgresql');
});

it('makes no label of what a client has written', async () => {
  const seriesIn = (text: string) =>
    text.split('\n').flatMap((line) => /^(gatehouse_[^ ]+) /.exec(line)?.[1] ?? []);
  const known =
    /^gatehouse_\w+(\{((type|outcome|code|coordinate|group|state|le|route|status)="[\w.|+/*-]*",?)+\})?$/;
  const words = ['heron71', '__proto__', 'constructor', 'HERON{le=\\"1\\"}'];
  for (const word of words) {
    await ask(`query ${word} { ${word}(${word}: "${word}") { ${word} } }`)();
    await ask(login(word))();
    await fetch(`${server.url}/${encodeURIComponent(word)}?${word}`);
    await server.ask('{ me { id } }', { operationName: word, token: word });
  }
  const series = seriesIn(await read());
  expect(series.filter((each) => !known.test(each))).toEqual([]);
  expect(series.join('\n')).not.toMatch(/heron|proto|constructor/i);
});

it('serves nothing but metrics there, and no metrics elsewhere', async () => {
  const response = await fetch(`${url}/metrics`);
  expect(response.headers.get('content-type')).toContain('text/plain');
  expect((await fetch(`${url}/graphql`)).status).toBe(404);
  const posted = await fetch(`${url}/metrics`, { method: 'POST' });
  expect([posted.status, posted.headers.get('allow')]).toEqual([405, 'GET, HEAD']);
  expect((await fetch(`${server.url}/metrics`)).status).toBe(404);
});
