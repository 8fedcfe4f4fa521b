import { createHash } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import {
  type AttackedServer,
  attack,
  expectNothingTold,
  startAttackedServer,
} from '../support/attacked-server.ts';
import { openRawSocket, type RawSocket } from '../support/raw-socket.ts';
import { adminPassword, userPassword } from '../support/test-server.ts';
import { openTestSocket } from '../support/test-socket.ts';

let server: AttackedServer;
let sockets: RawSocket[] = [];
beforeAll(async () => {
  server = await startAttackedServer();
});
afterAll(() => server.stop());
afterEach(async () => {
  await Promise.all(sockets.map((socket) => socket.close()));
  sockets = [];
});

type Headers = Readonly<Record<string, string>>;
type Name = 'admin' | 'manager' | 'staff';

const protocol = 'graphql-transport-ws';
const bearer = (name: Name) => ({ authorization: `Bearer ${server[name].accessToken}` });
const init = (payload: unknown) => ({ type: 'connection_init', payload });
const subscribe = (payload: unknown, id = '1') => ({ type: 'subscribe', id, payload });
/** What must not happen, sent by a viewer who is allowed to do it. */
const write = 'mutation { createRoom(input: { name: "x", floor: 1, groups: [] }) { id } }';

async function open(headers: Headers = {}): Promise<RawSocket> {
  const raw = await openRawSocket(server.url, { headers });
  sockets.push(raw);
  return raw;
}

/** A socket that was accepted with this payload of `connection_init`. */
async function enter(params: unknown, headers: Headers = {}): Promise<RawSocket> {
  const raw = await open(headers);
  raw.send(init(params));
  expect(await raw.next()).toMatchObject({ type: 'connection_ack' });
  return raw;
}

/** What comes first after a message that changes nothing: an answer, or code and reason of the end. */
const answerTo = (raw: RawSocket, message: unknown): Promise<unknown> =>
  server.unchanged(() => {
    raw.send(message);
    return Promise.race([raw.next(), raw.ended]);
  });

const subscriberCount = () => server.events.subscriberCount();

/** A message `error` never bears data: what bears some is a message `next`. */
const refused = (...extensions: readonly object[]) => ({
  type: 'error',
  id: '1',
  payload: extensions.map((each) => ({ extensions: each })),
});
const malformed = { code: 'UNAUTHENTICATED', reason: 'TOKEN_MALFORMED' };
const missing = { code: 'UNAUTHENTICATED', reason: 'TOKEN_MISSING' };
const forbidden = (coordinate: string) => ({
  code: 'FORBIDDEN',
  reason: 'GROUP_REQUIRED',
  coordinate,
});

attack('write over a socket as who may (what is tried below works)', 'none', async () => {
  const raw = await enter(bearer('manager'));
  raw.send(subscribe({ query: write }));
  expect(await raw.next()).toMatchObject({ type: 'next', payload: { data: { createRoom: {} } } });
});

attack('become another by a second connection_init, and write at once', protocol, async () => {
  const raw = await enter(bearer('staff'));
  const end = await server.unchanged(() => {
    raw.send(init(bearer('manager')));
    raw.send(subscribe({ query: write }));
    return Promise.race([raw.next(), raw.ended]);
  });
  expect(end).toEqual([4429, 'Too many initialisation requests']);
});

for (const { what, params } of [
  { what: 'without saying who it is', params: undefined },
  { what: 'before it is accepted', params: () => bearer('manager') },
]) {
  attack(`write ${what}`, protocol, async () => {
    const raw = await open();
    const end = await server.unchanged(() => {
      if (params !== undefined) raw.send(init(params()));
      raw.send(subscribe({ query: write }));
      return raw.ended;
    });
    expect(end).toEqual([4401, 'Unauthorized']);
  });
}

for (const id of ['1', '__proto__', 'constructor']) {
  attack(`write behind a subscription under its own id "${id}"`, protocol, async () => {
    const raw = await enter(bearer('manager'));
    raw.send(subscribe({ query: 'subscription { roomEntered { id } }' }, id));
    await expect.poll(subscriberCount).toBe(1);
    const end = await answerTo(raw, subscribe({ query: write }, id));
    expect(end).toEqual([4409, `Subscriber for ${id} already exists`]);
    await expect.poll(subscriberCount).toBe(0);
  });
}

