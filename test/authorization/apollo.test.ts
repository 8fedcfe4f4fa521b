import { ApolloServer, HeaderMap } from '@apollo/server';
import { startStandaloneServer } from '@apollo/server/standalone';
import type { Viewer } from '@gatehouse/authorization';
import { createAuthorizationPlugin } from '@gatehouse/authorization/apollo';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { guard, holding, type TestContext, withPolicies } from './fixtures.ts';

const ran: string[] = [];
const run = (name: string) => () => {
  ran.push(name);
  return name;
};
const items = Array.from({ length: 1000 }, (_, id) => ({ id }));

const authorization = guard(
  `${withPolicies}
  type Query {
    open: String @public
    known: String @auth
    secret: String @auth(requires: [ADMIN])
    edited: String @auth(requires: [EDITOR])
    own(id: Int = 1): String @auth(or: [SELF])
    searched(text: String, hidden: Boolean = false @auth(requires: [ADMIN])): String @public
    me: Me @public
    node: Node @public
    items: [Item!] @public
    must: Int! @public
    broken: String @public
  }
  type Mutation {
    free: String @public
    count(n: Int!): String @public
    locked: String @auth(requires: [ADMIN])
    change: Me @public
    strict: Strict! @public
    bulk: [Item!] @public
    failing: String @public
  }
  type Me { id: Int, email: String @auth(or: [SELF]), loud: String @auth(requires: [ADMIN]) }
  type Strict { email: String! @auth(or: [SELF]) }
  type Item { id: Int, a: Int @auth(or: [SELF]), b: Int @auth(or: [SELF]), c: Int @auth(or: [SELF]) }
  interface Node { id: Int }
  type Vault implements Node @auth(requires: [ADMIN]) { id: Int }`,
  {
    policies: {
      SELF: (_viewer, _source, { id }) => id === 1,
      BOSS: () => {
        throw new Error('down');
      },
    },
    resolvers: {
      Query: {
        open: run('open'),
        known: run('known'),
        secret: run('secret'),
        edited: run('edited'),
        own: run('own'),
        searched: run('searched'),
        me: () => ({ id: 7, email: 'me@example.org' }),
        node: () => ({ __typename: 'Vault', id: 3 }),
        items: () => items,
        broken: () => {
          throw new Error('broken');
        },
      },
      Mutation: {
        free: run('free'),
        count: run('count'),
        locked: run('locked'),
        change: () => {
          ran.push('change');
          return { id: 7, email: 'me@example.org' };
        },
        strict: () => ({}),
        bulk: () => items,
        failing: () => {
          throw new Error('broken');
        },
      },
    },
  },
);

/** The header of a request stands for its token. */
function viewerOfHeader(header: string | undefined): Viewer {
  if (header === undefined) return { isAuthenticated: false, reason: 'TOKEN_MISSING' };
  if (header.startsWith('TOKEN_')) return { isAuthenticated: false, reason: header };
  return holding(...header.split(',').filter((group) => group !== ''));
}

const server = new ApolloServer<TestContext>({
  schema: authorization.schema,
  plugins: [createAuthorizationPlugin({ ...authorization, realm: 'gatehouse' })],
  includeStacktraceInErrorResponses: false,
});
let url = '';

beforeAll(async () => {
  const started = await startStandaloneServer(server, {
    listen: { port: 0, host: '127.0.0.1' },
    context: async ({ req }) => ({ viewer: viewerOfHeader(req.headers.authorization) }),
  });
  url = started.url;
});
afterAll(() => server.stop());
beforeEach(() => {
  ran.length = 0;
});

interface Sent {
  /** Groups, or why a token is bad; absent: no token. */
  readonly as?: string;
  readonly variables?: Readonly<Record<string, unknown>>;
  readonly operationName?: string | null;
}

interface AnsweredBody {
  readonly data?: unknown;
  readonly errors?: readonly AnsweredError[];
}

