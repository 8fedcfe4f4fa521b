import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TestServer, TestUser } from '../support/test-server.ts';
import { startTestServer } from '../support/test-server.ts';

const missing = '00000000-0000-7000-8000-000000000000';

let server: TestServer;
let auditor: TestUser;
let manager: TestUser;
beforeAll(async () => {
  server = await startTestServer();
  auditor = await server.aUser('AUDITOR');
  manager = await server.aUser('MANAGER');
});
afterAll(() => server.stop());

type Variables = Readonly<Record<string, unknown>>;
const as = (token: string, query: string, variables: Variables = {}) =>
  server.ask(query, { token, variables });

const fields = 'id name groups createdAt disabledAt lastUsedAt';
const create = (variables: Variables, token = server.admin.accessToken) =>
  as(
    token,
    `mutation ($name: String!, $groups: [Group!]!) {
      createApiClient(name: $name, groups: $groups) { secret client { ${fields} } }
    }`,
    { name: 'bot', groups: [], ...variables },
  );
const aClient = async (...groups: readonly string[]): Promise<{ id: string; secret: string }> => {
  const { data } = await create({ groups });
  return { id: data.createApiClient.client.id, secret: data.createApiClient.secret };
};
const rotate = (id: string, token = server.admin.accessToken) =>
  as(token, 'mutation ($id: ID!) { rotateApiClientSecret(id: $id) { secret client { id } } }', {
    id,
  });
const disable = (id: string, token = server.admin.accessToken) =>
  as(token, 'mutation ($id: ID!) { disableApiClient(id: $id) { id disabledAt } }', { id });
const signIn = (secret: string) => as(secret, '{ viewer { principal { id } } }');
const countClients = () => server.connection.database.apiClient.count();

describe('a new API client', () => {
  it('is what its creator says, and signs in with the secret that is shown this once', async () => {
    const { status, data } = await create({ name: ' CI ', groups: ['STAFF', 'MANAGER', 'STAFF'] });
    expect(status).toBe(200);
    const { client, secret } = data.createApiClient;
    expect(secret).toMatch(/^gatehouse_[A-Za-z0-9_-]{72}$/);
    expect(client).toEqual({
      id: expect.stringMatching(
        /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
      ),
      name: 'CI',
      groups: ['MANAGER', 'STAFF'],
      createdAt: expect.stringMatching(/Z$/),
      disabledAt: null,
      lastUsedAt: null,
    });
    const seen = await as(
      secret,
      '{ me { id } viewer { groups principal { __typename id groups ... on ApiClient { name } } } }',
    );
    expect({ status: seen.status, data: seen.data }).toEqual({
      status: 200,
      data: {
        me: null,
        viewer: {
          groups: ['MANAGER', 'STAFF'],
          principal: {
            __typename: 'ApiClient',
            id: client.id,
            groups: ['MANAGER', 'STAFF'],
            name: 'CI',
          },
        },
      },
    });
  });

  it.each([
    { argument: 'name', input: { name: '' } },
    { argument: 'name', input: { name: ' \u00a0 ' } },
    { argument: 'name', input: { name: 'n'.repeat(201) } },
    { argument: 'name', input: { name: 'nul\0' } },
    { argument: undefined, input: { groups: ['ROOT'] } },
    { argument: undefined, input: { groups: null } },
  ])('is refused for $input', async ({ argument, input }) => {
    const before = await countClients();
    const { status, code, errors } = await create(input);
    expect({ status, code }).toEqual({ status: 400, code: 'BAD_USER_INPUT' });
    if (argument !== undefined) expect(errors[0].extensions.argument).toBe(argument);
    expect(await countClients()).toBe(before);
  });

  it('leaves its secret in no log line, no later answer and no row', async () => {
    const made = await aClient('AUDITOR');
    const rotated = (await rotate(made.id)).data.rotateApiClientSecret.secret;
    const answers = [
      await as(rotated, `{ apiClients { ${fields} } principal(id: "${made.id}") { id } }`),
      await as(rotated, '{ auditEvents(first: 100) { edges { node { action detail } } } }'),
      await as(made.secret, '{ me { id } }'),
      await as(`${rotated}x`, '{ me { id } }'),
      await as(rotated, '{ secret }'),
      await disable(made.id),
    ];
    const row = await server.connection.database.apiClient.findUniqueOrThrow({
      where: { id: made.id },
    });
    const hash = createHash('sha256').update(rotated).digest();
    expect(Buffer.from(row.secretHash).equals(hash)).toBe(true);
    const reported = [...answers.map(({ text }) => text), ...server.logLines].join('\n');
    for (const secret of [made.secret, rotated]) {
      const random = secret.slice(32);
      expect(reported).not.toContain(random);
      expect(JSON.stringify({ ...row, secretHash: null })).not.toContain(random);
    }
    for (const encoding of ['hex', 'base64', 'base64url'] as const) {
      expect(reported).not.toContain(hash.toString(encoding));
    }
  });
});