attack('write by a binary frame, which a filter of texts does not read', 'RFC 6455', async () => {
  const raw = await enter(bearer('manager'));
  const end = await server.unchanged(() => {
    raw.socket.send(Buffer.from(JSON.stringify(subscribe({ query: write }))));
    return Promise.race([raw.next(), raw.ended]);
  });
  expect(end).toEqual([1003, 'TEXT_EXPECTED']);
});

for (const { what, message } of [
  { what: 'messages', message: () => [subscribe({ query: write }), subscribe({ query: write })] },
  { what: 'operations', message: () => subscribe([{ query: write }, { query: write }]) },
]) {
  attack(`write by a list of ${what}`, 'graphql-cop: Array-based Query Batching', async () => {
    const raw = await enter(bearer('manager'));
    expect(await answerTo(raw, message())).toEqual([4400, 'Invalid message received']);
  });
}

for (const { what, value } of [
  { what: 'in a list', value: (token: string) => [`Bearer ${token}`] },
  { what: 'in a list in a list', value: (token: string) => [[`Bearer ${token}`]] },
  { what: 'in an object', value: (token: string) => ({ Bearer: token }) },
  { what: 'without a scheme', value: (token: string) => token },
  { what: 'by the scheme Basic', value: (token: string) => `Basic ${token}` },
  { what: 'by the scheme Token', value: (token: string) => `Token ${token}` },
  { what: 'behind another one', value: (token: string) => `Bearer x, Bearer ${token}` },
]) {
  attack(`send a good token with connection_init ${what}`, 'RFC 6750 over WebSocket', async () => {
    const raw = await enter({ authorization: value(server.manager.accessToken) });
    const answer = await answerTo(raw, subscribe({ query: write }));
    expect(answer).toMatchObject(refused(malformed));
  });
}

for (const { what, value } of [
  { what: 'name and password', value: () => basic('admin', adminPassword) },
  { what: 'a refresh token', value: () => `Bearer ${server.manager.refreshToken}` },
  { what: 'a password', value: () => `Bearer ${adminPassword}` },
]) {
  attack(`open a socket with ${what}`, 'RFC 7617; RFC 9700: token confusion', async () => {
    const raw = await enter({ authorization: value() });
    const answer = await answerTo(raw, subscribe({ query: write }));
    expect(answer).toMatchObject(refused(malformed));
  });
}

function basic(name: string, password: string): string {
  return `Basic ${Buffer.from(`${name}:${password}`).toString('base64')}`;
}

for (const { what, params } of [
  { what: 'headers', params: () => ({ headers: bearer('manager') }) },
  { what: 'access_token', params: () => ({ access_token: server.manager.accessToken }) },
  { what: 'authToken', params: () => ({ authToken: server.manager.accessToken }) },
  {
    what: '"Authorization "',
    params: () => ({ 'Authorization ': bearer('manager').authorization }),
  },
]) {
  attack(`send a good token with connection_init as ${what}`, 'RFC 6750 2', async () => {
    const raw = await enter(params());
    const answer = await answerTo(raw, subscribe({ query: write }));
    expect(answer).toMatchObject(refused(missing));
  });
}

for (const { what, params } of [
  { what: 'a list', params: () => [bearer('manager')] },
  { what: 'a text', params: () => bearer('manager').authorization },
]) {
  attack(`send a good token in connection_init that is ${what}`, protocol, async () => {
    const raw = await open();
    const end = await answerTo(raw, init(params()));
    expect(end).toEqual([4400, 'Invalid message received']);
  });
}

const hiding = 'OWASP GraphQL: Access Control';
const audited = 'subscription B { auditEventAdded { id } }';
for (const { what, first } of [
  { what: 'subscription', first: 'subscription A { roomEntered { id } }' },
  { what: 'query', first: 'query A { me { id } }' },
]) {
  attack(`choose the forbidden subscription behind an allowed ${what}`, hiding, async () => {
    const raw = await enter(bearer('manager'));
    const payload = { query: `${first} ${audited}`, operationName: 'B' };
    expect(await answerTo(raw, subscribe(payload))).toMatchObject(
      refused(forbidden('Subscription.auditEventAdded'), forbidden('AuditEvent.id')),
    );
    expect(subscriberCount()).toBe(0);
  });
}

for (const operationName of [undefined, null, '', 'C', 'a', '__proto__']) {
  const name = JSON.stringify(operationName) ?? 'nothing';
  attack(`have one of two subscriptions run by the name ${name}`, hiding, async () => {
    const raw = await enter(bearer('manager'));
    const query = `subscription A { roomEntered { id } } ${audited}`;
    const answer = await answerTo(raw, subscribe({ query, operationName }));
    expect(answer).toMatchObject(refused({ code: 'OPERATION_RESOLUTION_FAILURE' }));
    expect(subscriberCount()).toBe(0);
  });
}

