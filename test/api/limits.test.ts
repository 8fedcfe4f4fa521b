import { getIntrospectionQuery } from 'graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestServer, type TestServer, type TestUser } from '../support/test-server.ts';
import { openTestSocket, type TestSocket } from '../support/test-socket.ts';
import { worstDocuments } from '../support/worst-documents.ts';

let server: TestServer;
let staff: TestUser;
let programToken: string;
let socket: TestSocket;
beforeAll(async () => {
  server = await startTestServer();
  staff = await server.aUser('STAFF');
  const made = await server.ask(
    'mutation { createApiClient(name: "Panel", groups: [MANAGER]) { secret } }',
    { token: server.admin.accessToken },
  );
  programToken = made.data.createApiClient.secret;
  socket = openTestSocket(server.url, { token: server.admin.accessToken });
  await socket.connected;
});
afterAll(async () => {
  await socket.close();
  await server.stop();
});

const times = (count: number, write: (index: number) => string) =>
  Array.from({ length: count }, (_, index) => write(index)).join(' ');

const nested = (depth: number) => `${'['.repeat(depth)}${']'.repeat(depth)}`;

/** A room's entries, and the rooms of these, `pages` fields deep each time four. */
const rooms = '{ rooms(first: 1) { edges { node { entries(first: 1) { edges { node';

interface Case {
  readonly what: string;
  readonly query: string;
  readonly variables?: Readonly<Record<string, unknown>>;
  readonly reason: string;
  readonly limit: number;
  readonly found?: number;
}

const breaches: readonly Case[] = [
  {
    what: '1,001 tokens',
    query: `{ serverInfo { ${times(997, () => 'name')} } }`,
    reason: 'TOKENS',
    limit: 1000,
  },
  {
    what: 'eleven fields inside one another',
    query: `${rooms} { room { entries { edges { node { id } } } } } } } } } } }`,
    reason: 'DEPTH',
    limit: 10,
    found: 11,
  },
  {
    what: 'the same in fragments',
    query: `${rooms} { room { ...A } } } } } } } }
      fragment A on Room { entries { ... on RoomEntryConnection { edges { node { id } } } } }`,
    reason: 'DEPTH',
    limit: 10,
    found: 11,
  },
  {
    what: 'introspection that goes round in circles',
    query: `{ __schema { types { ${'ofType { '.repeat(14)} name ${'} '.repeat(14)} } } }`,
    reason: 'INTROSPECTION_DEPTH',
    limit: 15,
    found: 17,
  },
  {
    what: '16 aliases',
    query: `{ serverInfo { ${times(16, (n) => `a${n}: name`)} } }`,
    reason: 'ALIASES',
    limit: 15,
    found: 16,
  },
  {
    what: '16 times __typename',
    query: `{ ${times(16, (n) => `a${n}: __typename`)} }`,
    reason: 'ALIASES',
    limit: 15,
    found: 16,
  },
  {
    what: '16 aliases in one fragment, spread twice',
    query: `{ serverInfo { ...A ... { ...A } } } fragment A on ServerInfo { ${times(8, (n) => `a${n}: name`)} }`,
    reason: 'ALIASES',
    limit: 15,
    found: 16,
  },
  {
    what: 'eleven root fields',
    query: `{ ${times(11, () => 'serverInfo { name }')} }`,
    reason: 'ROOT_FIELDS',
    limit: 10,
    found: 11,
  },
  {
    what: 'fragments that double thirty times',
    query: `{ serverInfo { ...A0 } }
      ${times(30, (n) => `fragment A${n} on ServerInfo { ...A${n + 1} ...A${n + 1} }`)}
      fragment A30 on ServerInfo { name }`,
    reason: 'SELECTIONS',
    limit: 1000,
    found: 3 * 2 ** 30,
  },
  {
    what: '51 directives',
    query: `{ serverInfo { ${times(51, () => 'name @include(if: true)')} } }`,
    reason: 'DIRECTIVES',
    limit: 50,
    found: 51,
  },
  {
    what: '51 variables that are declared',
    query: `mutation (${times(51, (n) => `$a${n}: Group!`)}) {
      createApiClient(name: "A", groups: [${times(51, (n) => `$a${n}`)}]) { secret } }`,
    reason: 'VARIABLES',
    limit: 50,
    found: 51,
  },
  {
    what: '51 undeclared variables',
    query: '{ serverInfo { name } }',
    variables: Object.fromEntries(Array.from({ length: 51 }, (_, n) => [`a${n}`, n])),
    reason: 'VARIABLES',
    limit: 50,
    found: 51,
  },
  {
    what: 'a variable of 1,001 values',
    query: '{ serverInfo { name } }',
    variables: { a: Array.from({ length: 1000 }, (_, n) => n) },
    reason: 'VARIABLE_VALUES',
    limit: 1000,
    found: 1001,
  },
  {
    what: 'a variable of eleven lists inside one another',
    query: '{ serverInfo { name } }',
    variables: { a: JSON.parse(nested(11)) },
    reason: 'VARIABLE_DEPTH',
    limit: 10,
    found: 11,
  },
  {
    what: 'pages of pages',
    query: `{ rooms(first: 100) { edges { node { entries(first: 100) { edges { node { id } } } } } } }`,
    reason: 'COST',
    limit: 10_000,
    found: 2 + 100 * (3 + 100 * 2),
  },
  {
    what: 'pages of pages by a variable',
    query: `query ($n: Int) { rooms(first: $n) { edges { node { entries(first: $n) { edges { node { id enteredAt } } } } } } }`,
    variables: { n: 80 },
    reason: 'COST',
    limit: 10_000,
    found: 2 + 80 * (3 + 80 * 3),
  },
];

