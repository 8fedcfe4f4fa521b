import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  startTestServer,
  type TestServer,
  type TestUser,
  userPassword,
} from '../support/test-server.ts';

let server: TestServer;
let auditor: TestUser;
let staff: TestUser;

beforeAll(async () => {
  server = await startTestServer();
  auditor = await server.aUser('AUDITOR');
  staff = await server.aUser('STAFF');
});
afterAll(() => server.stop());

interface Event {
  readonly action: string;
  readonly subjectId: string | null;
  readonly detail: string | null;
  readonly ip: string | null;
  readonly actor: { readonly username: string } | null;
}

async function eventsOf(subjectId: string): Promise<readonly Event[]> {
  const query = `{ auditEvents(first: 100) { edges { node {
    action subjectId detail ip actor { ... on User { username } } } } } }`;
  const { data } = await server.ask(query, { token: auditor.accessToken });
  const events: Event[] = data.auditEvents.edges.map(({ node }: { node: Event }) => node);
  return events.filter((event) => event.subjectId === subjectId);
}

describe('the audit log', () => {
  it('lists changes of a user, latest first: action, actor, address', async () => {
    const { id } = await server.aUser('STAFF');
    const { accessToken: token } = server.admin;
    for (const change of [
      `grantGroup(userId: "${id}", group: MANAGER)`,
      `revokeGroup(userId: "${id}", group: MANAGER)`,
      `updateUser(id: "${id}", input: { displayName: "D", email: "d@example.org" })`,
      `disableUser(id: "${id}")`,
      `enableUser(id: "${id}")`,
    ]) {
      expect((await server.ask(`mutation { ${change} { id } }`, { token })).status).toBe(200);
    }
    const reported = await eventsOf(id);
    expect(reported.map(({ action, detail, actor }) => [action, detail, actor?.username])).toEqual([
      ['user.enabled', null, 'admin'],
      ['user.disabled', null, 'admin'],
      ['user.updated', 'displayName, email', 'admin'],
      ['membership.revoked', 'MANAGER', 'admin'],
      ['membership.granted', 'MANAGER', 'admin'],
      ['login.succeeded', 'PASSWORD', expect.stringMatching(/^user-/)],
      ['user.created', 'groups: STAFF', 'admin'],
    ]);
    expect(new Set(reported.map(({ ip }) => ip))).toEqual(new Set(['127.0.0.1']));
  });

  it('does not tell of what changed nothing, or was refused', async () => {
    const { id } = await server.aUser('STAFF');
    const { accessToken: token } = server.admin;
    await server.ask(`mutation { revokeGroup(userId: "${id}", group: AUDITOR) { id } }`, { token });
    await server.ask(`mutation { enableUser(id: "${id}") { id } }`, { token });
    await server.ask(`mutation { disableUser(id: "${id}") { id } }`, { token: staff.accessToken });
    const actions = (await eventsOf(id)).map(({ action }) => action);
    expect(actions).toEqual(['login.succeeded', 'user.created']);
  });

  it('records a refused login, of a known user and of an unknown one', async () => {
    const login = (username: string) =>
      server.ask(
        'mutation ($u: String!) { login(username: $u, password: "wrong") { tokenType } }',
        {
          variables: { u: username },
        },
      );
    await login(staff.username);
    await login('unknown-user');
    expect((await eventsOf(staff.id))[0]).toMatchObject({ action: 'login.failed', actor: null });
    const query =
      '{ auditEvents(first: 1, action: "login.failed") { edges { node { subjectId } } } }';
    const { data } = await server.ask(query, { token: auditor.accessToken });
    expect(data.auditEvents.edges).toEqual([{ node: { subjectId: null } }]);
  });

  it.each(['', '  ', 'a'.repeat(66)])(
    'has no action of the name "%s" to ask for',
    async (action) => {
      const query = 'query ($action: String) { auditEvents(action: $action) { edges { cursor } } }';
      const asked = (name: string | null) =>
        server.ask(query, { token: auditor.accessToken, variables: { action: name } });
      const { status, errors } = await asked(action);
      expect(status).toBe(400);
      expect(errors[0].extensions).toEqual({ code: 'BAD_USER_INPUT', argument: 'action' });
      expect((await asked(null)).data.auditEvents.edges).not.toEqual([]);
    },
  );

  it('names the user or API client that an event is about while it exists, and no other record', async () => {
    const { id } = await server.aUser('STAFF');
    const manager = await server.aUser('MANAGER');
    const askAs = (token: string, mutation: string) =>
      server.ask(`mutation { ${mutation} }`, { token });
    const asAdmin = (mutation: string) => askAs(server.admin.accessToken, mutation);
    const subjectsOf = async (subjectId: string) => {
      const query = `{ auditEvents(subjectId: "${subjectId}") { edges { node { action detail
        subject { __typename ... on User { id } ... on ApiClient { name } } } } } }`;
      const { data } = await server.ask(query, { token: auditor.accessToken });
      return data.auditEvents.edges.map(({ node }: { node: object }) => node);
    };
    const client = (await asAdmin('createApiClient(name: "gate", groups: []) { client { id } }'))
      .data.createApiClient.client;
    const input = '{ name: "Hall", floor: 1, groups: [] }';
    const room = (await askAs(manager.accessToken, `createRoom(input: ${input}) { id }`)).data
      .createRoom;
    const [toUser, toClient] = [
      { __typename: 'User', id },
      { __typename: 'ApiClient', name: 'gate' },
    ];
    expect(await subjectsOf(id)).toEqual([
      { action: 'login.succeeded', detail: 'PASSWORD', subject: toUser },
      { action: 'user.created', detail: 'groups: STAFF', subject: toUser },
    ]);
    expect(await subjectsOf(client.id)).toEqual([
      { action: 'client.created', detail: '"gate"; groups: none', subject: toClient },
    ]);
    expect(await subjectsOf(room.id)).toEqual([
      { action: 'room.created', detail: '"Hall"; floor 1; groups: none', subject: null },
    ]);
    await asAdmin(`deleteUser(id: "${id}")`);
    const subjects = (await subjectsOf(id)).map(({ subject }: { subject: unknown }) => subject);
    expect(subjects).toEqual([null, null, null]);
  });

  it('records each group of a new user once, in the order of the schema', async () => {
    const { id } = await server.aUser('STAFF', 'ADMIN', 'STAFF');
    const created = (await eventsOf(id)).find(({ action }) => action === 'user.created');
    expect(created?.detail).toBe('groups: ADMIN, STAFF');
  });

  it('records a room from its creation to its deletion', async () => {
    const manager = await server.aUser('MANAGER');
    const ask = (mutation: string) =>
      server.ask(`mutation { ${mutation} }`, { token: manager.accessToken });
    const input = '{ name: "Lab", floor: 1, groups: [MANAGER] }';
    const { id } = (await ask(`createRoom(input: ${input}) { id }`)).data.createRoom;
    const changed = 'name: "Lab", floor: 2, groups: [MANAGER, STAFF]';
    await ask(`updateRoom(id: "${id}", input: { ${changed}, accessCode: "7315" }) { id }`);
    await ask(`updateRoom(id: "${id}", input: { ${changed}, accessCode: null }) { id }`);
    await ask(`enterRoom(id: "${id}") { id }`);
    await ask(`deleteRoom(id: "${id}")`);
    const reported = await eventsOf(id);
    expect(reported.map(({ action, detail }) => [action, detail])).toEqual([
      ['room.deleted', '"Lab"'],
      ['room.entered', null],
      ['room.updated', '"Lab"; floor 2; groups: MANAGER, STAFF; without an access code'],
      ['room.updated', '"Lab"; floor 2; groups: MANAGER, STAFF; with a new access code'],
      ['room.created', '"Lab"; floor 1; groups: MANAGER'],
    ]);
    expect(new Set(reported.map(({ actor }) => actor?.username))).toEqual(
      new Set([manager.username]),
    );
  });

  it.each(['ADMIN', 'MANAGER', 'STAFF'])('is closed to %s', async (group) => {
    const viewer = await server.aUser(group);
    const answer = await server.ask('{ auditEvents { edges { cursor } } }', {
      token: viewer.accessToken,
    });
    expect([answer.status, answer.code]).toEqual([403, 'FORBIDDEN']);
  });

  it.each([
    'UPDATE gatehouse.audit_events SET action = $1',
    'DELETE FROM gatehouse.audit_events WHERE action <> $1',
    'TRUNCATE gatehouse.audit_events',
  ])('cannot be changed even in the database: %s', async (statement) => {
    const values = statement.includes('$1') ? ['x.y'] : [];
    for (const { database } of [server.connection, server.owner]) {
      const change = database.$executeRawUnsafe(statement, ...values);
      await expect(change).rejects.toThrow(/append-only|permission denied/);
    }
    expect((await eventsOf(server.admin.id)).length).toBeGreaterThan(0);
  });

  it('walks through its pages without a gap or a repeat', async () => {
    const seen: string[] = [];
    let after: string | null = null;
    do {
      const query = `query ($after: String) { auditEvents(first: 3, after: $after) {
        edges { node { id } } pageInfo { hasNextPage endCursor } } }`;
      const { data } = await server.ask(query, {
        token: auditor.accessToken,
        variables: { after },
      });
      seen.push(...data.auditEvents.edges.map(({ node }: { node: { id: string } }) => node.id));
      after = data.auditEvents.pageInfo.hasNextPage ? data.auditEvents.pageInfo.endCursor : null;
    } while (after !== null);
    expect(seen).toEqual([...new Set(seen)].sort().reverse());
    expect(seen.length).toBe(await server.connection.database.auditEvent.count());
  });

  it('holds no password, whatever was tried', async () => {
    const rows = await server.connection.database.auditEvent.findMany({});
    expect(JSON.stringify(rows)).not.toContain(userPassword);
  });
});