interface AnsweredError {
  readonly path?: readonly (string | number)[];
  readonly extensions?: Readonly<Record<string, unknown>>;
}

async function readBody(response: Response): Promise<AnsweredBody> {
  return JSON.parse(await response.text());
}

async function send(query: string, { as, variables, operationName }: Sent = {}) {
  const response = await fetch(url, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...(as === undefined ? {} : { authorization: as }),
    },
    body: JSON.stringify({ query, variables, operationName }),
  });
  const body = await readBody(response);
  return {
    status: response.status,
    challenge: response.headers.get('www-authenticate'),
    body,
    errors: body.errors ?? [],
    coordinates: (body.errors ?? []).map(({ extensions }) => extensions?.coordinate),
  };
}

describe('an operation denied before it runs', () => {
  it.each([
    {
      title: 'anonymous',
      sent: {},
      query: '{ open known }',
      status: 401,
      challenge: 'Bearer realm="gatehouse"',
    },
    {
      title: 'a bad token',
      sent: { as: 'TOKEN_INVALID' },
      query: '{ open known }',
      status: 401,
      challenge:
        'Bearer realm="gatehouse", error="invalid_token", error_description="The token is not valid"',
    },
    {
      title: 'an expired token',
      sent: { as: 'TOKEN_EXPIRED' },
      query: '{ known }',
      status: 401,
      challenge:
        'Bearer realm="gatehouse", error="invalid_token", error_description="The token has expired"',
    },
    {
      title: 'the wrong group',
      sent: { as: 'USER' },
      query: '{ open secret }',
      status: 403,
      challenge: 'Bearer realm="gatehouse", error="insufficient_scope"',
    },
    {
      title: 'no group',
      sent: { as: '' },
      query: '{ open secret }',
      status: 403,
      challenge: 'Bearer realm="gatehouse", error="insufficient_scope"',
    },
    {
      title: 'a policy of a root field',
      sent: { as: '' },
      query: '{ open own(id: 2) }',
      status: 403,
      challenge: 'Bearer realm="gatehouse", error="insufficient_scope"',
    },
    {
      title: 'one of two root fields of a mutation',
      sent: { as: '' },
      query: 'mutation { free locked }',
      status: 403,
      challenge: 'Bearer realm="gatehouse", error="insufficient_scope"',
    },
    {
      title: 'a field below a mutation',
      sent: { as: '' },
      query: 'mutation { change { loud } }',
      status: 403,
      challenge: 'Bearer realm="gatehouse", error="insufficient_scope"',
    },
  ])(
    'for $title: $status, no data, and nothing ran',
    async ({ sent, query, status, challenge }) => {
      const answer = await send(query, sent);
      expect({ status: answer.status, challenge: answer.challenge }).toEqual({ status, challenge });
      expect(Object.keys(answer.body)).toEqual(['errors']);
      expect(ran).toEqual([]);
    },
  );

  it('says where and why', async () => {
    const { body } = await send('{ open s: secret }', { as: 'USER' });
    expect(body).toEqual({
      errors: [
        {
          message: 'You do not have access to Query.secret: it requires the group ADMIN.',
          path: ['s'],
          locations: [{ line: 1, column: 8 }],
          extensions: {
            code: 'FORBIDDEN',
            reason: 'GROUP_REQUIRED',
            coordinate: 'Query.secret',
            requires: [['ADMIN']],
            policies: [[]],
          },
        },
      ],
    });
  });

  it('names at most twenty denials', async () => {
    const aliases = Array.from({ length: 50 }, (_, index) => `a${index}: secret`);
    const { status, errors } = await send(`{ ${aliases.join(' ')} }`, { as: '' });
    expect(status).toBe(403);
    expect(errors.map(({ path }) => path)).toEqual(
      Array.from({ length: 20 }, (_, index) => [`a${index}`]),
    );
  });

  it.each([
    { query: '{ open secret own(id: 2) }', order: ['Query.secret', 'Query.own'] },
    { query: '{ own(id: 2) secret open }', order: ['Query.own', 'Query.secret'] },
    { query: '{ secret open own(id: 2) }', order: ['Query.secret', 'Query.own'] },
  ])('has the same status for every order: $query', async ({ query, order }) => {
    const { status, coordinates } = await send(query, { as: '' });
    expect({ status, coordinates }).toEqual({ status: 403, coordinates: order });
  });

  it.each([
    '{ x: secret }',
    '{ ... { secret } }',
    '{ ... on Query { secret } }',
    '{ ... on Query { ... { ...F } } } fragment F on Query { secret }',
    'fragment F on Query { secret } { open ...F }',
    'query A { open } query B { open secret }',
    'query B { ...F } fragment F on Query { open secret } query A { open }',
    'query ($hide: Boolean = false) { open secret @skip(if: $hide) }',
    'query ($show: Boolean = true) { open ... @include(if: $show) { secret } }',
    'query ($hidden: Boolean = true) { searched(hidden: $hidden) }',
    '{ searched(hidden: true) }',
    '{ searched(hidden: null) }',
  ])('is denied alike however it is written: %s', async (query) => {
    const sent = query.includes('query B') ? { as: 'USER', operationName: 'B' } : { as: 'USER' };
    const { status, body } = await send(query, sent);
    expect(status).toBe(403);
    expect('data' in body).toBe(false);
    expect(ran).toEqual([]);
  });
});

