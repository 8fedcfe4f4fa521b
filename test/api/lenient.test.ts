import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TestServer, TestUser } from '../support/test-server.ts';
import { startTestServer } from '../support/test-server.ts';

let server: TestServer;
let staff: TestUser;
let manager: TestUser;
let shutRoom: string;
beforeAll(async () => {
  server = await startTestServer();
  staff = await server.aUser('STAFF');
  manager = await server.aUser('MANAGER');
  for (const [name, groups] of [
    ['open', ['STAFF']],
    ['shut', ['ADMIN']],
    ['empty', []],
  ] as const) {
    const answer = await server.ask(
      'mutation ($input: RoomInput!) { createRoom(input: $input) { id } }',
      {
        token: manager.accessToken,
        variables: { input: { name, floor: 1, groups, accessCode: `secret of ${name}` } },
      },
    );
    if (name === 'shut') shutRoom = answer.data.createRoom.id;
  }
});
afterAll(() => server.stop());

type Variables = Readonly<Record<string, unknown>>;

async function ask(
  viewer: TestUser | undefined,
  query: string,
  variables: Variables = {},
  prefer = 'handling=lenient',
) {
  const answer = await server.ask(query, {
    variables,
    headers: { prefer },
    ...(viewer === undefined ? {} : { token: viewer.accessToken }),
  });
  return {
    ...answer,
    applied: answer.headers.get('preference-applied'),
    challenge: answer.headers.get('www-authenticate'),
    denied: answer.errors.map(
      ({ path, extensions }) => `${extensions.coordinate} at ${path.join('.')}`,
    ),
  };
}

describe('a query asked leniently', () => {
  it('has 200, the data that is left, and an error for each denied path', async () => {
    const answer = await ask(staff, '{ me { username } principal(id: "x") { id } }');
    expect(answer).toMatchObject({
      status: 200,
      applied: 'handling=lenient',
      challenge: null,
      data: { me: { username: staff.username }, principal: null },
      denied: ['Query.principal at principal'],
    });
    expect(answer.errors[0].extensions).toEqual({
      code: 'FORBIDDEN',
      reason: 'GROUP_REQUIRED',
      coordinate: 'Query.principal',
      requires: [['ADMIN', 'AUDITOR']],
      policies: [[]],
    });
  });

  it('shows what each item of a list allows, and reports the denied path once', async () => {
    const { status, data, denied, text } = await ask(
      staff,
      '{ rooms { edges { node { name accessCode } } } }',
    );
    expect(status).toBe(200);
    expect(data.rooms.edges.map(({ node }: { node: unknown }) => node)).toEqual([
      { name: 'open', accessCode: 'secret of open' },
      { name: 'shut', accessCode: null },
      { name: 'empty', accessCode: null },
    ]);
    expect(denied).toEqual(['Room.accessCode at rooms.edges.1.node.accessCode']);
    expect(text).not.toContain('secret of shut');
  });

  it('has nothing left where a denied field of a list may be null nowhere', async () => {
    const query = '{ users { edges { node { username email memberships { group } } } } }';
    const { status, data, text } = await ask(manager, query);
    expect({ status, data }).toEqual({ status: 403, data: undefined });
    expect(text).not.toContain(staff.username);
  });

  it('makes the parent of a non-null denied field null', async () => {
    const query =
      'query ($id: ID!) { me { id } room(id: $id) { name entries { edges { cursor } } } }';
    const { status, data, denied } = await ask(staff, query, { id: shutRoom });
    expect({ status, data }).toEqual({ status: 200, data: { me: { id: staff.id }, room: null } });
    expect(denied).toEqual(['Room.entries at room.entries']);
  });

  it('is public for anonymous where it is, and denied for the rest', async () => {
    const { status, data, errors, challenge } = await ask(
      undefined,
      '{ serverInfo { name } me { id } }',
    );
    expect({ status, data, challenge }).toEqual({
      status: 200,
      data: { serverInfo: { name: 'Gatehouse' }, me: null },
      challenge: null,
    });
    expect(errors[0].extensions).toMatchObject({
      code: 'UNAUTHENTICATED',
      reason: 'TOKEN_MISSING',
    });
  });

  it('is answered over GET as well', async () => {
    const query = '{ me { id } principal(id: "x") { id } }';
    const response = await fetch(`${server.url}/graphql?query=${encodeURIComponent(query)}`, {
      headers: { authorization: `Bearer ${staff.accessToken}`, prefer: 'handling=lenient' },
    });
    expect(response.status).toBe(200);
    expect(response.headers.get('preference-applied')).toBe('handling=lenient');
    expect(await response.json()).toMatchObject({
      data: { me: { id: staff.id }, principal: null },
    });
  });

  it('says that it was heard where nothing is denied', async () => {
    const { status, applied, body } = await ask(staff, '{ me { id } }');
    expect({ status, applied, body }).toEqual({
      status: 200,
      applied: 'handling=lenient',
      body: { data: { me: { id: staff.id } } },
    });
  });
});

