import { defineDomain } from 'graphql-gatehouse';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { claimsOf } from '../support/claims.ts';
import { roomsProject } from '../support/rooms-project.ts';
import {
  adminPassword,
  startTestServer,
  type TestServer,
  type TestUser,
  userPassword,
} from '../support/test-server.ts';
import { openTestSocket } from '../support/test-socket.ts';

/** Above the demo's own groups: CHIEF implies STAFF and MANAGER through HEAD, and OWNER implies ADMIN. */
const ranks = defineDomain({
  name: 'ranks',
  typeDefs: `extend enum Group {
    HEAD @implies(groups: [STAFF, MANAGER])
    CHIEF @implies(groups: [HEAD])
    OWNER @implies(groups: [ADMIN])
  }
  extend type Query {
    headcount: Int! @auth(requires: [HEAD])
  }
  extend type Mutation {
    "Makes a change, and returns the groups with which it was admitted in the end."
    touch: [Group!]! @auth(requires: [STAFF])
  }`,
  resolvers: {
    Query: { headcount: () => 3 },
    Mutation: {
      touch: async (_mutation: unknown, _args: unknown, context) => {
        await context.change({ action: 'rank.touched' }, async () => {});
        return context.viewer.isAuthenticated ? [...context.viewer.groups] : [];
      },
    },
  },
});

let server: TestServer;
beforeAll(async () => {
  const { config } = roomsProject;
  const domains = [...(config.domains ?? []), ranks];
  const implies = { AUDITOR: ['HEAD'] };
  const project = { ...roomsProject, config: { ...config, domains, implies } };
  server = await startTestServer({ project });
});
afterAll(() => server.stop());

const as = ({ accessToken: token }: TestUser, query: string) => server.ask(query, { token });
const revoke = (user: TestUser, group: string, by = server.admin) =>
  as(by, `mutation { revokeGroup(userId: "${user.id}", group: ${group}) { groups } }`);
const grant = (user: TestUser, group: string) =>
  as(server.admin, `mutation { grantGroup(userId: "${user.id}", group: ${group}) { groups } }`);

const ofHead = ['MANAGER', 'STAFF', 'HEAD'];
const ofChief = [...ofHead, 'CHIEF'];

describe('a user in a group that implies others', () => {
  let chief: TestUser;
  beforeAll(async () => {
    chief = await server.aUser('CHIEF');
  });

  it('holds all of them: in the viewer, in the user, in lists and in the token', async () => {
    const { data } = await as(
      chief,
      '{ headcount rooms { edges { node { id } } } viewer { groups principal { groups } } me { groups } }',
    );
    expect(data).toMatchObject({
      headcount: 3,
      viewer: { groups: ofChief, principal: { groups: ofChief } },
      me: { groups: ofChief },
    });
    const list = await as(
      server.admin,
      `{ users(search: "${chief.username}") { edges { node { groups } } } user(id: "${chief.id}") { groups } }`,
    );
    expect(list.data.users.edges).toEqual([{ node: { groups: ofChief } }]);
    expect(list.data.user.groups).toEqual(ofChief);
    expect(claimsOf(chief.accessToken).groups).toEqual(ofChief);
  });

  it('has only the membership that was granted', async () => {
    const { data } = await as(chief, '{ me { memberships { group } } }');
    expect(data.me.memberships).toEqual([{ group: 'CHIEF' }]);
    const { userId, group } = await server.connection.database.membership.findFirstOrThrow({
      where: { userId: chief.id },
    });
    expect({ userId, group }).toEqual({ userId: chief.id, group: 'CHIEF' });
  });

  it('still holds them after a change, which compares the groups again', async () => {
    const { data } = await as(chief, 'mutation { touch }');
    expect(data.touch).toEqual(ofChief);
  });

  it('holds them with a session cookie too', async () => {
    const headers = { 'content-type': 'application/json', 'apollo-require-preflight': 'true' };
    const started = await fetch(`${server.url}/graphql`, {
      method: 'POST',
      headers,
      body: JSON.stringify({
        query: `mutation { startSession(username: "${chief.username}", password: "${userPassword}") { groups } }`,
      }),
    });
    const cookie = (started.headers.get('set-cookie') ?? '').split(';', 1).join();
    expect(await started.json()).toEqual({ data: { startSession: { groups: ofChief } } });
    const asked = await fetch(`${server.url}/graphql`, {
      method: 'POST',
      headers: { ...headers, cookie },
      body: JSON.stringify({ query: '{ viewer { groups } }' }),
    });
    expect(await asked.json()).toEqual({ data: { viewer: { groups: ofChief } } });
  });
});

