import { createHash } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import {
  startTestServer,
  type TestServer,
  type TestUser,
  userPassword,
} from '../support/test-server.ts';
import { openTestSocket } from '../support/test-socket.ts';

let server: TestServer;
let staff: TestUser;

beforeAll(async () => {
  server = await startTestServer();
  staff = await server.aUser('STAFF');
});

afterAll(() => server.stop());

interface LogLine {
  readonly msg: string;
  readonly documentHash?: string;
}

/** The lines about operations of this document, once there is one. */
async function linesOf(query: string): Promise<readonly LogLine[]> {
  const hash = createHash('sha256').update(query).digest('hex');
  const find = () =>
    server.logLines
      .map((line): LogLine => JSON.parse(line))
      .filter(({ msg, documentHash }) => msg === 'operation' && documentHash === hash);
  await expect.poll(() => find().length).toBeGreaterThan(0);
  return find();
}

it('writes one line for an operation: its name, viewer, duration and outcome', async () => {
  const query = 'query WhoAmI { me { username } }';
  const { headers } = await server.ask(query, { token: staff.accessToken });
  expect(await linesOf(query)).toEqual([
    {
      level: 30,
      time: expect.any(String),
      msg: 'operation',
      requestId: headers.get('x-request-id'),
      operationName: 'WhoAmI',
      type: 'query',
      documentHash: expect.stringMatching(/^[\da-f]{64}$/),
      durationMs: expect.any(Number),
      viewer: { kind: 'user', id: staff.id },
      outcome: 'ok',
    },
  ]);
});

it('names what was denied, by coordinate', async () => {
  const query = '{ users { edges { node { email } } } auditEvents { edges { node { id } } } }';
  await server.ask(query, { token: staff.accessToken });
  expect(await linesOf(query)).toMatchObject([
    {
      outcome: 'refused',
      codes: ['FORBIDDEN'],
      denied: expect.arrayContaining(['Query.users', 'Query.auditEvents']),
    },
  ]);
});

it.each([
  { operation: 'that is no GraphQL', query: '{ me { ', codes: ['GRAPHQL_PARSE_FAILED'] },
  {
    operation: 'that does not fit the schema',
    query: '{ heron71 }',
    codes: ['GRAPHQL_VALIDATION_FAILED'],
  },
])('writes one $operation without its text', async ({ query, codes }) => {
  await server.ask(query);
  const lines = await linesOf(query);
  expect(lines).toMatchObject([{ outcome: 'refused', codes, viewer: { kind: 'anonymous' } }]);
  expect(JSON.stringify(lines)).not.toContain('heron71');
});

it('holds no password, variable, token, document or long name', async () => {
  const name = `N${'x'.repeat(300)}`;
  const query = `mutation ${name}($u: String!, $p: String!) { login(username: $u, password: $p) { accessToken } }`;
  const variables = { u: staff.username, p: userPassword };
  const answer = await server.ask(query, { variables });
  const [line] = await linesOf(query);
  expect(line).toMatchObject({ type: 'mutation', outcome: 'ok', operationName: name.slice(0, 64) });
  const text = server.logLines.join('\n');
  expect(text).not.toContain(userPassword);
  expect(text).not.toContain(staff.username);
  expect(text).not.toContain(answer.data.login.accessToken.slice(-20));
  expect(text).not.toContain('login(');
});

it('writes a subscription when it ends, and a query over a socket', async () => {
  const auditor = await server.aUser('AUDITOR');
  const socket = openTestSocket(server.url, { token: auditor.accessToken });
  const subscription = 'subscription Watch { auditEventAdded { id } }';
  const query = 'query OverSocket { me { id } }';
  const watched = socket.subscribe(subscription);
  await socket.subscribe(query).result();
  const viewer = { kind: 'user', id: auditor.id };
  expect(await linesOf(query)).toMatchObject([{ type: 'query', viewer, outcome: 'ok' }]);
  expect(server.logLines.join('\n')).not.toContain('"Watch"');
  watched.stop();
  const [line] = await linesOf(subscription);
  expect(line).toMatchObject({
    type: 'subscription',
    operationName: 'Watch',
    viewer,
    outcome: 'ok',
  });
  await socket.close();
  expect(await linesOf(subscription)).toHaveLength(1);
});

it('writes a subscription that is refused', async () => {
  const socket = openTestSocket(server.url, { token: staff.accessToken });
  const subscription = 'subscription Refused { auditEventAdded { id } }';
  await socket.subscribe(subscription).ended;
  expect(await linesOf(subscription)).toMatchObject([
    {
      type: 'subscription',
      outcome: 'refused',
      denied: ['Subscription.auditEventAdded', 'AuditEvent.id'],
    },
  ]);
  await socket.close();
});

it('writes why a subscription ended early', async () => {
  const user = await server.aUser('AUDITOR');
  const socket = openTestSocket(server.url, { token: user.accessToken });
  const subscription = 'subscription Ended { auditEventAdded { id } }';
  const watched = socket.subscribe(subscription);
  await socket.connected;
  await socket.subscribe('{ serverInfo { name } }').result();
  await server.ask('mutation ($id: ID!) { disableUser(id: $id) { id } }', {
    token: server.admin.accessToken,
    variables: { id: user.id },
  });
  await watched.ended;
  expect(await linesOf(subscription)).toMatchObject([
    { outcome: 'refused', codes: ['UNAUTHENTICATED'], viewer: { kind: 'user', id: user.id } },
  ]);
});
