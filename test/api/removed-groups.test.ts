import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { commandLine } from '../../src/changes/origin.ts';
import type { DatabaseConnection } from '../../src/database/connect.ts';
import { createGroupStore } from '../../src/identity/groups/group.store.ts';
import { createMembershipStore } from '../../src/identity/users/membership.store.ts';
import { defineDomain } from '../../src/schema/domain.ts';
import { roomsProject } from '../support/rooms-project.ts';
import { isWhole } from '../support/sample.ts';
import { storeDependencies } from '../support/store-dependencies.ts';
import { createTestDatabase } from '../support/test-database.ts';
import {
  startTestServer,
  type TestServer,
  type TestUser,
  userPassword,
} from '../support/test-server.ts';

/** The demo as it was while its schema still had the group JANITOR. */
const earlierProject = {
  ...roomsProject,
  config: {
    ...roomsProject.config,
    domains: [
      ...(roomsProject.config.domains ?? []),
      defineDomain({ name: 'cleaning', typeDefs: 'extend enum Group { JANITOR }\n' }),
    ],
  },
};

let connection: DatabaseConnection;
let server: TestServer;
let janitor: TestUser;
let clientSecret: string;
let roomId: string;
beforeAll(async () => {
  connection = await createTestDatabase();
  const earlier = await startTestServer({ connection, project: earlierProject });
  janitor = await earlier.aUser('JANITOR', 'STAFF');
  const { accessToken: token } = await earlier.aUser('ADMIN', 'MANAGER');
  const { data } = await earlier.ask(
    `mutation { createApiClient(name: "mop", groups: [JANITOR, STAFF]) { secret }
      createRoom(input: { name: "Cellar", floor: -1, groups: [JANITOR], accessCode: "4711" }) { id } }`,
    { token },
  );
  clientSecret = data.createApiClient.secret;
  roomId = data.createRoom.id;
  await earlier.stop();
  server = await startTestServer({ connection });
});
afterAll(async () => {
  await server.stop();
  await connection.close();
});

const store = (renameGroup = async () => {}) =>
  createGroupStore(storeDependencies({ database: connection.database, renameGroup }));
const groupsOf = async (token: string) =>
  (await server.ask('{ viewer { groups } }', { token })).data.viewer.groups;
const lastEvent = () =>
  connection.database.auditEvent.findFirst({
    where: { action: { startsWith: 'group.' } },
    orderBy: { id: 'desc' },
    omit: { id: true, at: true },
  });

describe('a group that the schema no longer has', () => {
  it('is reported at the start', () => {
    const warnings = server.logLines.filter((line) => line.includes('groups that the schema'));
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toContain(
      'does not have: JANITOR; run `groups list`, then `groups rename`',
    );
  });

  it('keeps no one from logging in, and opens nothing', async () => {
    const { accessToken: token } = await server.logIn(janitor.username, userPassword);
    expect(await groupsOf(token)).toEqual(['STAFF']);
    expect(await groupsOf(clientSecret)).toEqual(['STAFF']);
    const room = `{ room(id: "${roomId}") { admitsViewer groups accessCode } }`;
    for (const each of [token, clientSecret]) {
      expect((await server.ask(room, { token: each })).status).toBe(403);
    }
    const enter = `mutation { enterRoom(id: "${roomId}") { id } }`;
    expect((await server.ask(enter, { token })).status).toBe(403);
  });

  it('breaks no list', async () => {
    const { accessToken: token } = server.admin;
    const query = `{ users { edges { node { username groups memberships { group } } } }
      apiClients { groups } rooms { edges { node { groups } } } }`;
    const { status, data } = await server.ask(query, { token });
    expect(status).toBe(200);
    const found = data.users.edges.map(({ node }: { node: object }) => node);
    expect(found).toContainEqual({
      username: janitor.username,
      groups: ['STAFF'],
      memberships: [{ group: 'STAFF' }],
    });
    expect(data.apiClients).toEqual([{ groups: ['STAFF'] }]);
    expect(data.rooms.edges).toEqual([{ node: { groups: [] } }]);
  });

  it('can be granted no more, by whichever way', async () => {
    const grant = `mutation { grantGroup(userId: "${janitor.id}", group: JANITOR) { id } }`;
    expect((await server.ask(grant, { token: server.admin.accessToken })).status).toBe(400);
    const { grant: grantInStore } = createMembershipStore(
      storeDependencies({ database: connection.database }),
    );
    const granting = grantInStore(
      { userId: janitor.id, group: 'JANITOR', expiresAt: null },
      commandLine,
    );
    await expect(granting).rejects.toMatchObject({
      code: 'BAD_USER_INPUT',
      facts: { argument: 'group' },
    });
  });
});