describe('an operation that is not denied', () => {
  it.each([
    { query: '{ open }', sent: {}, data: { open: 'open' } },
    { query: '{ open }', sent: { as: 'TOKEN_EXPIRED' }, data: { open: 'open' } },
    { query: '{ known own }', sent: { as: '' }, data: { known: 'known', own: 'own' } },
    { query: '{ secret }', sent: { as: 'ADMIN' }, data: { secret: 'secret' } },
    { query: '{ open secret @skip(if: true) }', sent: {}, data: { open: 'open' } },
    {
      query: 'query ($hide: Boolean = true) { open secret @skip(if: $hide) }',
      sent: {},
      data: { open: 'open' },
    },
    {
      query: 'query ($h: Boolean) { searched(hidden: $h) }',
      sent: {},
      data: { searched: 'searched' },
    },
    {
      query: 'query A { open } query B { secret }',
      sent: { operationName: 'A' },
      data: { open: 'open' },
    },
    { query: 'mutation { free }', sent: {}, data: { free: 'free' } },
    {
      query: 'mutation { free locked }',
      sent: { as: 'ADMIN' },
      data: { free: 'free', locked: 'locked' },
    },
  ])('$query answers with 200 and no challenge', async ({ query, sent, data }) => {
    const { status, body, challenge } = await send(query, sent);
    expect({ status, body, challenge }).toEqual({ status: 200, body: { data }, challenge: null });
  });

  it.each([
    { title: 'is not valid', query: '{ missing }', status: 400 },
    { title: 'cannot be parsed', query: '{', status: 400 },
    { title: 'names no operation', query: 'query A { open } query B { open }', status: 400 },
    { title: 'lacks a variable', query: 'query ($n: Int!) { own(id: $n) }', status: 400 },
  ])('but $title is answered by Apollo', async ({ query, status }) => {
    const answer = await send(query, { as: 'ADMIN' });
    expect({ status: answer.status, challenge: answer.challenge }).toEqual({
      status,
      challenge: null,
    });
  });

  it('but has null for a condition is a bad request and no failure of the server', async () => {
    const query = 'query ($hide: Boolean = true) { open @skip(if: $hide) }';
    const { status } = await send(query, { variables: { hide: null } });
    expect(status).toBeLessThan(500);
  });

  it('but fails leaves its other errors alone', async () => {
    const { status, body, challenge } = await send('{ open broken }');
    expect({ status, challenge }).toEqual({ status: 200, challenge: null });
    expect(body.data).toEqual({ open: 'open', broken: null });
    expect(body.errors).toHaveLength(1);
  });
});

