import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { startTestServer, type TestServer, type TestUser } from '../support/test-server.ts';
import { openTestSocket, type TestSocket, type TestSocketOptions } from '../support/test-socket.ts';

let server: TestServer;
let manager: TestUser;
let auditor: TestUser;
let staff: TestUser;
let sockets: TestSocket[] = [];

beforeAll(async () => {
  server = await startTestServer();
  manager = await server.aUser('MANAGER');
  auditor = await server.aUser('AUDITOR');
  staff = await server.aUser('STAFF');
});
afterAll(() => server.stop());
afterEach(async () => {
  await Promise.all(sockets.map((socket) => socket.close()));
  sockets = [];
});

const open = (options: TestSocketOptions | TestUser): TestSocket => {
  const socket = openTestSocket(
    server.url,
    'accessToken' in options ? { token: options.accessToken } : options,
  );
  sockets.push(socket);
  return socket;
};

const sources = () => server.events.subscriberCount();
/** Waits until so many subscriptions to entries are open. */
const untilOpen = (count: number) => expect.poll(sources, { interval: 5 }).toBe(count);

async function aRoom(name = 'Lab'): Promise<string> {
  const query = `mutation { createRoom(input: { name: "${name}", floor: 1, groups: [STAFF] }) { id } }`;
  return (await server.ask(query, { token: manager.accessToken })).data.createRoom.id;
}

async function enter(roomId: string): Promise<string> {
  const query = `mutation { enterRoom(id: "${roomId}") { id } }`;
  return (await server.ask(query, { token: staff.accessToken })).data.enterRoom.id;
}

const entered = 'subscription { roomEntered { id room { name } user { username } enteredAt } }';

describe('a subscription', () => {
  it('delivers each entry as it happens, with all selected fields', async () => {
    const roomId = await aRoom('Lab');
    const subscription = open(manager).subscribe(entered);
    await untilOpen(1);
    const ids = [await enter(roomId), await enter(roomId)];
    await subscription.result(1);
    const entry = {
      room: { name: 'Lab' },
      user: { username: staff.username },
      enteredAt: expect.stringMatching(/Z$/),
    };
    expect(subscription.results).toEqual(
      ids.map((id) => ({ data: { roomEntered: { id, ...entry } } })),
    );
    subscription.stop();
    await untilOpen(0);
  });

  it('delivers entries of one room only when it is asked to', async () => {
    const [wanted, other] = [await aRoom(), await aRoom()];
    const query = 'subscription ($roomId: ID) { roomEntered(roomId: $roomId) { room { id } } }';
    const socket = open(auditor);
    const ofOne = socket.subscribe(query, { roomId: wanted.toUpperCase() });
    const ofAll = socket.subscribe(query, { roomId: null });
    await untilOpen(2);
    await enter(other);
    await enter(wanted);
    await Promise.all([ofAll.result(1), ofOne.result(0)]);
    const roomOf = (id: string) => ({ data: { roomEntered: { room: { id } } } });
    expect(ofAll.results).toEqual([roomOf(other), roomOf(wanted)]);
    expect(ofOne.results).toEqual([roomOf(wanted)]);
  });

  it('is open before a query runs that was sent after it', async () => {
    const roomId = await aRoom();
    const socket = open(manager);
    await socket.connected;
    const query = 'subscription ($roomId: ID) { roomEntered(roomId: $roomId) { id } }';
    for (const count of [1, 2, 3, 4, 5, 6, 7, 8]) {
      socket.subscribe(query, { roomId });
      await socket.subscribe('{ __typename }').result();
      expect(sources()).toBe(count);
    }
  });

  it('sends what a mutation does that was sent after it', async () => {
    const roomId = await aRoom();
    const socket = open(await server.aUser('MANAGER', 'STAFF'));
    const subscription = socket.subscribe(entered);
    const mutation = socket.subscribe(`mutation { enterRoom(id: "${roomId}") { id } }`);
    const { data } = await mutation.result();
    expect((await subscription.result()).data?.roomEntered).toMatchObject(Object(data).enterRoom);
  });

  it('that is refused keeps no query waiting', async () => {
    const socket = open(staff);
    const subscription = socket.subscribe(entered);
    expect(await socket.subscribe('{ __typename }').result()).toEqual({
      data: { __typename: 'Query' },
    });
    expect(await subscription.ended).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }]);
  });

  it('delivers every audit event, also one that was not written by the API', async () => {
    const subscription = open(auditor).subscribe(
      'subscription { auditEventAdded { action detail } }',
    );
    await expect.poll(sources, { interval: 5 }).toBe(1);
    await aRoom('Attic');
    await server.connection.database.auditEvent.create({
      data: { action: 'sql.written', at: new Date() },
      select: { id: true },
    });
    // Entries of the tests before can still be on their way.
    const reported = () =>
      subscription.results
        .map(({ data }) => Object(data?.auditEventAdded))
        .filter(({ action }) => action !== 'room.entered');
    await expect.poll(reported).toMatchObject([
      { action: 'room.created', detail: expect.stringContaining('Attic') },
      { action: 'sql.written', detail: null },
    ]);
  });

  it('reaches fifty subscribers, each once', async () => {
    const roomId = await aRoom();
    const subscriptions = Array.from({ length: 50 }, () => open(manager).subscribe(entered));
    await untilOpen(50);
    await enter(roomId);
    await Promise.all(subscriptions.map((each) => each.result()));
    await enter(roomId);
    await Promise.all(subscriptions.map((each) => each.result(1)));
    expect(new Set(subscriptions.map(({ results }) => results.length))).toEqual(new Set([2]));
  });

  it('leaves denied fields out of each event, and reports them', async () => {
    const roomId = await aRoom();
    const query = 'subscription { roomEntered { room { id accessCode } } }';
    const subscription = open(auditor).subscribe(query);
    await untilOpen(1);
    await enter(roomId);
    expect(await subscription.result()).toMatchObject({
      data: { roomEntered: { room: { id: roomId, accessCode: null } } },
      errors: [{ extensions: { code: 'FORBIDDEN', coordinate: 'Room.accessCode' } }],
    });
  });
});

