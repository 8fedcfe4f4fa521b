import { afterAll, beforeAll, expect, it } from 'vitest';
import type { TestServer, TestUser } from '../support/test-server.ts';
import { adminPassword, startTestServer } from '../support/test-server.ts';

let server: TestServer;
let user: TestUser;
beforeAll(async () => {
  server = await startTestServer();
  user = await server.aUser('STAFF');
  await server.connection.close();
});
afterAll(() => server.stop());

const unavailable = { status: 503, code: 'SERVICE_UNAVAILABLE', retryAfter: '1' };
const databaseWords = /prisma|sql|pglite|postgres|pool|closed|connection/i;

it.each([
  { what: 'a query', query: '{ me { id } }' },
  {
    what: 'a query of many fields',
    query: '{ me { id } rooms { edges { cursor } } viewer { groups } }',
  },
  { what: 'a public query with a token', query: '{ serverInfo { name } }' },
  {
    what: 'a mutation',
    query: 'mutation { enterRoom(id: "00000000-0000-7000-8000-000000000000") { id } }',
  },
])('$what with a good token is 503 with Retry-After, never an anonymous 401', async ({ query }) => {
  const { status, code, headers, body, text } = await server.ask(query, {
    token: user.accessToken,
  });
  expect({ status, code, retryAfter: headers.get('retry-after') }).toEqual(unavailable);
  expect(body).not.toHaveProperty('data');
  expect(text).not.toMatch(databaseWords);
  expect(headers.get('www-authenticate')).toBeNull();
  const id = headers.get('x-request-id') ?? 'none';
  expect(server.logLines.some((line) => line.includes(id))).toBe(true);
});

it.each([
  { what: 'a login', field: () => `login(username: "admin", password: "${adminPassword}")` },
  { what: 'a refresh', field: () => `refresh(refreshToken: "${user.refreshToken}")` },
])('$what is 503 with Retry-After, and not refused', async ({ field }) => {
  const { status, code, headers, body, text } = await server.ask(
    `mutation { ${field()} { accessToken } }`,
  );
  expect({ status, code, retryAfter: headers.get('retry-after') }).toEqual(unavailable);
  expect(body).not.toHaveProperty('data');
  expect(text).not.toMatch(databaseWords);
});

it('what needs no database is answered still', async () => {
  const { status, data } = await server.ask('{ serverInfo { name } }');
  expect({ status, data }).toEqual({ status: 200, data: { serverInfo: { name: 'Gatehouse' } } });
  expect((await server.ask('{ me { id } }')).reason).toBe('TOKEN_MISSING');
  expect((await server.ask('{ me { id } }', { token: 'rubbish' })).reason).toBe('TOKEN_MALFORMED');
});

it('the server lives, but is not ready', async () => {
  expect((await fetch(`${server.url}/health/live`)).status).toBe(200);
  const ready = await fetch(`${server.url}/health/ready`);
  expect(ready.status).toBe(503);
  expect(await ready.json()).toEqual({ status: 'database unavailable' });
});
