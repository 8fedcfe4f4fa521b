import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { timesOf } from '../support/sample.ts';
import {
  adminPassword,
  startTestServer,
  type TestServer,
  type TestUser,
  userPassword,
} from '../support/test-server.ts';
import { openTestSocket, type TestSocket } from '../support/test-socket.ts';

const entered = 'subscription { roomEntered { id } }';

let server: TestServer;
let sockets: TestSocket[] = [];
let roomId: string;
let staff: TestUser;

beforeAll(async () => {
  server = await startTestServer();
  staff = await server.aUser('STAFF');
  const manager = await server.aUser('MANAGER');
  const room = 'mutation { createRoom(input: { name: "Lab", floor: 1, groups: [STAFF] }) { id } }';
  roomId = (await server.ask(room, { token: manager.accessToken })).data.createRoom.id;
});
afterAll(() => server.stop());
afterEach(async () => {
  await Promise.all(sockets.map((socket) => socket.close()));
  sockets = [];
});

const asAdmin = async (mutation: string) => {
  const answer = await server.ask(`mutation { ${mutation} }`, { token: server.admin.accessToken });
  expect(answer.status).toBe(200);
  return answer.data;
};
const enter = () =>
  server.ask(`mutation { enterRoom(id: "${roomId}") { id } }`, { token: staff.accessToken });

async function open(token: string) {
  const socket = openTestSocket(server.url, { token });
  sockets.push(socket);
  await socket.connected;
  return socket;
}

/** A socket of its own, with a subscription that runs. */
async function watching(token: string) {
  const before = server.events.subscriberCount();
  const socket = await open(token);
  const subscription = socket.subscribe(entered);
  await expect.poll(() => server.events.subscriberCount(), { interval: 5 }).toBe(before + 1);
  return { socket, subscription };
}

/** How a socket ends after `cause`. Without a notice it would stay open for as long as its token lasts. */
async function endAfter(socket: TestSocket, cause: () => Promise<unknown>) {
  await cause();
  const { code, reason } = await socket.ended;
  return { code, reason };
}

interface Case {
  readonly cause: string;
  /** Makes it happen to the user, who has a session and the group MANAGER. */
  readonly make: (user: TestUser) => Promise<unknown>;
  readonly code: number;
  readonly reason: string;
}

const asUser = (mutation: string) => (user: TestUser) =>
  server.ask(`mutation { ${mutation} }`, { token: user.accessToken });
const inSql =
  (change: (database: TestServer['connection']['database'], userId: string) => Promise<unknown>) =>
  (user: TestUser) =>
    change(server.connection.database, user.id);

const revoked = { code: 4401, reason: 'TOKEN_REVOKED' };
const forbidden = { code: 4403, reason: 'GROUP_REQUIRED' };
const cases: readonly Case[] = [
  { cause: 'a logout', make: asUser('logout'), ...revoked },
  { cause: 'a logout everywhere', make: asUser('logoutEverywhere'), ...revoked },
  {
    cause: 'an admin who disables the user',
    make: ({ id }) => asAdmin(`disableUser(id: "${id}") { id }`),
    ...revoked,
  },
  {
    cause: 'an admin who deletes the user',
    make: ({ id }) => asAdmin(`deleteUser(id: "${id}")`),
    ...revoked,
  },
  {
    cause: 'an admin who sets another password',
    make: ({ id }) =>
      asAdmin(`resetPassword(userId: "${id}", newPassword: "basalt-otter-17-quill") { id }`),
    ...revoked,
  },
  {
    cause: 'an admin who revokes the group',
    make: ({ id }) => asAdmin(`revokeGroup(userId: "${id}", group: MANAGER) { id }`),
    ...forbidden,
  },
  {
    cause: 'a group that ends in a moment',
    make: async ({ id }) => {
      const expiresAt = new Date(Date.now() + 3_000);
      await asAdmin(
        `grantGroup(userId: "${id}", group: MANAGER, expiresAt: "${expiresAt.toISOString()}") { id }`,
      );
      await expect
        .poll(() => Date.now(), { interval: 5 })
        .toBeGreaterThanOrEqual(expiresAt.getTime());
    },
    ...forbidden,
  },
  {
    cause: 'SQL that ends the session',
    make: inSql((database, userId) =>
      database.session.updateMany({ where: { userId }, data: { endedAt: new Date() } }),
    ),
    ...revoked,
  },
  {
    cause: 'SQL that ends all sessions of the user',
    make: inSql((database, id) =>
      database.user.update({ where: { id }, data: { sessionEpoch: { increment: 1 } } }),
    ),
    ...revoked,
  },
  {
    cause: 'SQL that removes the session',
    make: inSql((database, userId) => database.session.deleteMany({ where: { userId } })),
    ...revoked,
  },
  {
    cause: 'SQL that disables the user',
    make: inSql((database, id) =>
      database.user.update({ where: { id }, data: { disabledAt: new Date() } }),
    ),
    ...revoked,
  },
  {
    cause: 'SQL that takes the group away',
    make: inSql((database, userId) => database.membership.deleteMany({ where: { userId } })),
    ...forbidden,
  },
];