describe('one text, many requests', () => {
  it('is decided for each viewer, though Apollo keeps the document', async () => {
    const query = '{ open secret }';
    const statuses = [];
    for (const as of ['ADMIN', undefined, 'ADMIN', 'USER', 'TOKEN_REVOKED', 'ADMIN']) {
      statuses.push((await send(query, as === undefined ? {} : { as })).status);
    }
    expect(statuses).toEqual([200, 401, 200, 403, 401, 200]);
  });

  it('is decided for each viewer at the same time', async () => {
    const answers = await Promise.all(
      Array.from({ length: 40 }, (_, index) =>
        send('{ secret }', { as: index % 2 === 0 ? 'ADMIN' : '' }),
      ),
    );
    expect(answers.map(({ status }) => status)).toEqual(
      Array.from({ length: 40 }, (_, index) => (index % 2 === 0 ? 200 : 403)),
    );
  });

  it('is decided for each value of its variables', async () => {
    const query = 'query ($hide: Boolean!) { open secret @skip(if: $hide) }';
    const statuses = [];
    for (const hide of [true, false, true, false]) {
      statuses.push((await send(query, { variables: { hide } })).status);
    }
    expect(statuses).toEqual([200, 401, 200, 401]);
  });

  it('is decided in full after a request whose variables were wrong', async () => {
    const text = 'mutation ($n: Int!) { count(n: $n) ... @include(if: true) { locked } }';
    await send(text, {});
    ran.length = 0;
    expect((await send(text, { variables: { n: 1 } })).status).toBe(401);
    expect(ran).toEqual([]);
  });
});

describe('an operation denied while it runs', () => {
  it.each([
    { title: 'by a policy', query: '{ open me { id email } }', path: ['me', 'email'] },
    { title: 'by a run-time type', query: '{ open node { id } }', path: ['node'] },
  ])('is refused as a whole when it is a query: $title', async ({ query, path }) => {
    const { status, body, challenge, errors } = await send(query, { as: 'USER' });
    expect(status).toBe(403);
    expect(challenge).toBe('Bearer realm="gatehouse", error="insufficient_scope"');
    expect(body).not.toHaveProperty('data');
    expect(errors).toHaveLength(1);
    expect(errors[0]?.path).toEqual(path);
  });

  it('is 401 for anonymous', async () => {
    const { status, body, challenge } = await send('{ open node { id } }');
    expect({ status, challenge }).toEqual({ status: 401, challenge: 'Bearer realm="gatehouse"' });
    expect(body).not.toHaveProperty('data');
  });

  it('names at most twenty denials of three thousand, and shows nothing of the data', async () => {
    const { status, body, errors } = await send('{ items { id a b c } }', { as: 'USER' });
    expect(status).toBe(403);
    expect(errors).toHaveLength(20);
    expect(body).not.toHaveProperty('data');
    expect(JSON.stringify(body).length).toBeLessThan(10_000);
  });

  it('names denials only', async () => {
    const { status, errors } = await send('{ broken me { email } }', { as: 'USER' });
    expect(status).toBe(403);
    expect(errors.map(({ extensions }) => extensions?.code)).toEqual(['FORBIDDEN']);
  });

  it('has 200, its data and an error when it is a mutation, for its effect has happened', async () => {
    const { status, body, challenge, errors } = await send(
      'mutation { free change { id email } }',
      { as: 'USER' },
    );
    expect({ status, challenge }).toEqual({ status: 200, challenge: null });
    expect(body.data).toEqual({ free: 'free', change: { id: 7, email: null } });
    expect(errors.map(({ path, extensions }) => ({ path, ...extensions }))).toEqual([
      {
        path: ['change', 'email'],
        code: 'FORBIDDEN',
        reason: 'POLICY_DENIED',
        coordinate: 'Me.email',
        requires: [[]],
        policies: [['SELF']],
      },
    ]);
    expect(ran).toEqual(['free', 'change']);
  });

  it('names at most twenty denials of three thousand when it is a mutation', async () => {
    const query = 'mutation { bulk { c b id a } failing }';
    const { status, body, coordinates } = await send(query, { as: 'USER' });
    expect(status).toBe(200);
    expect(coordinates).toEqual([...Array.from({ length: 20 }, () => 'Item.c'), undefined]);
    expect(body.data).toMatchObject({ bulk: { 999: { id: 999, a: null, b: null, c: null } } });
  });

  it('has 200 when it is a mutation of which no data is left', async () => {
    const { status, body } = await send('mutation { strict { email } }', { as: 'USER' });
    expect({ status, data: body.data }).toEqual({ status: 200, data: null });
  });
});

