import { defineDomain } from 'graphql-gatehouse';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { claimsOf } from '../support/claims.ts';
import { codePackage } from '../support/code-package.ts';
import { roomsProject } from '../support/rooms-project.ts';
import {
  type Answer,
  startTestServer,
  type TestServer,
  type TestUser,
  userPassword,
} from '../support/test-server.ts';
import { openTestSocket } from '../support/test-socket.ts';

const day = 86_400_000;
const code = codePackage();
const start = Date.parse('2026-05-01T12:00:00Z');
let nowMs = start;
let server: TestServer;
let manager: TestUser;
/** Demands from a group two kinds, from days after each grant. */
const demand = (days: number, group = 'MANAGER') =>
  code.demands.set(group, {
    factors: 2,
    countsFrom: (grantedAt) => new Date(grantedAt.getTime() + days * day),
  });
/** Above the demo's own groups. */
const ranks = defineDomain({
  name: 'ranks',
  typeDefs: `extend enum Group {
    OWNER @implies(groups: [ADMIN])
    CHIEF @implies(groups: [MANAGER, STAFF])
  }`,
});
beforeAll(async () => {
  const { config } = roomsProject;
  const domains = [...(config.domains ?? []), ranks];
  server = await startTestServer({
    now: () => new Date(nowMs),
    project: { ...roomsProject, config: { ...config, domains, packages: [code.demo] } },
  });
});
afterAll(() => server.stop());
beforeEach(async () => {
  nowMs = start;
  code.demands.clear();
  manager = await server.aUser('MANAGER', 'AUDITOR');
});

const viewer = async (token: string): Promise<readonly string[]> => {
  const { data } = await server.ask('{ viewer { groups } }', { token });
  return data.viewer.groups;
};
/** What only managers may call. */
const manage = (token: string): Promise<Answer> =>
  server.ask('mutation ($id: ID!) { deleteRoom(id: $id) }', { token, variables: { id: noRoom } });
const noRoom = '00000000-0000-7000-8000-000000000000';
const withCode = async (user = manager): Promise<{ readonly accessToken: string }> => {
  code.enrolled.add(user.id);
  const due = await server.ask(
    'mutation ($u: String!, $p: String!) { login(username: $u, password: $p) { accessToken } }',
    { variables: { u: user.username, p: userPassword } },
  );
  const done = await server.ask(
    'mutation ($c: String!, $p: Proof!) { completeLogin(challenge: $c, proof: $p) { accessToken } }',
    {
      variables: {
        c: due.errors[0].extensions.challenge,
        p: { code: `right ${user.id} ${Math.random()}` },
      },
    },
  );
  return done.data.completeLogin;
};

describe('a group that asks for two factors', () => {
  it('is withheld from a session that has proved one', async () => {
    const before = await viewer(manager.accessToken);
    demand(0);
    const after = await viewer(manager.accessToken);
    expect({ before, after }).toEqual({
      before: ['AUDITOR', 'MANAGER'],
      after: ['AUDITOR'],
    });
    const again = await server.logIn(manager.username, userPassword);
    expect(claimsOf(again.accessToken).groups).toEqual(['AUDITOR']);
  });

  it('is held by a session that has proved two', async () => {
    demand(0);
    const { accessToken } = await withCode();
    expect(await viewer(accessToken)).toEqual(['AUDITOR', 'MANAGER']);
    expect(claimsOf(accessToken).groups).toEqual(['AUDITOR', 'MANAGER']);
    expect((await manage(accessToken)).code).not.toBe('FORBIDDEN');
  });

  it('is held without them in the days of grace', async () => {
    demand(14);
    nowMs = start + 14 * day - 1_000;
    const session = await server.logIn(manager.username, userPassword);
    expect(await viewer(session.accessToken)).toContain('MANAGER');
    nowMs = start + 14 * day + 1_000;
    expect(await viewer(session.accessToken)).not.toContain('MANAGER');
  });

  it('refuses with what is missing: a proof, or a factor', async () => {
    demand(0);
    const missing = await manage(manager.accessToken);
    code.enrolled.add(manager.id);
    const unproved = await manage(manager.accessToken);
    const shown = [missing, unproved].map(({ status, errors }) => [status, errors[0].extensions]);
    expect(shown).toMatchObject([
      [403, { code: 'FORBIDDEN', reason: 'FACTORS_MISSING', factors: 2, enrol: true }],
      [401, { code: 'UNAUTHENTICATED', reason: 'FACTORS_MISSING', factors: 2 }],
    ]);
    expect(unproved.headers.get('www-authenticate')).toContain(
      'error="insufficient_user_authentication"',
    );
  });

  it('is given to no program by a session that has not proved two', async () => {
    demand(0);
    const create = (token: string) =>
      server.ask('mutation { createApiClient(name: "a", groups: [MANAGER]) { secret } }', {
        token,
      });
    const asked = await create(server.admin.accessToken);
    expect([asked.status, asked.reason]).toEqual([401, 'FACTORS_MISSING']);
    code.demands.clear();
    expect((await create(server.admin.accessToken)).status).toBe(200);
  });

  it('comes with no new secret of a program to a session that has not proved two', async () => {
    const created = await server.ask(
      'mutation { createApiClient(name: "b", groups: [ADMIN, MANAGER]) { client { id } secret } }',
      { token: server.admin.accessToken },
    );
    const { client, secret } = created.data.createApiClient;
    const rotate = (token: string) =>
      server.ask('mutation ($id: ID!) { rotateApiClientSecret(id: $id) { secret } }', {
        token,
        variables: { id: client.id },
      });
    demand(0);
    const asked = await rotate(server.admin.accessToken);
    expect([asked.status, asked.reason]).toEqual([401, 'FACTORS_MISSING']);
    expect((await rotate(secret)).status).toBe(200);
  });

  it('is still a group of the user, whatever this session may use', async () => {
    demand(0);
    const { data } = await server.ask('{ me { groups } }', { token: manager.accessToken });
    expect(data.me.groups).toEqual(['AUDITOR', 'MANAGER']);
  });
});