describe('API clients are managed', () => {
  const attempts = async (id: string, token?: string) => {
    const options = token === undefined ? {} : { token };
    const operations = [
      'createApiClient(name: "x", groups: []) { secret }',
      `rotateApiClientSecret(id: "${id}") { secret }`,
      `disableApiClient(id: "${id}") { id }`,
    ];
    return Promise.all(operations.map((each) => server.ask(`mutation { ${each} }`, options)));
  };

  it('by an ADMIN alone, be it a user or a client', async () => {
    const target = await aClient('STAFF');
    const before = await countClients();
    for (const { status, reason } of await attempts(target.id)) {
      expect({ status, reason }).toEqual({ status: 401, reason: 'TOKEN_MISSING' });
    }
    const others = [auditor.accessToken, manager.accessToken, target.secret];
    for (const token of [...others, (await aClient('AUDITOR', 'MANAGER')).secret]) {
      for (const { status, reason } of await attempts(target.id, token)) {
        expect({ status, reason }).toEqual({ status: 403, reason: 'GROUP_REQUIRED' });
      }
    }
    expect(await countClients()).toBe(before + 1);
    expect((await signIn(target.secret)).status).toBe(200);

    const admin = await aClient('ADMIN');
    expect((await create({}, admin.secret)).status).toBe(200);
    expect((await rotate(target.id, admin.secret)).status).toBe(200);
    expect((await disable(target.id, admin.secret)).status).toBe(200);
    await disable(admin.id);
  });

  it('and listed, oldest first, by ADMIN and AUDITOR', async () => {
    const query = `{ apiClients { ${fields} } }`;
    const [one, other] = [await aClient(), await aClient('STAFF')];
    await disable(other.id);
    for (const token of [server.admin.accessToken, auditor.accessToken]) {
      const { status, data } = await as(token, query);
      expect(status).toBe(200);
      const latest: { id: string; disabledAt: string | null }[] = data.apiClients.slice(-2);
      expect(latest.map(({ id }) => id)).toEqual([one.id, other.id]);
      expect(latest.map(({ disabledAt }) => disabledAt === null)).toEqual([true, false]);
    }
    const anonymous = await server.ask(query);
    expect(anonymous).toMatchObject({ status: 401, reason: 'TOKEN_MISSING' });
    for (const token of [manager.accessToken, one.secret]) {
      expect(await as(token, query)).toMatchObject({ status: 403, reason: 'GROUP_REQUIRED' });
    }
  });

  it('with every change in the audit log', async () => {
    const admin = await aClient('ADMIN');
    const { client } = (await create({ name: 'audited', groups: ['STAFF'] }, admin.secret)).data
      .createApiClient;
    await rotate(client.id, admin.secret);
    await disable(client.id, admin.secret);
    await disable(client.id, admin.secret);
    const { data } = await as(
      auditor.accessToken,
      `{ auditEvents(first: 20) { edges { node {
        action subjectId detail actor { __typename ... on ApiClient { id } } } } } }`,
    );
    const events: { action: string; subjectId: string }[] = data.auditEvents.edges.map(
      ({ node }: { node: unknown }) => node,
    );
    const actor = { __typename: 'ApiClient', id: admin.id };
    const subjectId = client.id;
    expect(events.filter((event) => event.subjectId === client.id)).toEqual([
      { action: 'client.disabled', subjectId, detail: '"audited"', actor },
      { action: 'client.secret_rotated', subjectId, detail: '"audited"', actor },
      { action: 'client.created', subjectId, detail: '"audited"; groups: STAFF', actor },
    ]);
    await disable(admin.id);
  });
});

