import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestServer, type TestServer, type TestUser } from '../support/test-server.ts';
import { openTestSocket } from '../support/test-socket.ts';

let server: TestServer;
let manager: TestUser;
beforeAll(async () => {
  server = await startTestServer();
  manager = await server.aUser('MANAGER');
});
afterAll(() => server.stop());

const secret = 'slate-meadow-77-copper';
const reported = {
  message: expect.stringContaining('@skip'),
  extensions: { code: 'GRAPHQL_VALIDATION_FAILED' },
};

describe('a subscription whose root field is conditional is refused, and kept out of the log:', () => {
  it.each<[how: string, query: string, operationName?: string]>([
    ['by a variable', 'subscription ($b: Boolean!) { roomEntered @skip(if: $b) { id } }'],
    ['always', 'subscription { roomEntered @include(if: true) { id } }'],
    ['without an argument', 'subscription { roomEntered @skip { id } }'],
    ['by no Boolean', `subscription { roomEntered @skip(if: "${secret}") { id } }`],
    ['in an inline fragment', 'subscription { ... @include(if: 1) { roomEntered { id } } }'],
    [
      'in a fragment of a fragment',
      `subscription { ...A } fragment A on Subscription { ...B }
       fragment B on Subscription { roomEntered @skip(if: [${JSON.stringify(secret)}]) { id } }`,
    ],
    [
      'in an operation that is not the chosen one',
      `query Chosen { me { id } } subscription Other { roomEntered @skip { id } }`,
      'Chosen',
    ],
    [
      'beside a login',
      `mutation Chosen { login(username: "admin", password: "${secret}") { accessToken } }
       subscription Other { roomEntered @ skip(if: $none) { id } }`,
      'Chosen',
    ],
  ])('%s', async (_how, query, operationName) => {
    const token = manager.accessToken;
    const posted = await server.ask(query, {
      token,
      ...(operationName === undefined ? {} : { operationName }),
    });
    expect({ status: posted.status, errors: posted.errors }).toEqual({
      status: 400,
      errors: [reported],
    });

    const parameters = new URLSearchParams({ query });
    const got = await fetch(`${server.url}/graphql?${parameters}`, {
      headers: { authorization: `Bearer ${token}`, 'apollo-require-preflight': '1' },
    });
    expect({ status: got.status, body: await got.json() }).toEqual({
      status: 400,
      body: { errors: [reported] },
    });

    const socket = openTestSocket(server.url, { token });
    await socket.connected;
    expect(await socket.subscribe(query).ended).toEqual([reported]);
    await socket.close();
    const log = server.logLines.join('\n');
    expect(log).not.toContain(secret);
    expect(log).not.toMatch(/unexpected error/i);
  });
});

it('is found in a URL that is escaped wrongly as well', async () => {
  const query = '%73ubscription{roomEntered@skip(if:1){id}}%23%zz';
  const { status } = await fetch(`${server.url}/graphql?query=${query}`, {
    headers: { 'apollo-require-preflight': '1' },
  });
  expect(status).toBe(400);
  expect(server.logLines.join('\n')).not.toMatch(/unexpected error/i);
});

it('fields below the root may be conditional', async () => {
  const socket = openTestSocket(server.url, { token: manager.accessToken });
  await socket.connected;
  const entered = socket.subscribe(
    'subscription { roomEntered { id room @skip(if: true) { id } } }',
  );
  const create = 'createRoom(input: { name: "Lab", floor: 1, groups: [MANAGER] }) { id }';
  const { data } = await server.ask(`mutation { ${create} }`, { token: manager.accessToken });
  const enter = `mutation { enterRoom(id: "${data.createRoom.id}") { id } }`;
  const answer = await server.ask(enter, { token: manager.accessToken });
  expect((await entered.result()).data).toEqual({ roomEntered: { id: answer.data.enterRoom.id } });
  await socket.close();
});