describe('a subscription that is refused', () => {
  const expired = { connectionParams: { authorization: 'Bearer x.y.z' } };

  it.each([
    ['without a token', () => ({}), 'UNAUTHENTICATED', 'TOKEN_MISSING'],
    ['with a bad token', () => expired, 'UNAUTHENTICATED', 'TOKEN_MALFORMED'],
    ['with two tokens', () => twice(), 'UNAUTHENTICATED', 'TOKEN_MALFORMED'],
    [
      'with no text for a token',
      () => ({ connectionParams: { authorization: 7 } }),
      'UNAUTHENTICATED',
      'TOKEN_MALFORMED',
    ],
    ['without the group', () => staff, 'FORBIDDEN', 'GROUP_REQUIRED'],
  ])('%s gets the reason, and opens no source', async (_case, who, code, reason) => {
    const socket = open(who());
    const { ended, results } = socket.subscribe(entered);
    expect(await ended).toMatchObject([
      {
        path: ['roomEntered'],
        extensions: { code, reason, coordinate: 'Subscription.roomEntered' },
      },
    ]);
    expect([results, sources()]).toEqual([[], 0]);
    // The socket goes on: what is public is open to everyone.
    const { data } = await socket.subscribe('{ serverInfo { name } }').result();
    expect(data).toEqual({ serverInfo: { name: 'Gatehouse' } });
  });

  const twice = () => ({
    connectionParams: {
      authorization: `Bearer ${manager.accessToken}`,
      Authorization: `Bearer ${manager.accessToken}`,
    },
  });

  it.each([
    ['an unknown field', 'subscription { nothing }', 'GRAPHQL_VALIDATION_FAILED'],
    ['a syntax error', 'subscription {', 'GRAPHQL_PARSE_FAILED'],
    [
      'two root fields',
      'subscription { roomEntered { id } other: roomEntered { id } }',
      'GRAPHQL_VALIDATION_FAILED',
    ],
    [
      'too many tokens',
      `subscription { roomEntered { ${'id '.repeat(1000)} } }`,
      'OPERATION_TOO_LARGE',
    ],
    ['an unknown room', 'subscription { roomEntered(roomId: "1") { id } }', 'NOT_FOUND'],
    [
      'a missing variable',
      'subscription ($id: ID!) { roomEntered(roomId: $id) { id } }',
      'BAD_USER_INPUT',
    ],
  ])('for %s is refused with a code', async (_case, query, code) => {
    const { ended } = open(manager).subscribe(query);
    expect(await ended).toMatchObject([{ extensions: { code } }]);
    expect(sources()).toBe(0);
  });

  it('over HTTP is referred to the WebSocket, if the viewer is allowed', async () => {
    const ask = (token: string) => server.ask(entered, { token });
    expect(await ask(manager.accessToken)).toMatchObject({ status: 400, code: 'BAD_REQUEST' });
    expect(await ask(staff.accessToken)).toMatchObject({ status: 403, code: 'FORBIDDEN' });
  });
});