describe('an API client in a group that implies others', () => {
  it('holds all of them', async () => {
    const created = await as(
      server.admin,
      'mutation { createApiClient(name: "counter", groups: [CHIEF]) { secret client { groups } } }',
    );
    const { secret, client } = created.data.createApiClient;
    expect(client.groups).toEqual(ofChief);
    const { data } = await server.ask('{ headcount viewer { groups } }', { token: secret });
    expect(data).toEqual({ headcount: 3, viewer: { groups: ofChief } });
    const [stored] = await server.connection.database.apiClient.findMany({
      where: { name: 'counter' },
    });
    expect(stored?.groups).toEqual(['CHIEF']);
  });
});

describe('revoking a group', () => {
  it('is a conflict where it was not granted but implied, and names the group that implies it', async () => {
    const user = await server.aUser('CHIEF');
    const { status, code, reason, errors } = await revoke(user, 'STAFF');
    expect({ status, code, reason }).toEqual({
      status: 409,
      code: 'CONFLICT',
      reason: 'GROUP_IMPLIED',
    });
    expect(errors[0].extensions.impliedBy).toBe('CHIEF');
    expect(errors[0].message).toContain('CHIEF');
    expect((await as(user, '{ viewer { groups } }')).data.viewer.groups).toEqual(ofChief);
  });

  it('takes back what was granted, and leaves what is implied', async () => {
    const user = await server.aUser('CHIEF', 'STAFF');
    expect((await revoke(user, 'STAFF')).data.revokeGroup.groups).toEqual(ofChief);
    expect((await revoke(user, 'STAFF')).reason).toBe('GROUP_IMPLIED');
  });

  it('does nothing where the group is neither granted nor implied', async () => {
    const user = await server.aUser('HEAD');
    expect((await revoke(user, 'CHIEF')).data.revokeGroup.groups).toEqual(ofHead);
  });

  it('counts no membership that has expired, as granted or as implying', async () => {
    const user = await server.aUser('STAFF', 'CHIEF');
    const expire = (group: string) =>
      server.connection.database.membership.updateMany({
        where: { userId: user.id, group },
        data: { grantedAt: new Date(0), expiresAt: new Date(1) },
      });
    await expire('STAFF');
    expect((await revoke(user, 'STAFF')).reason).toBe('GROUP_IMPLIED');
    await expire('CHIEF');
    expect((await revoke(user, 'STAFF')).data.revokeGroup.groups).toEqual([]);
  });

  it('takes all that it implies from the next request and from open sockets', async () => {
    const user = await server.aUser('CHIEF');
    const before = server.events.subscriberCount();
    const socket = openTestSocket(server.url, { token: user.accessToken });
    await socket.connected;
    socket.subscribe('subscription { roomEntered { id } }');
    await expect.poll(() => server.events.subscriberCount(), { interval: 5 }).toBe(before + 1);
    expect((await revoke(user, 'CHIEF')).data.revokeGroup.groups).toEqual([]);
    expect(await socket.ended).toMatchObject({ code: 4403, reason: 'GROUP_REQUIRED' });
    const { code, errors } = await as(user, '{ headcount }');
    expect(code).toBe('FORBIDDEN');
    expect(errors[0].extensions.requires).toEqual([['HEAD']]);
  });

  it('takes its rights from the rest of the same operation', async () => {
    const owner = await server.aUser('OWNER');
    const { errors } = await as(
      owner,
      `mutation {
        revokeGroup(userId: "${owner.id}", group: OWNER) { id }
        updateUser(id: "${server.admin.id}", input: { displayName: "Gone" }) { id }
      }`,
    );
    expect(errors.map(({ path }: { path: unknown }) => path)).toEqual([['updateUser']]);
  });
});

describe('the last ADMIN', () => {
  it('is not replaced by a user whose group implies ADMIN', async () => {
    const owner = await server.aUser('OWNER');
    expect((await as(owner, '{ users { edges { cursor } } }')).status).toBe(200);
    expect((await revoke(server.admin, 'ADMIN', owner)).reason).toBe('LAST_ADMIN');
    await grant(owner, 'ADMIN');
    expect((await revoke(server.admin, 'ADMIN', owner)).status).toBe(200);
    expect((await revoke(owner, 'ADMIN', owner)).reason).toBe('LAST_ADMIN');
    const back = `mutation { grantGroup(userId: "${server.admin.id}", group: ADMIN) { id } }`;
    expect((await as(owner, back)).status).toBe(200);
    expect((await server.logIn('admin', adminPassword)).id).toBe(server.admin.id);
  });
});

it("a user in one of Gatehouse's own groups holds what the configuration lets it imply", async () => {
  const auditor = await server.aUser('AUDITOR');
  const { data } = await as(auditor, '{ headcount viewer { groups } }');
  expect(data).toEqual({ headcount: 3, viewer: { groups: ['AUDITOR', ...ofHead] } });
});
