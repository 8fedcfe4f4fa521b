import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { guardRows } from '../support/guard-rows.ts';
import { createGuardWorld, type GuardWorld } from '../support/guard-world.ts';
import { sampleOf } from '../support/sample.ts';
import type { Answer, TestServer, TestUser } from '../support/test-server.ts';
import { startTestServer } from '../support/test-server.ts';

/** On the embedded database one transaction waits for the other from its beginning. */
const isPostgres = process.env.TEST_DATABASE_KIND === 'postgresql';

let server: TestServer;
let world: GuardWorld;
beforeAll(async () => {
  server = await startTestServer();
  world = await createGuardWorld(server);
});
afterAll(() => server.stop());

const ask = ({ accessToken: token }: TestUser, fields: string): Promise<Answer> =>
  server.ask(`mutation { ${fields} }`, { token });
const facts = ({ errors }: Answer) =>
  errors.map(({ path, extensions: { code, reason } }) => ({ path, code, reason }));
const displayNameOf = async (id: string) =>
  (await server.connection.database.user.findUniqueOrThrow({ where: { id } })).displayName;

const mutations = guardRows.filter(({ asking }) => asking.startsWith('mutation'));
const ofAdmins = mutations.filter(({ admitted: [by] }) => by === 'ADMIN');
const isThird = (_row: unknown, index: number) => index % 3 === 0;
const tried = sampleOf(mutations, isThird);
const triedOfAdmins = sampleOf(ofAdmins, isThird);

describe('a mutation that was admitted', () => {
  it.each(tried)('does nothing once the session has ended: $guard', async (row) => {
    const answer = await world.askAfter(() => 'logout', row);
    expect(answer.status, answer.text).toBe(200);
    const [name] = /\w+/.exec(row.asking.slice(row.asking.indexOf('{'))) ?? [];
    expect(facts(answer)).toEqual([
      { path: [name], code: 'UNAUTHENTICATED', reason: 'TOKEN_REVOKED' },
    ]);
  });

  it.each(triedOfAdmins)('does nothing once the group was revoked: $guard', async (row) => {
    const revoke = ({ id }: TestUser) => `revokeGroup(userId: "${id}", group: ADMIN) { id }`;
    const answer = await world.askAfter(revoke, row);
    expect(answer.status, answer.text).toBe(200);
    expect(answer.errors).toHaveLength(1);
    expect(answer.errors[0].extensions).toMatchObject({ code: 'FORBIDDEN' });
    expect(['GROUP_REQUIRED', 'POLICY_DENIED']).toContain(answer.reason);
  });

  it('is done when a group was revoked that it does not need', async () => {
    const admin = await server.aUser('ADMIN', 'STAFF');
    const { status, errors } = await ask(
      admin,
      `revokeGroup(userId: "${admin.id}", group: STAFF) { id }
       updateUser(id: "${server.admin.id}", input: { displayName: "Still" }) { id }`,
    );
    expect({ status, errors }).toEqual({ status: 200, errors: [] });
    expect(await displayNameOf(server.admin.id)).toBe('Still');
  });

  it('is done when it needs no group any more, since the record is an own one', async () => {
    const admin = await server.aUser('ADMIN');
    const { status, errors } = await ask(
      admin,
      `revokeGroup(userId: "${admin.id}", group: ADMIN) { id }
       updateUser(id: "${admin.id}", input: { displayName: "Own" }) { id }`,
    );
    expect({ status, errors }).toEqual({ status: 200, errors: [] });
    expect(await displayNameOf(admin.id)).toBe('Own');
  });

  it('is refused for an input that needs the group, though the rest does not', async () => {
    const admin = await server.aUser('ADMIN');
    const answer = await ask(
      admin,
      `revokeGroup(userId: "${admin.id}", group: ADMIN) { id }
       updateUser(id: "${admin.id}", input: { username: "renamed" }) { id }`,
    );
    expect(answer.errors[0].extensions).toMatchObject({
      code: 'FORBIDDEN',
      coordinate: 'UpdateUserInput.username',
    });
  });

  it('does nothing once the API client was disabled', async () => {
    const create = 'createApiClient(name: "c", groups: [ADMIN]) { secret client { id } }';
    const { data } = await ask(server.admin, create);
    const { secret: token, client } = data.createApiClient;
    const answer = await server.ask(
      `mutation { disableApiClient(id: "${client.id}") { id }
        updateUser(id: "${server.admin.id}", input: { displayName: "Gone" }) { id } }`,
      { token },
    );
    expect(facts(answer)).toEqual([
      { path: ['updateUser'], code: 'UNAUTHENTICATED', reason: 'TOKEN_REVOKED' },
    ]);
    expect(await displayNameOf(server.admin.id)).not.toBe('Gone');
  });
});