const persistedQuery = {
  version: 1,
  sha256Hash: createHash('sha256').update(write).digest('hex'),
};
for (const { what, query } of [
  { what: 'an empty text', query: '' },
  { what: 'its text, to be kept', query: write },
]) {
  attack(`write by a hash and ${what}`, 'Apollo: automatic persisted queries', async () => {
    const raw = await enter(bearer('manager'));
    const answer = await answerTo(raw, subscribe({ query, extensions: { persistedQuery } }));
    expect(answer).toMatchObject(refused({ code: 'PERSISTED_QUERY_NOT_SUPPORTED' }));
  });
}

attack('write by a hash alone', 'Apollo: automatic persisted queries', async () => {
  const raw = await enter(bearer('manager'));
  const end = await answerTo(raw, subscribe({ extensions: { persistedQuery } }));
  expect(end).toEqual([4400, 'Invalid message received']);
});

attack('hide a forbidden operation behind a second key of JSON', 'RFC 8259 4', async () => {
  const raw = await enter(bearer('staff'));
  const keys = `"query": "{ serverInfo { name } }", "query": "{ users { edges { cursor } } }"`;
  const message = `{ "id": "1", "type": "subscribe", "payload": { ${keys} } }`;
  expect(await answerTo(raw, message)).toMatchObject(refused(forbidden('Query.users')));
});

for (const { how, query, variables } of [
  { how: 'as true', query: '{ users(includeDisabled: true) { __typename } }' },
  { how: 'as null', query: '{ users(includeDisabled: null) { __typename } }' },
  {
    how: 'by a variable',
    query: 'query ($on: Boolean) { users(includeDisabled: $on) { __typename } }',
    variables: { on: false },
  },
  {
    how: 'by the default of a variable',
    query: 'query ($on: Boolean = true) { users(includeDisabled: $on) { __typename } }',
  },
]) {
  attack(`see disabled users as MANAGER, includeDisabled given ${how}`, 'API3:2023', async () => {
    const raw = await enter(bearer('manager'));
    const answer = await answerTo(raw, subscribe({ query, variables }));
    expect(answer).toMatchObject(refused(forbidden('Query.users(includeDisabled:)')));
  });
}

attack('keep what is allowed by the preference for lenient handling', 'RFC 7240', async () => {
  const prefer = { prefer: 'handling=lenient' };
  const raw = await enter({ ...bearer('staff'), ...prefer }, prefer);
  for (const [query, coordinate] of [
    ['{ me { id } users { __typename } }', 'Query.users'],
    [write, 'Mutation.createRoom'],
  ] as const) {
    const answer = await answerTo(raw, subscribe({ query, extensions: prefer }));
    expect(answer).toMatchObject(refused(forbidden(coordinate)));
  }
});

attack('put off what is refused by @defer', hiding, async () => {
  const raw = await enter(bearer('staff'));
  const query = '{ me { id } ... @defer { me { username } } }';
  expect(await answerTo(raw, subscribe({ query }))).toMatchObject(
    refused({ code: 'GRAPHQL_VALIDATION_FAILED' }),
  );
});

for (const { what, end } of [
  { what: 'rotated', end: (id: string) => `rotateApiClientSecret(id: "${id}") { secret }` },
  { what: 'disabled', end: (id: string) => `disableApiClient(id: "${id}") { id }` },
]) {
  attack(`go on with a program’s secret that is ${what} meanwhile`, 'ASVS 5 13.3.4', async () => {
    const client = await server.aClient('MANAGER');
    const socket = openTestSocket(server.url, { token: client.secret });
    expect(await socket.subscribe('{ viewer { groups } }').result()).toHaveProperty('data.viewer');
    const token = server.admin.accessToken;
    expect((await server.ask(`mutation { ${end(client.id)} }`, { token })).status).toBe(200);
    expect(await socket.ended).toMatchObject({ code: 4401, reason: 'TOKEN_REVOKED' });
    const raw = await enter({ authorization: `Bearer ${client.secret}` });
    const answer = await answerTo(raw, subscribe({ query: write }));
    expect(answer).toMatchObject(refused({ code: 'UNAUTHENTICATED', reason: 'TOKEN_REVOKED' }));
  });
}