describe('settling it', () => {
  it('changes nothing when a package cannot rename the group in its tables', async () => {
    const membersOf = () =>
      connection.database.membership.count({ where: { group: 'JANITOR', userId: janitor.id } });
    expect(await membersOf()).toBe(1);
    const { rename } = store(() => Promise.reject(new Error('The package cannot rename it.')));
    await expect(rename('JANITOR', 'STAFF', commandLine)).rejects.toThrow('cannot rename it');
    expect(await membersOf()).toBe(1);
  });

  it('refuses groups of the schema, unknown ones, and ones without members', async () => {
    const { rename, drop } = store();
    for (const refused of [
      () => drop('ADMIN', commandLine),
      () => rename('ADMIN', 'STAFF', commandLine),
      () => rename('JANITOR', 'BUTLER', commandLine),
      () => rename('JANITOR', 'JANITOR', commandLine),
    ]) {
      await expect(refused()).rejects.toMatchObject({ code: 'BAD_USER_INPUT' });
    }
    for (const refused of [
      () => drop('BUTLER', commandLine),
      () => rename('x', 'STAFF', commandLine),
    ]) {
      await expect(refused()).rejects.toMatchObject({
        code: 'NOT_FOUND',
        facts: { argument: 'name' },
      });
    }
  });

  it('renames it for users and API clients; members of both keep the later expiry', async () => {
    const ends = [null, new Date('2999-01-01T00:00:00Z'), new Date('2998-01-01T00:00:00Z')];
    const { membership } = connection.database;
    const members: string[] = [];
    for (const [old, present] of [
      [ends[1], ends[2]],
      [ends[2], ends[1]],
      [ends[0], ends[2]],
      [ends[2], ends[0]],
    ]) {
      const { id: userId } = await server.aUser();
      members.push(userId);
      const both = [
        { group: 'JANITOR', expiresAt: old ?? null },
        { group: 'STAFF', expiresAt: present ?? null },
      ];
      await membership.deleteMany({ where: { userId } });
      await membership.createMany({ data: both.map((each) => ({ userId, ...each })) });
    }
    const { accessToken: token } = await server.logIn(janitor.username, userPassword);
    expect(await store().rename('JANITOR', 'MANAGER', commandLine)).toEqual({
      users: 5,
      clients: 1,
    });
    expect(await groupsOf(token)).toEqual(['MANAGER', 'STAFF']);
    expect(await groupsOf(clientSecret)).toEqual(['MANAGER', 'STAFF']);
    expect(await lastEvent()).toMatchObject({
      action: 'group.renamed',
      detail: '"JANITOR" to MANAGER: 5 users, 1 API client; command line',
    });
    await membership.updateMany({ where: { group: 'MANAGER' }, data: { group: 'JANITOR' } });
    await store().rename('JANITOR', 'STAFF', commandLine);
    const found = await Promise.all(
      members.map((userId) => membership.findMany({ where: { userId } })),
    );
    expect(found.map((each) => each.map(({ group, expiresAt }) => [group, expiresAt]))).toEqual([
      [['STAFF', ends[1]]],
      [['STAFF', ends[1]]],
      [['STAFF', null]],
      [['STAFF', null]],
    ]);
  });

  it('drops it, and leaves every other group', async () => {
    const { membership, apiClient } = connection.database;
    await membership.create({ data: { userId: janitor.id, group: 'JANITOR' } });
    await apiClient.updateMany({ data: { groups: ['JANITOR', 'STAFF'] } });
    expect(await store().drop('JANITOR', commandLine)).toEqual({ users: 1, clients: 1 });
    const { accessToken: token } = await server.logIn(janitor.username, userPassword);
    expect(await groupsOf(token)).toEqual(['STAFF']);
    expect(await groupsOf(clientSecret)).toEqual(['STAFF']);
    expect(await lastEvent()).toMatchObject({
      action: 'group.dropped',
      detail: '"JANITOR": 1 user, 1 API client; command line',
    });
    expect((await store().list()).every(({ isInSchema }) => isInSchema)).toBe(true);
  });

  it.runIf(isWhole || connection?.kind !== 'embedded')(
    'changes at most a thousand users in a transaction, and adds them up',
    async () => {
      const { database } = connection;
      await database.$executeRaw`
      INSERT INTO gatehouse.users (id, username, username_key, display_name, password_hash)
      SELECT gen_random_uuid(), 'many-' || n, 'many-' || n, 'Many', '' FROM generate_series(1, 2500) AS n`;
      const hold = () => database.$executeRaw`
      INSERT INTO gatehouse.memberships (user_id, "group")
      SELECT id, 'JANITOR' FROM gatehouse.users WHERE display_name = 'Many'`;
      await hold();
      const renamed = await store().rename('JANITOR', 'STAFF', commandLine);
      expect(renamed).toEqual({ users: 2_500, clients: 0 });
      await hold();
      expect(await store().drop('JANITOR', commandLine)).toEqual({ users: 2_500, clients: 0 });
      const events = await database.auditEvent.findMany({
        where: { action: { in: ['group.renamed', 'group.dropped'] } },
        orderBy: { id: 'desc' },
        take: 6,
      });
      const counts = [500, 1_000, 1_000].map((count) => expect.stringContaining(`${count} users`));
      expect(events.map(({ detail }) => detail)).toEqual([...counts, ...counts]);
      const members = { user: { is: { displayName: 'Many' } } };
      expect(await database.membership.count({ where: members })).toBe(2_500);
      await database.user.deleteMany({ where: { displayName: 'Many' } });
    },
  );
});