describe('a group that implies one which asks for two factors', () => {
  /** What an ADMIN can do to take a server over. */
  const attacks = [
    '{ users { edges { node { email } } } }',
    'mutation { createUser(input: { username: "new-admin", password: "violet-otter-ladder-7", groups: [ADMIN] }) { id } }',
    'mutation { resetPassword(userId: "ID", newPassword: "violet-otter-ladder-7") { id } }',
    'mutation { grantGroup(userId: "ID", group: ADMIN) { id } }',
    'mutation { createApiClient(name: "c", groups: [OWNER]) { secret } }',
    'mutation { updateUser(id: "ID", input: { email: "a@example.org" }) { id } }',
    'mutation { disableUser(id: "ID") { id } }',
  ];

  it('is withheld with it, so that a password alone opens nothing of it', async () => {
    const owner = await server.aUser('OWNER');
    demand(0, 'ADMIN');
    const again = await server.logIn(owner.username, userPassword);
    expect(await viewer(again.accessToken)).toEqual([]);
    expect(claimsOf(again.accessToken).groups).toEqual([]);
    for (const attack of attacks) {
      const { reason, errors } = await server.ask(attack.replace('ID', manager.id), {
        token: again.accessToken,
      });
      const [first] = errors;
      expect({ attack, reason, enrol: first?.extensions.enrol }).toEqual({
        attack,
        reason: 'FACTORS_MISSING',
        enrol: true,
      });
    }
    const { accessToken } = await withCode(owner);
    expect(await viewer(accessToken)).toEqual(['ADMIN', 'OWNER']);
    expect(
      (await server.ask('{ users { edges { cursor } } }', { token: accessToken })).status,
    ).toBe(200);
  });

  it('is given to no program by a session that has not proved two, and is held by programs', async () => {
    const create = () =>
      server.ask('mutation { createApiClient(name: "d", groups: [CHIEF]) { secret } }', {
        token: server.admin.accessToken,
      });
    const { data } = await create();
    demand(0);
    expect((await create()).reason).toBe('FACTORS_MISSING');
    expect(await viewer(data.createApiClient.secret)).toEqual(
      expect.arrayContaining(['CHIEF', 'MANAGER', 'STAFF']),
    );
  });

  it('is taken from open sockets once it asks for more', async () => {
    const chief = await server.aUser('CHIEF', 'AUDITOR');
    const before = server.events.subscriberCount();
    const socket = openTestSocket(server.url, { token: chief.accessToken });
    await socket.connected;
    socket.subscribe('subscription { roomEntered { id } }');
    await expect.poll(() => server.events.subscriberCount(), { interval: 5 }).toBe(before + 1);
    code.enrolled.add(chief.id);
    demand(0);
    const { membership } = server.connection.database;
    await membership.deleteMany({ where: { userId: chief.id, group: 'AUDITOR' } });
    expect(await socket.ended).toMatchObject({ code: 4401, reason: 'FACTORS_MISSING' });
  });
});

it('a group that was granted while an operation ran, and asks for two factors, admits to nothing', async () => {
  const admin = await server.aUser('ADMIN');
  const { membership } = server.connection.database;
  await membership.create({ data: { userId: admin.id, group: 'STAFF' } });
  demand(0, 'OWNER');
  const { errors } = await server.ask(
    `mutation {
      grantGroup(userId: "${admin.id}", group: OWNER) { id }
      revokeGroup(userId: "${admin.id}", group: ADMIN) { id }
      updateUser(id: "${manager.id}", input: { displayName: "Gone" }) { id }
    }`,
    { token: admin.accessToken },
  );
  expect(errors.map(({ path }: { path: unknown }) => path)).toEqual([['updateUser']]);
  expect(errors[0].extensions).toMatchObject({ reason: 'FACTORS_MISSING' });
});