attack(
  'write behind a subscription under its own id, too long for the reason',
  protocol,
  async () => {
    const id = 'i'.repeat(128);
    const raw = await enter(bearer('manager'));
    raw.send(subscribe({ query: 'subscription { roomEntered { id } }' }, id));
    await expect.poll(subscriberCount).toBe(1);
    const end = await answerTo(raw, subscribe({ query: write }, id));
    expect(end).toEqual([4409, `Subscriber for ${id}`.slice(0, 123)]);
    await expect.poll(subscriberCount).toBe(0);
  },
);

const complete = (id: string) => ({ type: 'complete', id });
const entries = { query: 'subscription { roomEntered { id } }' };
const takeover = 'protocol: an id that comes again';

attack('take the answer of one operation for that of another', takeover, async () => {
  const raw = await enter(bearer('staff'));
  raw.sendTogether(
    subscribe({ query: '{ first: serverInfo { name } }' }),
    complete('1'),
    subscribe({ query: '{ second: serverInfo { name } }' }),
  );
  const data = { second: { name: 'Gatehouse' } };
  expect(await raw.next()).toEqual({ type: 'next', id: '1', payload: { data } });
  expect(await raw.next()).toEqual(complete('1'));
});

attack('keep subscriptions running that cannot be ended', takeover, async () => {
  const raw = await enter(bearer('manager'));
  const once = [subscribe(entries, 'a'), complete('a')];
  raw.sendTogether(...Array.from({ length: 40 }, () => once).flat(), subscribe(entries, 'a'));
  await expect.poll(subscriberCount).toBeGreaterThan(0);
  raw.send(subscribe({ query: '{ serverInfo { name } }' }, 'b'));
  expect(await raw.next()).toMatchObject({ type: 'next', id: 'b' });
  await expect.poll(subscriberCount).toBe(1);
  raw.send(complete('a'));
  await expect.poll(subscriberCount).toBe(0);
});

attack('run more operations at once than it may, by completing them early', takeover, async () => {
  const raw = await enter(bearer('manager'));
  const started = Array.from({ length: 60 }, (_, index) => subscribe(entries, `s${index}`));
  raw.sendTogether(...started);
  await expect.poll(subscriberCount).toBe(60);
  const begun = [subscribe(entries, 'a'), complete('a')];
  raw.sendTogether(...Array.from({ length: 40 }, () => begun).flat(), subscribe(entries));
  expect(await raw.next()).toMatchObject(refused({ code: 'RATE_LIMITED' }));
  await raw.close();
  await expect.poll(subscriberCount).toBe(0);
});

for (const { what, send } of [
  { what: 'pings', send: (raw: RawSocket) => raw.socket.ping() },
  { what: 'pongs', send: (raw: RawSocket) => raw.socket.pong() },
]) {
  attack(`keep the server busy with ${what}`, 'CWE-770; RFC 6455 5.5', async () => {
    const raw = await open();
    for (let count = 0; count < 300; count += 1) send(raw);
    expect(await raw.ended).toEqual([4429, 'TOO_MANY_MESSAGES']);
  });
}

attack('fill the memory with one message in many fragments', 'CWE-770; RFC 6455 5.4', async () => {
  const raw = await enter(bearer('staff'));
  for (let count = 0; count < 63; count += 1) raw.socket.send(' ', { fin: false });
  raw.socket.send(JSON.stringify({ type: 'ping' }), { fin: true });
  expect(await raw.next()).toEqual({ type: 'pong' });
  for (let count = 0; count < 65; count += 1) raw.socket.send(' ', { fin: false });
  expect((await raw.ended)[0]).toBe(1008);
});

attack('fill the memory with one frame in many pieces', 'CWE-770; RFC 6455 5.2', async () => {
  const raw = await enter(bearer('staff'));
  // A text of 65,535 bytes, of which hardly any come; the mask is 0.
  raw.write(Buffer.from([0x81, 0xfe, 0xff, 0xff, 0, 0, 0, 0]));
  for (let count = 0; count < 600 && raw.socket.readyState === raw.socket.OPEN; count += 1) {
    raw.write(Buffer.from(' '));
    await setImmediate(); // the server, of the same process, reads it without being asked
  }
  expect((await raw.ended)[0]).toBe(1008);
});

attack(
  'find a secret in the answers and the log after all of this',
  'ASVS 5 16.2.5, 16.5.1',
  async () => {
    expectNothingTold(server, [adminPassword, userPassword]);
  },
);
