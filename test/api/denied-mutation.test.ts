import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TestServer, TestUser } from '../support/test-server.ts';
import { startTestServer, userPassword } from '../support/test-server.ts';

let server: TestServer;
let staff: TestUser;
let manager: TestUser;
beforeAll(async () => {
  server = await startTestServer();
  staff = await server.aUser('STAFF');
  manager = await server.aUser('MANAGER');
});
afterAll(() => server.stop());

const ask = (viewer: TestUser, query: string, variables: Readonly<Record<string, unknown>> = {}) =>
  server.ask(query, { token: viewer.accessToken, variables });

const allowed = 'createRoom(input: {name: "Half", floor: 1, groups: [STAFF]}) { id }';

describe('a mutation of which one field is denied writes nothing', () => {
  it.each([
    ['by group, last', () => `${allowed} disableUser(id: "${staff.id}") { id }`],
    ['by group, first', () => `disableUser(id: "${staff.id}") { id } ${allowed}`],
    [
      'by policy, last',
      () => `${allowed} updateUser(id: "${staff.id}", input: {displayName: "X"}) { id }`,
    ],
    [
      'by policy, first',
      () => `updateUser(id: "${staff.id}", input: {displayName: "X"}) { id } ${allowed}`,
    ],
    [
      'by an input field',
      () => `${allowed} createUser(
        input: {username: "x", password: "slate-meadow-77-copper", groups: []}) { id }`,
    ],
    [
      'beside a room that is not there',
      () => `enterRoom(id: "1") { id } ${allowed} disableUser(id: "${staff.id}") { id }`,
    ],
    [
      'in a fragment',
      () => `${allowed} ...F } fragment F on Mutation { enableUser(id: "1") { id }`,
    ],
  ])('%s', async (_where, fields) => {
    const { status, body } = await ask(manager, `mutation { ${fields()} }`);
    expect(status).toBe(403);
    expect(body).not.toHaveProperty('data');
    expect(await server.rooms.room.count({ where: { name: 'Half' } })).toBe(0);
    const user = await server.connection.database.user.findUnique({ where: { id: staff.id } });
    expect(user).toMatchObject({ displayName: staff.username, disabledAt: null });
  });

  it.each([
    'logout',
    'logoutEverywhere',
    `changePassword(currentPassword: "${userPassword}", newPassword: "slate-meadow-77-copper") {
      tokenType }`,
  ])('for an API client that selects %s last, which only a user can do', async (field) => {
    const query = 'mutation { createApiClient(name: "c", groups: [MANAGER]) { secret } }';
    const { data } = await ask(server.admin, query);
    const token = data.createApiClient.secret;
    const { status, reason, body } = await server.ask(`mutation { ${allowed} ${field} }`, {
      token,
    });
    expect({ status, reason }).toEqual({ status: 403, reason: 'POLICY_DENIED' });
    expect(body).not.toHaveProperty('data');
    expect(await server.rooms.room.count({ where: { name: 'Half' } })).toBe(0);
  });

  it('for anonymous with 401', async () => {
    const { status, body } = await server.ask(`mutation { ${allowed} }`);
    expect(status).toBe(401);
    expect(body).not.toHaveProperty('data');
    expect(await server.rooms.room.count({ where: { name: 'Half' } })).toBe(0);
  });
});

describe('a mutation whose answer has a denied field is done', () => {
  const createUser = (username: string, selection: string) =>
    ask(
      manager,
      `mutation ($input: CreateUserInput!) { createUser(input: $input) { ${selection} } }`,
      { input: { username, password: 'slate-meadow-77-copper', email: 'new@example.org' } },
    );
  const isThere = async (username: string) =>
    (await server.connection.database.user.count({ where: { username } })) === 1;

  it('and has 200, its data, and null at the denied path', async () => {
    const { status, data, errors, headers, text } = await createUser('one', 'username email');
    expect(status).toBe(200);
    expect(data).toEqual({ createUser: { username: 'one', email: null } });
    expect(errors.map(({ path, extensions }) => ({ path, ...extensions }))).toEqual([
      {
        path: ['createUser', 'email'],
        code: 'FORBIDDEN',
        reason: 'POLICY_DENIED',
        coordinate: 'User.email',
        requires: [['ADMIN']],
        policies: [['SELF']],
      },
    ]);
    expect(errors[0].message).toMatch(
      /^The mutation has taken effect, .* You do not have access to User\.email: it requires/,
    );
    expect(headers.get('www-authenticate')).toBeNull();
    expect(text).not.toContain('new@example.org');
    expect(await isThere('one')).toBe(true);
  });

  it('and has 200 also when the null takes all of the data with it', async () => {
    const { status, data, code, headers } = await createUser('two', 'id memberships { group }');
    expect(await isThere('two')).toBe(true);
    expect({ status, data, code }).toEqual({ status: 200, data: null, code: 'FORBIDDEN' });
    expect(headers.get('www-authenticate')).toBeNull();
  });

  it('and has 200 when what is wrong is an argument inside its answer', async () => {
    const query = `mutation { createRoom(input: {name: "Made", floor: 1, groups: []}) {
      entries(first: 0) { edges { cursor } } } }`;
    const { status, code, errors } = await ask(manager, query);
    expect(await server.rooms.room.count({ where: { name: 'Made' } })).toBe(1);
    expect(errors[0].path).toEqual(['createRoom', 'entries']);
    expect({ status, code }).toEqual({ status: 200, code: 'BAD_USER_INPUT' });
  });
});

describe('a mutation that leaves nothing done has the status of its error', () => {
  it.each([
    { what: 'a missing room', query: 'deleteRoom(id: "1")', status: 404, code: 'NOT_FOUND' },
    {
      what: 'wrong input',
      query: 'createRoom(input: {name: "", floor: 1, groups: []}) { id }',
      status: 400,
      code: 'BAD_USER_INPUT',
    },
  ])('for $what: $status', async ({ query, status, code }) => {
    const answer = await ask(manager, `mutation { ${query} }`);
    expect(answer.body).not.toHaveProperty('data');
    expect({ status: answer.status, code: answer.code }).toEqual({ status, code });
  });

  it('but 200 when a field before it was done', async () => {
    const query = `mutation { createRoom(input: {name: "Done", floor: 1, groups: []}) { name }
      again: createRoom(input: {name: "", floor: 1, groups: []}) { id } }`;
    const { status, code } = await ask(manager, query);
    expect({ status, code }).toEqual({ status: 200, code: 'BAD_USER_INPUT' });
    expect(await server.rooms.room.count({ where: { name: 'Done' } })).toBe(1);
  });
});
