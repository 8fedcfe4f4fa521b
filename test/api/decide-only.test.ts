import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import {
  startTestServer,
  type TestServer,
  type TestUser,
  userPassword,
} from '../support/test-server.ts';
import { openTestSocket, type TestSocket } from '../support/test-socket.ts';

let server: TestServer;
let staff: TestUser;
let manager: TestUser;
let auditor: TestUser;
let roomId: string;
let sockets: TestSocket[] = [];

beforeAll(async () => {
  server = await startTestServer({
    environment: { ALLOWED_ORIGINS: 'https://app.example.org', LOGIN_ATTEMPTS_PER_ACCOUNT: '3' },
  });
  staff = await server.aUser('STAFF');
  manager = await server.aUser('MANAGER');
  auditor = await server.aUser('AUDITOR');
  const created = await server.ask(create('open'), { token: manager.accessToken });
  roomId = created.data.createRoom.id;
});
afterAll(() => server.stop());
afterEach(async () => {
  await Promise.all(sockets.map((socket) => socket.close()));
  sockets = [];
});

const create = (name: string) =>
  `mutation { createRoom(input: { name: "${name}", floor: 1, groups: [STAFF] }) { id } }`;
const decideOnly = { prefer: 'decide-only' };

const decide = (
  viewer: TestUser | undefined,
  query: string,
  variables: Readonly<Record<string, unknown>> = {},
) =>
  server.ask(query, {
    variables,
    headers: decideOnly,
    ...(viewer === undefined ? {} : { token: viewer.accessToken }),
  });

/** Everything that operations could have changed. */
async function state() {
  const { database } = server.connection;
  const [rooms, entries] = [await server.rooms.room.count(), await server.rooms.roomEntry.count()];
  const [events, sessions] = [await database.auditEvent.count(), await database.session.count()];
  const limits = await database.rateLimit.findMany({ orderBy: { key: 'asc' } });
  return { rooms, entries, events, sessions, limits };
}

const allowed = { allowed: true, denials: [], depends: [], narrowed: [] };