describe('a query of which no data is left', () => {
  it.each([
    { title: 'a nullable field', query: '{ me { id } }', status: 401 },
    {
      title: 'a field that may not be null',
      query: '{ serverInfo { name } viewer { groups } }',
      status: 401,
    },
  ])('is 401 for anonymous: $title', async ({ query, status }) => {
    const answer = await ask(undefined, query);
    expect(answer.status).toBe(status);
    expect(answer.challenge).toBe('Bearer realm="gatehouse"');
    expect(answer.applied).toBe('handling=lenient');
  });

  it('is 401 with the reason of a bad token', async () => {
    const answer = await server.ask('{ me { id } }', {
      token: 'bad',
      headers: { prefer: 'handling=lenient' },
    });
    expect(answer.status).toBe(401);
    expect(answer.headers.get('www-authenticate')).toContain('error="invalid_token"');
  });

  it.each(['{ principal(id: "x") { id } }', '{ me { id } apiClients { id } }'])(
    'is 403 for the wrong group: %s',
    async (query) => {
      const answer = await ask(staff, query);
      expect(answer.status).toBe(403);
      expect(answer.challenge).toBe('Bearer realm="gatehouse", error="insufficient_scope"');
      expect(answer.text).not.toContain(staff.id);
    },
  );

  it('bears its 401 or 403 without data', async () => {
    expect((await ask(undefined, '{ me { id } }')).data ?? null).toBe(null);
    expect((await ask(staff, '{ principal(id: "x") { id } }')).data ?? null).toBe(null);
  });
});

describe('what is not lenient', () => {
  it('a mutation, of which nothing is done', async () => {
    const rename = `mutation ($id: ID!) {
      updateUser(id: $id, input: { displayName: "New" }) { id }
      disableUser(id: $id) { id }
    }`;
    const { status, applied, body } = await ask(staff, rename, { id: staff.id });
    expect({ status, applied }).toEqual({ status: 403, applied: null });
    expect(body).not.toHaveProperty('data');
    const { data } = await ask(staff, '{ me { displayName disabledAt } }');
    expect(data.me).toEqual({ displayName: staff.username, disabledAt: null });
  });

  it.each(['', 'handling=strict', 'return=minimal', 'handling=strict, handling=lenient'])(
    'a query that prefers "%s"',
    async (prefer) => {
      const { status, applied, body } = await ask(
        staff,
        '{ me { id } principal(id: "x") { id } }',
        {},
        prefer,
      );
      expect({ status, applied }).toEqual({ status: 403, applied: null });
      expect(body).not.toHaveProperty('data');
    },
  );

  it.each(['Handling=Lenient', 'handling="lenient"; wait=10', 'return=minimal, handling=lenient'])(
    'but one that prefers "%s" is',
    async (prefer) => {
      const { status, applied } = await ask(
        staff,
        '{ me { id } principal(id: "x") { id } }',
        {},
        prefer,
      );
      expect({ status, applied }).toEqual({ status: 200, applied: 'handling=lenient' });
    },
  );
});