describe('a socket is closed by', () => {
  it.each(cases)('$cause, with $code', async ({ make, code, reason }) => {
    const user = await server.aUser('MANAGER');
    const { socket, subscription } = await watching(user.accessToken);
    expect(await endAfter(socket, () => make(user))).toEqual({ code, reason });
    await enter();
    expect(subscription.results).toEqual([]);
    expect(server.events.subscriberCount()).toBe(0);
  });

  it('the end of the token', async () => {
    const short = await startTestServer({ environment: { ACCESS_TOKEN_SECONDS: '4' } });
    const { accessToken: token } = await short.logIn('admin', adminPassword);
    const { exp } = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
    const { code, reason } = await openTestSocket(short.url, { token }).ended;
    const endedAtMs = Date.now();
    await short.stop();
    expect([code, reason]).toEqual([4403, 'TOKEN_EXPIRED']);
    expect(endedAtMs).toBeGreaterThanOrEqual(exp * 1000);
  });

  it.each(['disableApiClient(id: "$id") { id }', 'rotateApiClientSecret(id: "$id") { secret }'])(
    '%s for a program',
    async (mutation) => {
      const create = 'createApiClient(name: "bot", groups: [MANAGER]) { secret client { id } }';
      const { secret, client } = (await asAdmin(create)).createApiClient;
      const { socket } = await watching(secret);
      const end = await endAfter(socket, () => asAdmin(mutation.replace('$id', client.id)));
      expect(end).toEqual(revoked);
    },
  );

  it('a logout also when nothing runs on it', async () => {
    const user = await server.aUser();
    const socket = await open(user.accessToken);
    await socket.subscribe('{ me { id } }').result();
    expect(await endAfter(socket, () => asUser('logout')(user))).toEqual(revoked);
  });
});

it('leaves no subscription running whose group goes while it begins', async () => {
  for (let round = 0; round < timesOf(10, 2); round += 1) {
    const user = await server.aUser('MANAGER');
    const socket = await open(user.accessToken);
    const { ended } = socket.subscribe(entered);
    await asAdmin(`revokeGroup(userId: "${user.id}", group: MANAGER) { id }`);
    // Refused before it began, or ended with its socket.
    const end = Object(await ended);
    expect(end.code ?? end[0]?.extensions.code).toBeOneOf([4403, 'FORBIDDEN']);
    await expect.poll(() => server.events.subscriberCount()).toBe(0);
  }
});

describe('a socket stays open', () => {
  it('when something happens to others, or a group goes that it does not need', async () => {
    const user = await server.aUser('MANAGER', 'STAFF');
    const { subscription } = await watching(user.accessToken);
    const other = await server.aUser('MANAGER');
    await asUser('logout')(other);
    await asAdmin(`revokeGroup(userId: "${user.id}", group: STAFF) { id }`);
    await asAdmin(`grantGroup(userId: "${user.id}", group: AUDITOR) { id }`);
    await asAdmin(`revokeGroup(userId: "${user.id}", group: MANAGER) { id }`);
    await enter();
    expect(await subscription.result()).toHaveProperty('data.roomEntered.id');
  });

  it('when another session of the user ends', async () => {
    const user = await server.aUser('MANAGER');
    const { subscription } = await watching(user.accessToken);
    const { accessToken } = await server.logIn(user.username, userPassword);
    await server.ask('mutation { logout }', { token: accessToken });
    await enter();
    expect(await subscription.result()).toHaveProperty('data.roomEntered.id');
  });

  it('anonymous, without a token and with one that has ended before', async () => {
    const user = await server.aUser();
    await asUser('logout')(user);
    const socket = await open(user.accessToken);
    const { ended } = socket.subscribe('{ me { id } }');
    expect(await ended).toMatchObject([{ extensions: { reason: 'TOKEN_REVOKED' } }]);
    const info = await socket.subscribe('{ serverInfo { name } }').result();
    expect(info).toHaveProperty('data.serverInfo');
  });
});

it('reveals no secret in the reason of a closed socket, to the client or in the log', async () => {
  const user = await server.aUser('MANAGER');
  const { socket } = await watching(user.accessToken);
  const end = await endAfter(socket, () => asUser('logout')(user));
  expect(JSON.stringify([end, server.logLines])).not.toContain(user.accessToken.slice(-20));
});