describe('a request that names its fields in another order', () => {
  it.each(['{ me { email } open }', '{ open me { email } }', '{ open me { id email } known }'])(
    '%s has the same status',
    async (query) => {
      expect((await send(query, { as: 'USER' })).status).toBe(403);
    },
  );
});

describe('a query denied while it runs, whose errors another plugin takes away', () => {
  it('is refused all the same', async () => {
    const silent = new ApolloServer<TestContext>({
      schema: authorization.schema,
      plugins: [
        {
          requestDidStart: async () => ({
            willSendResponse: async ({ response: { body } }) => {
              if (body.kind === 'single') delete body.singleResult.errors;
            },
          }),
        },
        createAuthorizationPlugin({ ...authorization, realm: 'gatehouse' }),
      ],
    });
    const { body, http } = await silent.executeOperation(
      { query: '{ me { id email } }' },
      { contextValue: { viewer: holding('USER') } },
    );
    expect(http.status).toBe(403);
    expect(body.kind === 'single' && body.singleResult).not.toHaveProperty('data');
    await silent.stop();
  });
});

describe('a batch of operations, where the server takes them', () => {
  const batched = new ApolloServer<TestContext>({
    schema: authorization.schema,
    plugins: [createAuthorizationPlugin({ ...authorization, realm: 'gatehouse' })],
    allowBatchedHttpRequests: true,
  });
  beforeAll(() => batched.start());
  afterAll(() => batched.stop());

  async function sendBatch(queries: readonly string[]) {
    const { status = 200, body } = await batched.executeHTTPGraphQLRequest({
      httpGraphQLRequest: {
        method: 'POST',
        headers: new HeaderMap([['content-type', 'application/json']]),
        search: '',
        body: queries.map((query) => ({ query })),
      },
      context: async () => ({ viewer: holding('USER') }),
    });
    if (body.kind !== 'complete') throw new Error('A batch is answered as a whole.');
    const answers: readonly AnsweredBody[] = JSON.parse(body.string);
    return { status, answers };
  }

  it.each([
    { title: 'one of which is denied', queries: ['{ secret }', 'mutation { free }'] },
    {
      title: 'one of which is denied, the other way round',
      queries: ['mutation { free }', '{ secret }'],
    },
    {
      title: 'one of which is denied while it runs',
      queries: ['{ node { id } }', 'mutation { free }'],
    },
    { title: 'none of which is denied', queries: ['{ open }', 'mutation { free }'] },
    { title: 'of one', queries: ['mutation { free }'] },
    { title: 'one of which cannot be parsed', queries: ['{', 'mutation { free }'] },
  ])('$title is refused with 400, and nothing ran', async ({ queries }) => {
    const { status, answers } = await sendBatch(queries);
    expect(status).toBe(400);
    expect(ran).toEqual([]);
    expect(answers).toHaveLength(queries.length);
    expect(answers.at(-1)).toEqual({
      errors: [
        expect.objectContaining({
          message:
            'Batches of operations are not supported: send each operation in its own request.',
          extensions: expect.objectContaining({ code: 'BATCHING_NOT_SUPPORTED' }),
        }),
      ],
    });
  });
});