describe('a mutation that was admitted, by what has changed in the same operation', () => {
  it('does nothing with a secret that has been replaced', async () => {
    const create = 'createApiClient(name: "c", groups: [ADMIN]) { secret client { id } }';
    const { data } = await ask(server.admin, create);
    const { secret: token, client } = data.createApiClient;
    const answer = await server.ask(
      `mutation { rotateApiClientSecret(id: "${client.id}") { secret }
        updateUser(id: "${server.admin.id}", input: { displayName: "Backdoor" }) { id } }`,
      { token },
    );
    expect(facts(answer)).toEqual([
      { path: ['updateUser'], code: 'UNAUTHENTICATED', reason: 'TOKEN_REVOKED' },
    ]);
    expect(await displayNameOf(server.admin.id)).not.toBe('Backdoor');
  });

  it('enters no room that has been closed to it', async () => {
    const manager = await server.aUser('MANAGER', 'STAFF');
    const { room, roomEntry } = server.rooms;
    const data = { name: 'Lab', floor: 1, groups: ['STAFF'] };
    const { id } = await room.create({ data });
    const answer = await ask(
      manager,
      `updateRoom(id: "${id}", input: { name: "Lab", floor: 1, groups: [ADMIN] }) { id }
       enterRoom(id: "${id}") { id }`,
    );
    expect(facts(answer)).toEqual([
      { path: ['enterRoom'], code: 'FORBIDDEN', reason: 'POLICY_DENIED' },
    ]);
    expect(await roomEntry.count({ where: { roomId: id } })).toBe(0);
  });

  it('gives back no more than what is left opens', async () => {
    const user = await server.aUser('ADMIN', 'MANAGER', 'STAFF');
    const data = { name: 'Lab', floor: 1, groups: ['STAFF'] };
    const { id } = await server.rooms.room.create({ data });
    const answer = await ask(
      user,
      `revokeGroup(userId: "${user.id}", group: MANAGER) { groups }
       enterRoom(id: "${id}") { room { name entries { edges { cursor } } } }`,
    );
    expect(answer.errors.map(({ extensions }) => extensions.coordinate)).toEqual(['Room.entries']);
    expect(answer.text).not.toContain('cursor');
  });
});

describe.runIf(isPostgres)('a mutation that waits while its rights are taken away', () => {
  /** Holds the user's row, starts the mutation, and commits `change` once the mutation waits for it. */
  async function whileHolding(
    user: TestUser,
    mutation: string,
    change: (database: Database) => Promise<unknown>,
  ): Promise<Answer> {
    let answer: Promise<Answer> | undefined;
    await server.connection.database.$transaction(async (transaction) => {
      await transaction.$executeRaw`SELECT FROM gatehouse.users WHERE id = ${user.id}::uuid FOR UPDATE`;
      answer = ask(user, mutation);
      for (let waiting = 0; waiting === 0; ) {
        const [found] = await transaction.$queryRaw<{ waiting: number }[]>`
          SELECT count(*)::int AS waiting FROM pg_locks AS waiter
          WHERE NOT waiter.granted AND pg_backend_pid() = ANY (pg_blocking_pids(waiter.pid))`;
        waiting = found?.waiting ?? 0;
      }
      await change(transaction);
    });
    if (answer === undefined) throw new Error('The mutation was not sent.');
    return answer;
  }
  type Database = Pick<TestServer['connection']['database'], 'membership' | 'session' | 'user'>;

  it.each([
    {
      what: 'the group was revoked',
      change: ({ membership }: Database, { id: userId }: TestUser) =>
        membership.deleteMany({ where: { userId } }),
      expected: { status: 403, code: 'FORBIDDEN', reason: 'GROUP_REQUIRED' },
    },
    {
      what: 'the group has ended',
      change: ({ membership }: Database, { id: userId }: TestUser) =>
        membership.updateMany({
          where: { userId },
          data: { grantedAt: new Date(0), expiresAt: new Date(1) },
        }),
      expected: { status: 403, code: 'FORBIDDEN', reason: 'GROUP_REQUIRED' },
    },
    {
      what: 'the session was ended',
      change: ({ session }: Database, { id: userId }: TestUser) =>
        session.updateMany({ where: { userId }, data: { endedAt: new Date() } }),
      expected: { status: 401, code: 'UNAUTHENTICATED', reason: 'TOKEN_REVOKED' },
    },
    {
      what: 'the user was disabled',
      change: ({ user }: Database, { id }: TestUser) =>
        user.update({ where: { id }, data: { disabledAt: new Date() } }),
      expected: { status: 401, code: 'UNAUTHENTICATED', reason: 'TOKEN_REVOKED' },
    },
    {
      what: 'the user was deleted',
      change: ({ user }: Database, { id }: TestUser) => user.delete({ where: { id } }),
      expected: { status: 401, code: 'UNAUTHENTICATED', reason: 'TOKEN_REVOKED' },
    },
  ])('is refused as a whole, and does nothing: $what', async ({ change, expected }) => {
    const admin = await server.aUser('ADMIN');
    const staff = await server.aUser('STAFF');
    const mutation = `disableUser(id: "${staff.id}") { id }`;
    const answer = await whileHolding(admin, mutation, (database) => change(database, admin));
    const { status, code, reason, body } = answer;
    expect({ status, code, reason }).toEqual(expected);
    expect(body).not.toHaveProperty('data');
    expect((await server.ask('{ me { id } }', { token: staff.accessToken })).status).toBe(200);
  });

  it('gives back what the rights that are left open, and no more', async () => {
    const admin = await server.aUser('ADMIN', 'MANAGER');
    const staff = await server.aUser('STAFF');
    const { room, roomEntry } = server.rooms;
    const { user } = server.connection.database;
    await user.update({ where: { id: staff.id }, data: { email: 'secret@example.org' } });
    const { id: roomId } = await room.create({ data: { name: 'Lab', floor: 1, groups: [] } });
    await roomEntry.create({ data: { roomId, userId: staff.id } });
    const answer = await whileHolding(
      admin,
      `updateRoom(id: "${roomId}", input: { name: "Den", floor: 1, groups: [] }) {
        name admitsViewer entries { edges { node { user { id email } } } } }`,
      ({ membership }) => membership.deleteMany({ where: { userId: admin.id, group: 'ADMIN' } }),
    );
    const { status, code, text, data } = answer;
    expect({ status, code }).toEqual({ status: 200, code: 'FORBIDDEN' });
    expect(text).not.toContain('secret@example.org');
    expect(data.updateRoom.name).toBe('Den'); // by MANAGER, which is left
    expect(data.updateRoom.entries.edges).toEqual([
      { node: { user: { id: staff.id, email: null } } },
    ]);
    expect(answer.errors[0].extensions.coordinate).toBe('User.email');
  });

  it('is done when nothing was taken from it', async () => {
    const admin = await server.aUser('ADMIN');
    const staff = await server.aUser('STAFF');
    const answer = await whileHolding(
      admin,
      `disableUser(id: "${staff.id}") { id }`,
      ({ membership }) => membership.create({ data: { userId: admin.id, group: 'STAFF' } }),
    );
    expect(answer.status, answer.text).toBe(200);
  });
});

