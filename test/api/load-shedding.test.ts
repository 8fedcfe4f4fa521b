import { afterAll, beforeAll, expect, it } from 'vitest';
import { startTestServer, type TestServer } from '../support/test-server.ts';
import { openTestSocket } from '../support/test-socket.ts';

const me = '{ me { username } }';
let server: TestServer;
beforeAll(async () => {
  server = await startTestServer({
    environment: {
      MAX_CONCURRENT_REQUESTS: '2',
      // However slow the machine: two requests are to wait for the database.
      DATABASE_REQUEST_TIMEOUT_MS: '30000',
    },
  });
});
afterAll(() => server.stop());

/** A promise that is resolved from outside. */
function createSignal() {
  let send = () => {};
  const sent = new Promise<void>((resolve) => {
    send = resolve;
  });
  return { sent, send };
}

/** Keeps the database from reading sessions until the function that it gives is called. */
async function holdSessions(): Promise<() => Promise<void>> {
  const [held, released] = [createSignal(), createSignal()];
  const transaction = server.connection.database.$transaction(async (database) => {
    await database.$executeRaw`SET LOCAL idle_in_transaction_session_timeout = 0`;
    await database.$executeRaw`LOCK TABLE gatehouse.sessions IN ACCESS EXCLUSIVE MODE`;
    held.send();
    await released.sent;
  });
  await held.sent;
  return async () => {
    released.send();
    await transaction;
  };
}

it('refuses what is too much at once and in order, while health is answered', async () => {
  const token = server.admin.accessToken;
  const socket = openTestSocket(server.url, { token });
  await socket.connected;
  const release = await holdSessions();
  const asked = [1, 2, 3].map(() => server.ask(me, { token }));
  // Two wait for the database, so that the one that is answered is the third, whichever it was.
  const refused = await Promise.race(asked);
  expect(refused.status).toBe(503);
  expect(refused.headers.get('retry-after')).toBe('1');
  expect(refused.headers.get('content-type')).toMatch(/^application\/json/);
  expect(refused.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
  expect(refused.body).toEqual({
    errors: [
      {
        message: expect.any(String),
        extensions: { code: 'SERVICE_UNAVAILABLE', retryAfterSeconds: 1 },
      },
    ],
  });

  expect((await server.ask('{ serverInfo { name } }')).status).toBe(503);
  expect((await fetch(`${server.url}/health/live`)).status).toBe(200);
  expect((await fetch(`${server.url}/.well-known/jwks.json`)).status).toBe(200);
  expect(await socket.subscribe('{ serverInfo { name } }').ended).toEqual(refused.errors);
  const late = openTestSocket(server.url, { token });
  expect((await late.ended).code).toBe(1006);

  await release();
  const answers = await Promise.all(asked);
  expect(answers.map(({ status }) => status).sort()).toEqual([200, 200, 503]);
  expect((await server.ask(me, { token })).data).toEqual({ me: { username: 'admin' } });
  const over = socket.subscribe('{ serverInfo { name } }');
  expect((await over.result()).data).toEqual({ serverInfo: { name: 'Gatehouse' } });
  await socket.close();
});