describe('rotating a secret', () => {
  it('kills the old one before it answers', async () => {
    const { id, secret } = await aClient('STAFF');
    const { data } = await rotate(id);
    expect(data.rotateApiClientSecret.client.id).toBe(id);
    const old = await signIn(secret);
    expect(old).toMatchObject({ status: 401, reason: 'TOKEN_REVOKED' });
    expect(old.headers.get('www-authenticate')).toContain('error="invalid_token"');
    const renewed = await signIn(data.rotateApiClientSecret.secret);
    expect(renewed.data.viewer.principal.id).toBe(id);
  });

  it('ten times at once leaves one secret alive, and refuses who came second', async () => {
    const { id, secret } = await aClient('STAFF');
    const answers = await Promise.all(Array.from({ length: 10 }, () => rotate(id)));
    const refused = answers.filter(({ status }) => status !== 200);
    for (const { status, reason } of refused) {
      expect({ status, reason }).toEqual({ status: 409, reason: 'CHANGED_MEANWHILE' });
    }
    const handedOut: string[] = answers.flatMap(
      ({ data }) => data?.rotateApiClientSecret.secret ?? [],
    );
    const alive = await Promise.all([secret, ...handedOut].map(signIn));
    expect(alive.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(alive.filter(({ reason }) => reason === 'TOKEN_REVOKED')).toHaveLength(handedOut.length);
  });

  it('of a client that is not there or is disabled does nothing', async () => {
    for (const id of [missing, '1', '', '\0']) {
      expect(await rotate(id)).toMatchObject({ status: 404, code: 'NOT_FOUND' });
    }
    const { id, secret } = await aClient();
    await disable(id);
    expect(await rotate(id)).toMatchObject({ status: 409, reason: 'CLIENT_DISABLED' });
    expect((await signIn(secret)).reason).toBe('TOKEN_REVOKED');
  });
});

describe('disabling a client', () => {
  it('kills its secret before it answers, and a second time changes nothing', async () => {
    const { id, secret } = await aClient('ADMIN');
    const { status, data } = await disable(id);
    expect(status).toBe(200);
    expect(await signIn(secret)).toMatchObject({ status: 401, reason: 'TOKEN_REVOKED' });
    const again = await disable(id.toUpperCase());
    expect(again.data).toEqual(data);
    expect(data.disableApiClient.disabledAt).toMatch(/Z$/);
  });

  it('holds for a client that has disabled itself', async () => {
    const { id, secret } = await aClient('ADMIN');
    expect((await disable(id, secret)).status).toBe(200);
    expect((await disable(id, secret)).status).toBe(401);
  });

  it('that is not there is NOT_FOUND', async () => {
    for (const id of [missing, server.admin.id, '1', '\0']) {
      expect(await disable(id)).toMatchObject({ status: 404, code: 'NOT_FOUND' });
    }
  });
});

describe('a wrong secret', () => {
  it('is judged by its form first: invalid, or valid but no longer accepted', async () => {
    const { secret } = await aClient('STAFF');
    const mistyped = secret.slice(0, -1) + (secret.endsWith('A') ? 'B' : 'A');
    for (const token of [mistyped, secret.slice(0, -1), `${secret}A`, 'gatehouse_']) {
      expect(await signIn(token)).toMatchObject({ status: 401, reason: 'TOKEN_MALFORMED' });
    }
    const open = await server.ask('{ serverInfo { name } }', { token: mistyped });
    expect(open.status).toBe(200);
  });
});

describe('a client holds the groups that it was given', () => {
  it('and reaches what they open, and nothing else', async () => {
    const statusesOf = async ({ secret }: { secret: string }) => {
      const queries = [
        '{ rooms { edges { cursor } } }',
        '{ users { edges { cursor } } }',
        '{ auditEvents { edges { cursor } } }',
        '{ users(includeDisabled: true) { edges { cursor } } }',
      ];
      return Promise.all(queries.map(async (query) => (await as(secret, query)).status));
    };
    expect(await statusesOf(await aClient())).toEqual([200, 403, 403, 403]);
    expect(await statusesOf(await aClient('MANAGER'))).toEqual([200, 200, 403, 403]);
    expect(await statusesOf(await aClient('AUDITOR'))).toEqual([200, 200, 200, 403]);
    expect(await statusesOf(await aClient('ADMIN'))).toEqual([200, 200, 403, 200]);
  });

  it('creates users whose groups have no granter', async () => {
    const { secret } = await aClient('MANAGER');
    const { data, status } = await as(
      secret,
      `mutation { createUser(input: { username: "made-by-bot", password: "plum-kettle-orbit-58" }) {
        id groups } }`,
    );
    expect(status).toBe(200);
    expect(data.createUser.groups).toEqual(['STAFF']);
    const seen = await as(
      auditor.accessToken,
      `{ user(id: "${data.createUser.id}") { memberships { group grantedBy { id } } } }`,
    );
    expect(seen.data.user.memberships).toEqual([{ group: 'STAFF', grantedBy: null }]);
  });

  it('is no user: its own id opens none of what is a user’s own', async () => {
    const { id, secret } = await aClient('STAFF');
    for (const query of [
      `{ user(id: "${id}") { id } }`,
      `mutation { updateUser(id: "${id}", input: { displayName: "x" }) { id } }`,
      `{ user(id: "${manager.id}") { id } }`,
    ]) {
      expect(await as(secret, query)).toMatchObject({ status: 403, reason: 'POLICY_DENIED' });
    }
  });

  it('sees a room that admits its groups, and cannot enter it', async () => {
    const { data } = await as(
      manager.accessToken,
      `mutation { createRoom(input: {
        name: "Lab", floor: 1, groups: [STAFF], accessCode: "4711" }) { id } }`,
    );
    const { id } = data.createRoom;
    const { secret } = await aClient('STAFF', 'ADMIN');
    const seen = await as(secret, `{ room(id: "${id}") { admitsViewer accessCode } }`);
    expect(seen.data.room).toEqual({ admitsViewer: true, accessCode: '4711' });

    const enter = (room: string) =>
      as(secret, `mutation { enterRoom(id: "${room}") { id user { id } } }`);
    const entered = await enter(id);
    expect(entered).toMatchObject({ status: 403, code: 'FORBIDDEN', reason: 'POLICY_DENIED' });
    expect(entered.body).not.toHaveProperty('data');
    expect(entered.headers.get('www-authenticate')).toContain('error="insufficient_scope"');
    expect(await server.rooms.roomEntry.count({ where: { roomId: id } })).toBe(0);
    expect(await enter(missing)).toMatchObject({ status: 404, code: 'NOT_FOUND' });
  });
});

describe('a principal', () => {
  const query = `query ($id: ID!) { principal(id: $id) {
    __typename id groups createdAt disabledAt
    ... on User { username } ... on ApiClient { name lastUsedAt } } }`;

  it('is a user, a client, or null', async () => {
    const client = await aClient('STAFF');
    const token = auditor.accessToken;
    const user = await as(token, query, { id: manager.id });
    expect(user.data.principal).toMatchObject({
      __typename: 'User',
      username: manager.username,
      groups: ['MANAGER'],
    });
    const found = await as(token, query, { id: client.id });
    expect(found.data.principal).toMatchObject({
      __typename: 'ApiClient',
      name: 'bot',
      groups: ['STAFF'],
      disabledAt: null,
    });
    for (const id of [missing, '1', '', '\0']) {
      const { status, data } = await as(token, query, { id });
      expect({ status, data }).toEqual({ status: 200, data: { principal: null } });
    }
  });

  it('is for ADMIN and AUDITOR, and keeps what is guarded in it', async () => {
    const { id } = await aClient();
    const variables = { id };
    expect(await server.ask(query, { variables })).toMatchObject({ status: 401 });
    expect(await as(manager.accessToken, query, variables)).toMatchObject({ status: 403 });
    const guarded = `{ principal(id: "${manager.id}") { ... on User { email } } }`;
    expect(await as(auditor.accessToken, guarded)).toMatchObject({ status: 403 });
    expect((await as((await aClient('ADMIN')).secret, guarded)).status).toBe(200);
  });
});