describe('those who change each other at once', () => {
  const outcomes = async (answers: readonly Promise<Answer>[]) =>
    new Set((await Promise.all(answers)).map(({ status, text }) => (status === 200 ? 200 : text)));
  const times = <Result>(count: number, work: (n: number) => Result): Result[] =>
    Array.from({ length: count }, (_, n) => work(n));

  it('never wait for each other for ever, as admins', async () => {
    const [one, two] = [await server.aUser('ADMIN'), await server.aUser('ADMIN')];
    const changes = (by: TestUser, of: TestUser) => [
      ask(by, `updateUser(id: "${of.id}", input: { displayName: "X" }) { id }`),
      ask(by, `grantGroup(userId: "${of.id}", group: AUDITOR) { id }`),
      ask(by, `grantGroup(userId: "${of.id}", group: ADMIN) { id }`),
      ask(by, `enableUser(id: "${of.id}") { id }`),
    ];
    const answers = times(5, () => [...changes(one, two), ...changes(two, one)]).flat();
    expect(await outcomes(answers)).toEqual(new Set([200]));
  });

  it('never wait for each other for ever, as API clients', async () => {
    const create = () =>
      ask(server.admin, 'createApiClient(name: "c", groups: [ADMIN]) { secret client { id } }');
    const [one, two] = (await Promise.all([create(), create()])).map(
      ({ data }) => data.createApiClient,
    );
    for (let round = 0; round < 5; round += 1) {
      const rotate = (by: { secret: string }, id: string) =>
        server.ask(`mutation { rotateApiClientSecret(id: "${id}") { secret } }`, {
          token: by.secret,
        });
      const [byOne, byTwo] = await Promise.all([
        rotate(one, two.client.id),
        rotate(two, one.client.id),
      ]);
      // The second comes with a secret that the first has replaced.
      expect([byOne.status, byTwo.status].sort()).toEqual([200, 401]);
      two.secret = byOne.data?.rotateApiClientSecret.secret ?? two.secret;
      one.secret = byTwo.data?.rotateApiClientSecret.secret ?? one.secret;
    }
  });
});

it('a dry run lets into a room that its viewer may not enter', async () => {
  const dry = await startTestServer({ environment: { AUTHORIZATION: 'report' } });
  try {
    const staff = await dry.aUser('STAFF');
    const data = { name: 'Vault', floor: 1, groups: ['ADMIN'] };
    const { id } = await dry.rooms.room.create({ data });
    const { status, errors } = await dry.ask(`mutation { enterRoom(id: "${id}") { id } }`, {
      token: staff.accessToken,
    });
    expect({ status, errors }).toEqual({ status: 200, errors: [] });
  } finally {
    await dry.stop();
  }
});