describe('an operation that is only decided', () => {
  it('is answered with the decision and nothing else, and is stored by no cache', async () => {
    const answer = await decide(manager, create('ghost'));
    expect(answer.status).toBe(200);
    expect(answer.body).toEqual({ extensions: { decision: allowed } });
    expect(answer.headers.get('preference-applied')).toBe('decide-only');
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(answer.headers.get('vary')).toBe('Origin, Prefer');
  });

  it('has the denials of its refusal, with 200 and no challenge', async () => {
    const query = `mutation { a: deleteRoom(id: "${roomId}") disableUser(id: "${staff.id}") { id } }`;
    const refused = await server.ask(query, { token: staff.accessToken });
    const { status, headers, body } = await decide(staff, query);
    expect([refused.status, status, headers.get('www-authenticate')]).toEqual([403, 200, null]);
    const denials = refused.errors.map(({ extensions, path }) => ({ ...extensions, path }));
    expect(denials).toHaveLength(2);
    expect(body).toEqual({
      extensions: { decision: { allowed: false, denials, depends: [], narrowed: [] } },
    });
  });

  it.each([undefined, 'bad'])(
    'answers a request without a valid token with 401: %s',
    async (token) => {
      const answer = await server.ask('{ me { id } }', {
        headers: decideOnly,
        ...(token === undefined ? {} : { token }),
      });
      const reason = token === undefined ? 'TOKEN_MISSING' : 'TOKEN_MALFORMED';
      expect([answer.status, answer.body.extensions.decision]).toMatchObject([
        200,
        { allowed: false, denials: [{ code: 'UNAUTHENTICATED', reason, coordinate: 'Query.me' }] },
      ]);
    },
  );

  it('asks the policies of root fields', async () => {
    const enter = 'mutation ($id: ID!) { enterRoom(id: $id) { id } }';
    const [inside, outside] = [
      await decide(staff, enter, { id: roomId }),
      await decide(auditor, enter, { id: roomId }),
    ];
    expect(inside.body.extensions.decision).toEqual({
      ...allowed,
      narrowed: ['Mutation.enterRoom'],
    });
    expect(outside.body.extensions.decision).toMatchObject({
      allowed: false,
      denials: [{ reason: 'POLICY_DENIED', coordinate: 'Mutation.enterRoom' }],
    });
  });

  it('names what data decides', async () => {
    const query = '{ rooms { edges { node { name accessCode } } } }';
    const answers = [await decide(staff, query), await decide(manager, query)];
    expect(answers.map(({ body }) => body.extensions.decision.depends)).toEqual([
      ['Room.accessCode'],
      [],
    ]);
  });

  it('runs nothing and writes nothing, whatever is decided', async () => {
    const before = await state();
    const { username } = staff;
    for (const password of [userPassword, ...Array.from({ length: 5 }, () => 'wrong')]) {
      for (const field of ['login { accessToken }', 'startSession { groups }']) {
        const call = field.replace(' ', '(username: $username, password: $password) ');
        const query = `mutation ($username: String!, $password: String!) { ${call} }`;
        const answer = await decide(undefined, query, { username, password });
        expect(answer.headers.getSetCookie()).toEqual([]);
        expect(answer.body).toMatchObject({ extensions: { decision: { denials: [] } } });
      }
    }
    for (const query of [
      create('ghost'),
      `mutation { deleteRoom(id: "${roomId}") }`,
      `mutation { enterRoom(id: "${roomId}") { id } }`,
      'mutation { logout }',
      'mutation { logoutEverywhere }',
      `mutation { refresh(refreshToken: "${staff.refreshToken}") { accessToken } }`,
      `mutation { changePassword(currentPassword: "wrong", newPassword: "x") { accessToken } }`,
    ]) {
      expect((await decide(manager, query)).body.extensions.decision).toBeDefined();
      expect((await decide(staff, query)).body.extensions.decision).toBeDefined();
    }
    expect(await state()).toEqual(before);
    expect((await server.logIn(staff.username, userPassword)).id).toBe(staff.id);
  });

  it('is decided strictly where lenient handling is preferred, too', async () => {
    const headers = { prefer: 'handling=lenient, decide-only' };
    const query = '{ me { id } users { pageInfo { hasNextPage } } }';
    const answer = await server.ask(query, { headers, token: staff.accessToken });
    expect(answer.headers.get('preference-applied')).toBe('decide-only');
    expect(answer.body).toMatchObject({
      extensions: { decision: { allowed: false, denials: [{ coordinate: 'Query.users' }] } },
    });
    expect(answer.body).not.toHaveProperty('data');
  });

  it('is logged as decided, and counts as no denial', async () => {
    await decide(staff, '{ onlyDecided: users { pageInfo { hasNextPage } } }');
    const lines = () =>
      server.logLines
        .map((line) => JSON.parse(line))
        .filter(({ msg, outcome }) => msg === 'operation' && outcome === 'decided');
    await expect.poll(() => lines().at(-1)).toMatchObject({ type: 'query' });
    expect(lines().at(-1)).not.toHaveProperty('denied');
  });
});

describe('over GET', () => {
  const get = (query: string) =>
    fetch(`${server.url}/graphql?query=${encodeURIComponent(query)}`, {
      headers: { ...decideOnly, authorization: `Bearer ${staff.accessToken}` },
    });

  it('a query is decided', async () => {
    const response = await get('{ me { id } }');
    expect([response.status, response.headers.get('vary')]).toEqual([200, 'Origin, Prefer']);
    expect(await response.json()).toEqual({ extensions: { decision: allowed } });
  });

  it('a mutation stays refused', async () => {
    const response = await get('mutation { logout }');
    expect(response.status).toBe(405);
    expect(await response.text()).not.toContain('decision');
  });
});

