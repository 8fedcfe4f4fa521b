import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TestServer, TestUser } from '../support/test-server.ts';
import { startTestServer } from '../support/test-server.ts';

let server: TestServer;
let staff: TestUser;
let groupless: TestUser;
const rooms: Record<string, string> = {};
beforeAll(async () => {
  server = await startTestServer();
  staff = await server.aUser('STAFF');
  groupless = await server.aUser();
  const { accessToken: token } = await server.aUser('MANAGER');
  for (const [name, groups] of [
    ['open', ['STAFF', 'AUDITOR']],
    ['shut', ['ADMIN']],
    ['empty', []],
  ] as const) {
    const answer = await server.ask(
      'mutation ($input: RoomInput!) { createRoom(input: $input) { id } }',
      { token, variables: { input: { name, floor: 1, groups, accessCode: `secret of ${name}` } } },
    );
    rooms[name] = answer.data.createRoom.id;
  }
});
afterAll(() => server.stop());

const ask = (viewer: TestUser, query: string, variables: Readonly<Record<string, unknown>> = {}) =>
  server.ask(query, { token: viewer.accessToken, variables });

describe('what only the data can decide', () => {
  it("shows a room's access code to whom the room admits", async () => {
    const query = 'query ($id: ID!) { room(id: $id) { accessCode } }';
    const { status, data } = await ask(staff, query, { id: rooms.open });
    expect({ status, data }).toEqual({
      status: 200,
      data: { room: { accessCode: 'secret of open' } },
    });
  });

  it.each(['shut', 'empty'])('refuses the query for the room "%s" as a whole', async (name) => {
    const query = 'query ($id: ID!) { me { username } room(id: $id) { name accessCode } }';
    const { status, data, headers, errors, text } = await ask(staff, query, { id: rooms[name] });
    expect({ status, data }).toEqual({ status: 403, data: undefined });
    expect(headers.get('www-authenticate')).toContain('error="insufficient_scope"');
    expect(errors.map(({ path, extensions }) => ({ path, ...extensions }))).toEqual([
      {
        path: ['room', 'accessCode'],
        code: 'FORBIDDEN',
        reason: 'POLICY_DENIED',
        coordinate: 'Room.accessCode',
        requires: [['MANAGER']],
        policies: [['ROOM_MEMBER']],
      },
    ]);
    expect(text).not.toContain('secret of');
    expect(text).not.toContain(staff.username);
  });

  it('refuses a list of which one item is denied, and names the path', async () => {
    const query = '{ rooms { edges { node { name accessCode } } } }';
    const { status, data, errors, text } = await ask(staff, query);
    expect({ status, data }).toEqual({ status: 403, data: undefined });
    expect(errors.map(({ path }) => path.join('.'))).toEqual([
      'rooms.edges.1.node.accessCode',
      'rooms.edges.2.node.accessCode',
    ]);
    expect(text).not.toContain('secret of');
  });

  it('has the same status for every order of the fields', async () => {
    const variables = { id: rooms.shut };
    for (const fields of [
      'me { id } room(id: $id) { accessCode }',
      'room(id: $id) { accessCode } me { id }',
      'room(id: $id) { name accessCode } me { id }',
      'room(id: $id) { ... on Room { code: accessCode } } me { id }',
    ]) {
      const answer = await ask(staff, `query ($id: ID!) { ${fields} }`, variables);
      expect(answer.status, fields).toBe(403);
    }
  });

  it('shows an e-mail to its user, through whatever field it is reached', async () => {
    for (const query of [
      '{ me { email } }',
      '{ viewer { principal { ... on User { email } } } }',
      `{ user(id: "${groupless.id}") { email memberships { group } } }`,
    ]) {
      expect((await ask(groupless, query)).status, query).toBe(200);
    }
  });

  it("keeps it from others, who may see the user's name", async () => {
    const { accessToken: token } = await server.aUser('AUDITOR');
    const query = '{ users { edges { node { username email } } } }';
    const { status, data, errors } = await server.ask(query, { token });
    expect({ status, data }).toEqual({ status: 403, data: undefined });
    expect(errors[0].extensions.coordinate).toBe('User.email');
  });
});

describe('a query over GET', () => {
  const get = (query: string, headers: Readonly<Record<string, string>> = {}) =>
    fetch(`${server.url}/graphql?query=${encodeURIComponent(query)}`, { headers });

  it('is answered and refused as over POST', async () => {
    const authorization = `Bearer ${staff.accessToken}`;
    const good = await get('{ me { id } }', { authorization });
    expect(await good.json()).toEqual({ data: { me: { id: staff.id } } });
    expect((await get('{ users { __typename } }', { authorization })).status).toBe(403);
    const anonymous = await get('{ me { id } }', { 'apollo-require-preflight': '1' });
    expect(anonymous.status).toBe(401);
  });

  it('is refused to a page of another site, which can send no header of ours', async () => {
    expect((await get('{ serverInfo { name } }')).status).toBe(400);
  });

  it('is never a mutation: 405, and nothing is done', async () => {
    const authorization = `Bearer ${staff.accessToken}`;
    const query = `mutation { updateUser(id: "${staff.id}", input: {displayName: "X"}) { id } }`;
    const response = await get(query, { authorization });
    expect(response.status).toBe(405);
    expect(response.headers.get('allow')).toBe('POST');
    const me = await ask(staff, '{ me { displayName } }');
    expect(me.data.me.displayName).toBe(staff.username);
  });
});
