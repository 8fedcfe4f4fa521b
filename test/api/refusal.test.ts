import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Answer, TestServer, TestUser } from '../support/test-server.ts';
import { startTestServer } from '../support/test-server.ts';

let server: TestServer;
let staff: TestUser;
let manager: TestUser;
let groupless: TestUser;
beforeAll(async () => {
  server = await startTestServer();
  staff = await server.aUser('STAFF');
  manager = await server.aUser('MANAGER');
  groupless = await server.aUser();
});
afterAll(() => server.stop());

const asStaff = (query: string, variables: Readonly<Record<string, unknown>> = {}) =>
  server.ask(query, { token: staff.accessToken, variables });
const asManager = (query: string, variables: Readonly<Record<string, unknown>> = {}) =>
  server.ask(query, { token: manager.accessToken, variables });

/** Where and why a whole operation was refused, error by error. */
function refusalsOf({ body, errors }: Answer) {
  expect(body).not.toHaveProperty('data');
  return errors.map(({ path, locations, extensions }) => ({ path, locations, ...extensions }));
}
const coordinatesOf = (answer: Answer): string[] =>
  answer.errors.map(({ extensions }) => extensions.coordinate);

describe('a refusal names its coordinate and what it requires', () => {
  it('for a group: 403 with path, locations, coordinate and groups', async () => {
    const answer = await asStaff('{ me { id }\n  everyone: users { edges { cursor } } }');
    expect(answer.status).toBe(403);
    expect(answer.headers.get('www-authenticate')).toBe(
      'Bearer realm="gatehouse", error="insufficient_scope"',
    );
    expect(refusalsOf(answer)).toEqual([
      {
        path: ['everyone'],
        locations: [{ line: 2, column: 3 }],
        code: 'FORBIDDEN',
        reason: 'GROUP_REQUIRED',
        coordinate: 'Query.users',
        requires: [['ADMIN', 'AUDITOR', 'MANAGER']],
        policies: [[]],
      },
    ]);
  });

  it('for a policy: 403 POLICY_DENIED', async () => {
    const answer = await asStaff(`{ user(id: "${manager.id}") { username } }`);
    expect(answer.status).toBe(403);
    expect(refusalsOf(answer)).toEqual([
      {
        path: ['user'],
        locations: [{ line: 1, column: 3 }],
        code: 'FORBIDDEN',
        reason: 'POLICY_DENIED',
        coordinate: 'Query.user',
        requires: [['ADMIN', 'AUDITOR']],
        policies: [['SELF']],
      },
    ]);
  });

  it('for anonymous: 401 at every coordinate, in document order', async () => {
    const answer = await server.ask('{ viewer { groups } serverInfo { name } me { email } }');
    expect(answer.status).toBe(401);
    expect(
      refusalsOf(answer).map(({ path, coordinate, reason }) => [path, coordinate, reason]),
    ).toEqual([
      [['viewer'], 'Query.viewer', 'TOKEN_MISSING'],
      [['me'], 'Query.me', 'TOKEN_MISSING'],
      [['me', 'email'], 'User.email', 'TOKEN_MISSING'],
    ]);
  });
});

describe('the status does not depend on how the operation is written', () => {
  it.each([
    '{ me { id } users { edges { cursor } } rooms { edges { cursor } } }',
    '{ me { id } rooms { edges { cursor } } users { edges { cursor } } }',
    '{ users { edges { cursor } } me { id } rooms { edges { cursor } } }',
    '{ users { edges { cursor } } rooms { edges { cursor } } me { id } }',
    '{ rooms { edges { cursor } } users { edges { cursor } } me { id } }',
    '{ rooms { edges { cursor } } me { id } users { edges { cursor } } }',
    '{ me: users { edges { cursor } } }',
    'fragment F on Query { users { edges { cursor } } } query { me { id } ...F }',
    'query { ...F } fragment F on Query { ...G } fragment G on Query { users { edges { cursor } } }',
    '{ ... on Query { users { edges { cursor } } } }',
    '{ ... { users { edges { cursor } } } }',
    '{ users { __typename } }',
    '{ ... @include(if: true) { users { __typename } } }',
    'query ($yes: Boolean = true) { me { id } users @include(if: $yes) { __typename } }',
    'query ($no: Boolean! = false) { users @skip(if: $no) { __typename } }',
  ])('%s is refused', async (query) => {
    const answer = await asStaff(query);
    expect(answer.status).toBe(403);
    expect(answer.body).not.toHaveProperty('data');
    expect(coordinatesOf(answer)).toEqual(['Query.users']);
  });

  it('and a selected operation is refused for what it selects, not for its neighbours', async () => {
    const query = 'query Good { me { id } } query Bad { users { __typename } }';
    const token = staff.accessToken;
    expect((await server.ask(query, { token, operationName: 'Good' })).status).toBe(200);
    expect((await server.ask(query, { token, operationName: 'Bad' })).status).toBe(403);
  });

  it('and what is skipped needs no permission', async () => {
    const query = `query ($yes: Boolean!) {
      me { id } users @include(if: $yes) { __typename }
      rooms @skip(if: true) { edges { node { entries { __typename } } } }
    }`;
    expect((await asStaff(query, { yes: false })).status).toBe(200);
    expect((await asStaff(query, { yes: true })).status).toBe(403);
  });

  it('and one viewer never inherits the decision made for another', async () => {
    const query = '{ users(first: 2) { edges { cursor } } }';
    for (const [viewer, status] of [
      [manager, 200],
      [staff, 403],
      [manager, 200],
      [groupless, 403],
      [server.admin, 200],
    ] as const) {
      expect((await server.ask(query, { token: viewer.accessToken })).status).toBe(status);
    }
    expect((await server.ask(query)).status).toBe(401);
  });
});