describe('queries and mutations over a socket', () => {
  it('run as over HTTP, decided as a whole', async () => {
    const socket = open(manager);
    const me = await socket.subscribe('{ me { username groups } }').result();
    expect(me).toEqual({ data: { me: { username: manager.username, groups: ['MANAGER'] } } });
    const rooms = await server.rooms.room.count();
    const mutation = `mutation { createRoom(input: { name: "X", floor: 1, groups: [] }) { id }
      disableUser(id: "${staff.id}") { id } }`;
    expect(await socket.subscribe(mutation).ended).toMatchObject([
      { path: ['disableUser'], extensions: { code: 'FORBIDDEN' } },
    ]);
    expect(await server.rooms.room.count()).toBe(rooms);
  });

  it('see the viewer as it is at each operation', async () => {
    const user = await server.aUser();
    const socket = open(user);
    const users = '{ users(first: 1) { edges { cursor } } }';
    expect(await socket.subscribe(users).ended).toMatchObject([
      { extensions: { code: 'FORBIDDEN' } },
    ]);
    const grant = `mutation { grantGroup(userId: "${user.id}", group: MANAGER) { id } }`;
    await server.ask(grant, { token: server.admin.accessToken });
    expect(await socket.subscribe(users).result()).toHaveProperty('data.users');
  });

  it('introspect what the viewer can reach', async () => {
    const query = '{ __type(name: "Subscription") { fields { name } } }';
    const fieldsOf = async (who: TestUser | object) =>
      (await open(who).subscribe(query).result()).data?.__type;
    expect(await fieldsOf(auditor)).toEqual({
      fields: [{ name: 'auditEventAdded' }, { name: 'roomEntered' }],
    });
    expect(await fieldsOf(manager)).toEqual({ fields: [{ name: 'roomEntered' }] });
    expect(await fieldsOf({})).toBeNull();
  });

  it('check credentials once in an operation', async () => {
    const login = `login(username: "admin", password: "x") { tokenType }`;
    const { ended } = open({}).subscribe(`mutation { a: ${login} b: ${login} }`);
    expect(await ended).toMatchObject([{ extensions: { code: 'BAD_REQUEST' } }]);
    const single = open({}).subscribe(`mutation { ${login} }`);
    expect(await single.ended).toMatchObject([
      { extensions: { code: 'UNAUTHENTICATED', reason: 'BAD_CREDENTIALS' } },
    ]);
  });

  it('are open to programs with their secret', async () => {
    const mutation = 'mutation { createApiClient(name: "bot", groups: [AUDITOR]) { secret } }';
    const { data } = await server.ask(mutation, { token: server.admin.accessToken });
    const { secret } = data.createApiClient;
    const socket = open({ connectionParams: { Authorization: `Bearer ${secret}` } });
    const subscription = socket.subscribe(entered);
    await untilOpen(1);
    await enter(await aRoom());
    expect(await subscription.result()).toHaveProperty('data.roomEntered.id');
  });
});

it('sends the id of a socket in the log to the client', async () => {
  expect(await open(manager).connected).toEqual({
    requestId: expect.stringMatching(/^[\da-f-]{36}$/),
  });
});