describe('an operation that is too large is refused with what is too large, and by how much:', () => {
  it.each(breaches)('$what, over HTTP', async ({ query, variables = {}, ...facts }) => {
    const { what: _, ...expected } = facts;
    const answer = await server.ask(query, { variables, token: server.admin.accessToken });
    expect(answer.status).toBe(400);
    expect(Object.keys(answer.body)).toEqual(['errors']);
    expect(answer.errors).toHaveLength(1);
    expect(answer.errors[0].extensions).toEqual({ code: 'OPERATION_TOO_LARGE', ...expected });
  });

  it.each(breaches)('$what, over a WebSocket', async ({ query, variables = {}, ...facts }) => {
    const { what: _, ...expected } = facts;
    const { ended, results } = socket.subscribe(query, { ...variables });
    expect(await ended).toMatchObject([
      { extensions: { code: 'OPERATION_TOO_LARGE', ...expected } },
    ]);
    expect(results).toEqual([]);
  });

  it('a subscription', async () => {
    const { ended } = socket.subscribe(
      `subscription { roomEntered { ${times(16, (n) => `a${n}: id`)} } }`,
    );
    expect(await ended).toMatchObject([{ extensions: { reason: 'ALIASES' } }]);
  });
});

describe('what may be asked is answered', () => {
  it('right up to the limits', async () => {
    const query = `query ($a: [[Int]]) { serverInfo { ${times(15, (n) => `a${n}: name`)} } }`;
    expect(await server.ask(query.replace('($a: [[Int]])', ''))).toMatchObject({ status: 200 });
    const deep = `${rooms} { room { entries { pageInfo { hasNextPage } } } } } } } } } }`;
    const shallow = deep.replace('pageInfo { hasNextPage }', '__typename');
    expect(await server.ask(shallow, { token: server.admin.accessToken })).toMatchObject({
      status: 403, // an ADMIN who is no MANAGER; it is not too deep
    });
  });

  it('with the introspection query of graphql-js, in full', async () => {
    const query = getIntrospectionQuery({
      specifiedByUrl: true,
      directiveIsRepeatable: true,
      schemaDescription: true,
      inputValueDeprecation: true,
      oneOf: true,
    });
    expect((await server.ask(query)).status).toBe(200);
    expect((await server.ask(query, { token: staff.accessToken })).status).toBe(200);
  });
});

describe('the worst documents', () => {
  it('are each answered, and the server lives', async () => {
    for (const { what, query, variables = '{}' } of worstDocuments) {
      const response = await fetch(`${server.url}/graphql`, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          authorization: `Bearer ${staff.accessToken}`,
        },
        body: `{"query":${JSON.stringify(query)},"variables":${variables}}`,
      });
      expect(response.status, what).toBeLessThan(500);
      expect(JSON.parse(await response.text()), what).toBeInstanceOf(Object);
    }
    expect((await fetch(`${server.url}/health/ready`)).status).toBe(200);
  });
});

describe('limits and rights', () => {
  const large =
    '{ rooms(first: 100) { edges { node { entries(first: 100) { edges { node { id } } } } } } }';

  it('are checked in this order: a refusal for size reveals nothing about rights', async () => {
    const operation = `{ ${times(16, (n) => `a${n}: auditEvents { edges { cursor } }`)} }`;
    for (const options of [{}, { token: 'rubbish' }, { token: staff.accessToken }]) {
      const { status, code } = await server.ask(operation, options);
      expect({ status, code }).toEqual({ status: 400, code: 'OPERATION_TOO_LARGE' });
    }
  });

  it('give each kind of viewer a budget of its own', async () => {
    expect(await server.ask(large, { token: staff.accessToken })).toMatchObject({
      status: 400,
      reason: 'COST',
    });
    const affordable = large.replaceAll('100', '75');
    expect((await server.ask(affordable, { token: staff.accessToken })).status).toBe(400);
    expect((await server.ask(affordable, { token: programToken })).status).toBe(200);
  });

  it('hold for the next viewer of a document that another could afford', async () => {
    const query = `{ ${times(5, (n) => `a${n}: __type(name: "Room") { name }`)} }`;
    expect((await server.ask(query, { token: staff.accessToken })).status).toBe(200);
    const { status, errors } = await server.ask(query);
    expect(status).toBe(400);
    expect(errors[0].extensions).toMatchObject({ reason: 'COST', limit: 1000, found: 1250 });
  });

  it('send who must log in to the login first, so that a client whose token has ended gets another', async () => {
    const query =
      '{ rooms(first: 100) { edges { node { id name floor groups entries { __typename } } } } }';
    const costly = query.replace('__typename', 'edges { node { id enteredAt } }');
    expect(await server.ask(costly)).toMatchObject({ status: 401, reason: 'TOKEN_MISSING' });
  });
});

describe('the number of listed errors is limited', () => {
  it('of validation', async () => {
    const { status, errors } = await server.ask(`{ ${times(50, (n) => `x${n}`)} }`);
    expect(status).toBe(400);
    expect(errors).toHaveLength(11); // the last says that there are more
    expect(new Set(errors.map(({ extensions }) => extensions.code))).toEqual(
      new Set(['GRAPHQL_VALIDATION_FAILED']),
    );
  });

  it('of variables that do not fit', async () => {
    const query =
      'mutation ($groups: [Group!]!) { createApiClient(name: "A", groups: $groups) { secret } }';
    const variables = { groups: Array.from({ length: 50 }, (_, n) => n) };
    const { status, errors } = await server.ask(query, {
      variables,
      token: server.admin.accessToken,
    });
    expect(status).toBe(400);
    expect(errors).toHaveLength(11);
    expect(new Set(errors.map(({ extensions }) => extensions.code))).toEqual(
      new Set(['BAD_USER_INPUT']),
    );
  });
});