describe('an argument or input field that needs a group', () => {
  it.each([
    { how: 'inline', query: '{ users(includeDisabled: true) { __typename } }' },
    { how: 'inline as false', query: '{ users(includeDisabled: false) { __typename } }' },
    { how: 'inline as null', query: '{ users(includeDisabled: null) { __typename } }' },
    {
      how: 'by variable',
      query: 'query ($d: Boolean) { users(includeDisabled: $d) { __typename } }',
      variables: { d: null },
    },
    {
      how: "by a variable's default",
      query: 'query ($d: Boolean = true) { users(includeDisabled: $d) { __typename } }',
    },
  ])('is refused when it is given $how', async ({ query, variables }) => {
    const answer = await asManager(query, variables);
    expect(answer.status).toBe(403);
    expect(refusalsOf(answer)).toMatchObject([
      { path: ['users'], coordinate: 'Query.users(includeDisabled:)', requires: [['ADMIN']] },
    ]);
  });

  it('is no matter when it is not given', async () => {
    const query = 'query ($d: Boolean) { users(includeDisabled: $d) { __typename } }';
    expect((await asManager(query)).status).toBe(200);
  });

  const fields = 'username: "eve", password: "slate-meadow-77-copper", groups: [ADMIN]';
  const input = { username: 'eve', password: 'slate-meadow-77-copper', groups: ['ADMIN'] };
  it.each([
    { how: 'inline', query: `mutation { createUser(input: {${fields}}) { id } }` },
    {
      how: 'by a variable',
      query: 'mutation ($input: CreateUserInput!) { createUser(input: $input) { id } }',
    },
    {
      how: 'by a variable inside',
      query: `mutation ($groups: [Group!]!) {
        createUser(input: {username: "eve", password: "slate-meadow-77-copper", groups: $groups}) { id }
      }`,
    },
  ])('is refused $how, and no user is created', async ({ query }) => {
    const answer = await asManager(query, { input, groups: ['ADMIN'] });
    expect(answer.status).toBe(403);
    expect(coordinatesOf(answer)).toEqual(['CreateUserInput.groups']);
    const found = await asManager('{ users(search: "eve") { edges { cursor } } }');
    expect(found.data.users.edges).toEqual([]);
  });

  it('is no matter to whom an absent one stands at its default', async () => {
    const answer = await asManager(
      'mutation ($input: CreateUserInput!) { createUser(input: $input) { groups } }',
      { input: { username: 'newcomer', password: 'slate-meadow-77-copper' } },
    );
    expect(answer.data).toEqual({ createUser: { groups: ['STAFF'] } });
  });

  it("keeps a user's own username from them, but not their display name", async () => {
    const query =
      'mutation ($id: ID!, $input: UpdateUserInput!) { updateUser(id: $id, input: $input) { displayName } }';
    const own = { id: staff.id, input: { displayName: 'Sam' } };
    expect((await asStaff(query, own)).data.updateUser.displayName).toBe('Sam');
    const renamed = await asStaff(query, { id: staff.id, input: { username: 'root' } });
    expect(renamed.status).toBe(403);
    expect(coordinatesOf(renamed)).toEqual(['UpdateUserInput.username']);
  });
});