describe('an invalid operation that is only to be decided', () => {
  it.each([
    { what: 'a syntax error', query: '{ me {', code: 'GRAPHQL_PARSE_FAILED' },
    { what: 'an unknown field', query: '{ you { id } }', code: 'GRAPHQL_VALIDATION_FAILED' },
    {
      what: 'a missing variable',
      query: 'query ($id: ID!) { room(id: $id) { id } }',
      code: 'BAD_USER_INPUT',
    },
    {
      what: 'two operations',
      query: 'query A { me { id } } query B { me { id } }',
      code: 'OPERATION_RESOLUTION_FAILURE',
    },
    {
      what: 'too many aliases',
      query: `{ ${Array.from({ length: 16 }, (_, n) => `a${n}: me { id }`).join(' ')} }`,
      code: 'OPERATION_TOO_LARGE',
    },
    {
      what: 'a cost above the budget',
      query:
        '{ rooms(first: 100) { edges { node { entries(first: 100) { edges { cursor } } } } } }',
      code: 'OPERATION_TOO_LARGE',
    },
  ])('is answered as always: $what', async ({ query, code }) => {
    const usual = await server.ask(query, { token: manager.accessToken });
    const answer = await decide(manager, query);
    expect([answer.status, answer.code]).toEqual([400, code]);
    expect(answer.body).toEqual(usual.body);
  });

  it('is not run by a batch', async () => {
    const response = await fetch(`${server.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...decideOnly },
      body: JSON.stringify([{ query: '{ serverInfo { name } }' }]),
    });
    expect(response.status).toBe(400);
  });
});

describe('a subscription', () => {
  it('is decided over HTTP', async () => {
    const query = 'subscription { roomEntered { id } }';
    const answers = [await decide(manager, query), await decide(staff, query)];
    expect(answers.map(({ body }) => body.extensions.decision.allowed)).toEqual([true, false]);
  });
});

describe('over a WebSocket', () => {
  const open = (viewer: TestUser): TestSocket => {
    const socket = openTestSocket(server.url, { token: viewer.accessToken });
    sockets.push(socket);
    return socket;
  };

  /** All messages about one operation, and how it ended. */
  const results = async (viewer: TestUser, query: string, prefer: unknown = 'decide-only') => {
    const asked = open(viewer).subscribe(query, undefined, { prefer });
    const ended = await asked.ended;
    return { results: asked.results, ended };
  };

  it.each([
    'subscription { roomEntered { id } }',
    'mutation { createRoom(input: { name: "Lab", floor: 1, groups: [] }) { id } }',
    '{ rooms { edges { cursor } } }',
  ])('is answered with one decision, and is complete: %s', async (query) => {
    const before = await state();
    expect(await results(manager, query)).toEqual({
      results: [{ extensions: { decision: allowed } }],
      ended: 'complete',
    });
    expect(server.events.subscriberCount()).toBe(0);
    expect(await state()).toEqual(before);
  });

  it('has the denials of a refusal', async () => {
    const answer = await results(staff, 'subscription { roomEntered { id } }');
    expect(answer).toMatchObject({
      results: [
        {
          extensions: {
            decision: {
              allowed: false,
              denials: [{ coordinate: 'Subscription.roomEntered', path: ['roomEntered'] }],
            },
          },
        },
      ],
      ended: 'complete',
    });
  });

  it('is refused when it is invalid', async () => {
    const query = 'query ($id: ID!) { room(id: $id) { id } }';
    expect((await results(staff, query)).ended).toMatchObject([
      { extensions: { code: 'BAD_USER_INPUT' } },
    ]);
  });

  it.each([[true], [['decide-only']], [null]])(
    'is refused when the preference is not a string: %j',
    async (prefer) => {
      const answer = await results(manager, create('ghost'), prefer);
      expect(answer.results).toEqual([]);
      expect(answer.ended).toMatchObject([{ extensions: { code: 'BAD_REQUEST' } }]);
    },
  );
});
