import { ApolloServer, HeaderMap } from '@apollo/server';
import { createAuthorization, type Viewer } from '@graphql-gatehouse/authorization';
import { createAuthorizationPlugin } from '@graphql-gatehouse/authorization/apollo';
import { makeExecutableSchema } from '@graphql-tools/schema';
import { execute, parse } from 'graphql';
import { beforeEach, describe, expect, it } from 'vitest';
import { anonymous, holding, type TestContext, withPolicies } from './fixtures.ts';
import { type Asked, type LibraryHost, realm } from './host-answer.ts';
import { useHosts } from './library-hosts.ts';

const ran: string[] = [];
const run = (name: string) => () => {
  ran.push(name);
  return name;
};
const items = Array.from({ length: 1000 }, (_, id) => ({ id, a: 1, b: 1, c: 1 }));
let isPolicyDown = false;

const authorization = createAuthorization<Viewer, TestContext>(
  makeExecutableSchema({
    typeDefs: `${withPolicies}
    type Query {
      open: String @public
      known: String @auth
      secret: String @auth(requires: [ADMIN])
      must: String! @auth(requires: [ADMIN])
      own(id: Int = 1): String @auth(or: [SELF])
      frail: String @auth(or: [BOSS])
      searched(text: String, hidden: Boolean @auth(requires: [ADMIN])): String @public
      me: Me @public
      box: Box @public
      items: [Item!] @public
      strict: [StrictItem] @public
      entity: Entity @public
      color: Color @public
      broken: String @public
    }
    type Mutation { free: String @public, locked: String @auth(requires: [ADMIN]), change: Me @public }
    type Me { id: Int, email: String @auth(or: [SELF]), loud: String @auth(requires: [ADMIN]) }
    type Box { id: Int, must: Int! @auth(requires: [ADMIN]), own: Int! @auth(or: [SELF]) }
    type Item {
      id: Int
      a: Int @auth(requires: [ADMIN])
      b: Int @auth(requires: [ADMIN])
      c: Int @auth(or: [SELF])
    }
    type StrictItem { id: Int, a: Int! @auth(requires: [ADMIN]) }
    interface Entity { id: Int }
    type Vault implements Entity @auth(requires: [ADMIN]) { id: Int }
    enum Color { RED GOLD @auth(requires: [ADMIN]) }`,
    resolvers: {
      Query: {
        open: run('open'),
        known: run('known'),
        secret: run('secret'),
        must: run('must'),
        own: run('own'),
        frail: run('frail'),
        searched: run('searched'),
        me: () => ({ id: 7, email: 'me@example.org' }),
        box: () => ({ id: 7, must: 1, own: 1 }),
        items: () => items,
        strict: () => items.slice(0, 3),
        entity: () => ({ __typename: 'Vault', id: 3 }),
        color: () => 'GOLD',
        broken: () => {
          throw new Error('broken');
        },
      },
      Item: { a: run('Item.a'), b: run('Item.b'), c: run('Item.c') },
      Mutation: {
        free: run('free'),
        locked: run('locked'),
        change: () => {
          ran.push('change');
          return { id: 7, email: 'me@example.org' };
        },
      },
    },
  }),
  {
    policies: {
      SELF: (_viewer, _source, { id }) => id === 1,
      BOSS: () => {
        throw new Error('the policy is down');
      },
    },
    viewerOf: ({ viewer }) => viewer,
    onPolicyError: (error) => {
      if (isPolicyDown) throw error;
    },
  },
);

beforeEach(() => {
  ran.length = 0;
  isPolicyDown = false;
});

const sealed = createAuthorization<Viewer, TestContext>(
  makeExecutableSchema({
    typeDefs: `${withPolicies}
      type Query @auth(requires: [ADMIN]) { a: Int @auth(or: [SELF, BOSS]) }`,
    resolvers: { Query: { a: () => 1 } },
  }),
  { policies: { SELF: () => true, BOSS: () => true }, viewerOf: ({ viewer }) => viewer },
);

const prefer = 'handling=lenient';
const sealedHosts = useHosts(sealed);
const hosts = useHosts(authorization);

interface Sent extends Asked {
  readonly viewer?: Viewer;
  readonly to?: LibraryHost<TestContext> | undefined;
}

describe.each(hosts)('$name', (host) => {
  const sealedHost = sealedHosts.find(({ name }) => name === host.name);

  async function send(query: string, { viewer = holding('USER'), to = host, ...asked }: Sent = {}) {
    const { status, header, body, errors } = await to.ask(query, { viewer }, { prefer, ...asked });
    return {
      status,
      applied: header('preference-applied'),
      challenge: header('www-authenticate'),
      data: body.data,
      denied: errors.map(({ path = [], extensions }) =>
        [extensions?.coordinate ?? 'another error', ...path].join(' '),
      ),
    };
  }

  describe('a query that is denied in part, asked leniently', () => {
    it.each([
      {
        title: 'a field',
        query: '{ open secret }',
        data: { open: 'open', secret: null },
        denied: ['Query.secret secret'],
      },
      {
        title: 'a field below the root',
        query: '{ me { id loud } }',
        data: { me: { id: 7, loud: null } },
        denied: ['Me.loud me loud'],
      },
      {
        title: 'a policy of a root field',
        query: '{ open a: own(id: 1) b: own(id: 2) }',
        data: { open: 'open', a: 'own', b: null },
        denied: ['Query.own b'],
      },
      {
        title: 'a policy below the root, which the run alone decides',
        query: '{ me { id email } }',
        data: { me: { id: 7, email: null } },
        denied: ['Me.email me email'],
      },
      {
        title: 'an argument',
        query: '{ open searched(hidden: true) }',
        data: { open: 'open', searched: null },
        denied: ['Query.searched(hidden:) searched'],
      },
      {
        title: 'a run-time type',
        query: '{ open entity { id } }',
        data: { open: 'open', entity: null },
        denied: ['Vault entity'],
      },
      {
        title: 'an enum value',
        query: '{ open color }',
        data: { open: 'open', color: null },
        denied: ['Color.GOLD color'],
      },
      {
        title: 'a policy that throws',
        query: '{ open frail }',
        data: { open: 'open', frail: null },
        denied: ['Query.frail frail'],
      },
      {
        title: 'a non-null field, of which its parent becomes null',
        query: '{ open box { id must } }',
        data: { open: 'open', box: null },
        denied: ['Box.must box must'],
      },
      {
        title: 'a non-null field that the run decides',
        query: '{ open box { id own } }',
        data: { open: 'open', box: null },
        denied: ['Box.own box own'],
      },
      {
        title: 'a non-null field of list items',
        query: '{ open strict { id a } }',
        data: { open: 'open', strict: [null, null, null] },
        denied: ['StrictItem.a strict a'],
      },
      {
        title: 'an alias, which is denied at its own path',
        query: '{ open x: secret y: secret }',
        data: { open: 'open', x: null, y: null },
        denied: ['Query.secret x', 'Query.secret y'],
      },
    ])('is answered without it: $title', async ({ query, data, denied }) => {
      const answer = await send(query);
      expect(answer).toEqual({
        status: 200,
        applied: 'handling=lenient',
        challenge: null,
        data,
        denied,
      });
      expect(ran).not.toContain('secret');
    });

    it('lists its denials in document order, and its other errors after them', async () => {
      const { status, denied } = await send('{ broken me { email loud } open secret }');
      expect(status).toBe(200);
      expect(denied).toEqual([
        'Me.email me email',
        'Me.loud me loud',
        'Query.secret secret',
        'another error broken',
      ]);
    });

    it('is refused three times for a list of a thousand, and calls no denied resolver', async () => {
      const { status, data, denied } = await send('{ items { id a b c } }');
      expect(status).toBe(200);
      expect(denied).toEqual(['Item.a items a', 'Item.b items b', 'Item.c items 0 c']);
      expect(data.items).toHaveLength(1000);
      expect(data.items[999]).toEqual({ id: 999, a: null, b: null, c: null });
      expect(ran).toEqual([]);
    });

    it('has at most twenty denials', async () => {
      const aliases = Array.from({ length: 30 }, (_, index) => `a${index}: secret`);
      const { status, denied } = await send(`{ open ${aliases.join(' ')} }`);
      expect(status).toBe(200);
      expect(denied).toEqual(Array.from({ length: 20 }, (_, index) => `Query.secret a${index}`));
    });

    it('reports a policy that cannot be called at its field', async () => {
      isPolicyDown = true;
      const { status, data, denied } = await send('{ open frail }');
      expect({ status, data }).toEqual({ status: 200, data: { open: 'open', frail: null } });
      expect(denied).toEqual(['another error frail']);
    });
  });

  describe('a query of which no data is left, asked leniently', () => {
    it.each([
      { title: 'anonymous', viewer: anonymous, query: '{ secret known }', status: 401 },
      { title: 'the wrong group', viewer: holding('USER'), query: '{ secret }', status: 403 },
      {
        title: 'a run-time type',
        viewer: holding('USER'),
        query: '{ entity { id } }',
        status: 403,
      },
      {
        title: 'a non-null root field',
        viewer: holding('USER'),
        query: '{ open must }',
        status: 403,
      },
      {
        title: 'two fields',
        viewer: holding('USER'),
        query: '{ a: secret b: color }',
        status: 403,
      },
    ])('is refused with its status: $title', async ({ viewer, query, status }) => {
      const answer = await send(query, { viewer });
      expect({ status: answer.status, applied: answer.applied }).toEqual({
        status,
        applied: 'handling=lenient',
      });
      expect(answer.challenge).toMatch(/^Bearer realm="hosts"/);
      expect(answer.denied.length).toBeGreaterThan(0);
    });

    it('bears a 401 or 403 without data, as GraphQL over HTTP wants it', async () => {
      for (const [viewer, query] of [
        [anonymous, '{ secret known }'],
        [holding('USER'), '{ secret }'],
        [holding('USER'), '{ entity { id } }'],
      ] as const) {
        expect((await send(query, { viewer })).data ?? null, query).toBe(null);
      }
    });

    it('has 200 where null is what the data says', async () => {
      const { status, applied, denied } = await send('{ me { email } }');
      expect({ status, applied, denied }).toEqual({
        status: 200,
        applied: 'handling=lenient',
        denied: ['Me.email me email'],
      });
    });
  });

  describe('what is not lenient', () => {
    it.each(['mutation { free locked }', 'mutation { locked }', 'mutation { change { id loud } }'])(
      'a mutation denied before it runs: %s',
      async (query) => {
        const answer = await send(query);
        expect(answer).toMatchObject({ status: 403, applied: null });
        expect(answer.data).toBeUndefined();
        expect(ran).toEqual([]);
      },
    );

    it('a mutation denied while it runs, which is as without the header', async () => {
      const lenient = await send('mutation { change { id email } }');
      expect(lenient).toEqual(await send('mutation { change { id email } }', { prefer: '' }));
      expect(lenient).toMatchObject({
        status: 200,
        applied: null,
        denied: ['Me.email change email'],
      });
    });

    it.each(['', 'handling=strict', 'handling=strict, handling=lenient', 'return=minimal'])(
      'a query that prefers "%s"',
      async (prefer) => {
        const before = await send('{ open secret }', { prefer });
        expect(before).toMatchObject({ status: 403, applied: null, data: undefined });
        expect(ran).toEqual([]);
        const during = await send('{ open me { email } }', { prefer });
        expect(during).toMatchObject({ status: 403, applied: null, data: undefined });
      },
    );

    it('a query that is wrong, which is answered by its host', async () => {
      for (const query of ['{', '{ missing }', 'query A { open } query B { open }']) {
        const { status, challenge } = await send(query);
        expect({ status, challenge }).toEqual({ status: 400, challenge: null });
      }
      const query = 'query ($id: Int!) { own(id: $id) secret }';
      expect(await send(query)).toMatchObject({ status: 403 });
      expect(await send('query ($id: Int!) { own(id: $id) }')).toMatchObject({ status: 400 });
      expect(ran).toEqual([]);
    });

    it('an answer with nothing denied, which says that it would have been', async () => {
      expect(await send('{ open known }')).toEqual({
        status: 200,
        applied: 'handling=lenient',
        challenge: null,
        data: { open: 'open', known: 'known' },
        denied: [],
      });
      expect(await send('{ open broken }')).toMatchObject({
        status: 200,
        denied: ['another error broken'],
      });
    });
  });

  describe('the list of errors', () => {
    it.each(['{ open known }', '{ open @skip(if: true) }'])(
      'is absent where the list is empty, as GraphQL requires: %s',
      async (query) => {
        const { body } = await host.ask(query, { viewer: holding('USER') }, { prefer });
        expect(body).not.toHaveProperty('errors');
      },
    );
  });

  describe('the type name of a guarded root', () => {
    it.each([
      { query: '{ __typename }', denied: ['Query __typename'] },
      { query: '{ name: __typename }', denied: ['Query name'] },
      { query: '{ a ... { __typename } }', denied: ['Query.a a', 'Query __typename'] },
      { query: '{ __typename __schema { queryType { name } } }', denied: ['Query __typename'] },
    ])('is refused with all of $query, since it cannot be null', async ({ query, denied }) => {
      expect(await send(query, { to: sealedHost })).toMatchObject({
        status: 403,
        data: undefined,
        denied,
      });
    });

    it('is reported to viewers whom the root admits', async () => {
      const answer = await send('{ __typename a }', { to: sealedHost, viewer: holding('ADMIN') });
      expect(answer).toMatchObject({
        status: 200,
        data: { __typename: 'Query', a: 1 },
        denied: [],
      });
    });
  });

  describe('one text', () => {
    it('is lenient or not, and for each viewer, by the request alone', async () => {
      const query = '{ open secret }';
      const statuses = [];
      for (const [prefer, viewer] of [
        ['handling=lenient', holding('USER')],
        ['', holding('USER')],
        ['handling=lenient', holding('ADMIN')],
        ['', anonymous],
        ['handling=lenient', anonymous],
        ['', holding('ADMIN')],
      ] as const) {
        const { status, denied } = await send(query, { prefer, viewer });
        statuses.push([status, denied.length]);
      }
      expect(statuses).toEqual([
        [200, 1],
        [403, 1],
        [200, 0],
        [401, 1],
        [200, 1],
        [200, 0],
      ]);
    });
  });
});

it('a lenient query throws nothing while it runs for denials that were decided before', async () => {
  const document = parse('{ items { id a b } }');
  const request = { document, contextValue: { viewer: holding('USER') } };
  const denials = await authorization.authorizeOperation({ ...request, isLenient: true });
  expect(denials).toHaveLength(2);
  const { data, errors } = await execute({ schema: authorization.schema, ...request });
  expect(data?.items).toHaveLength(1000);
  expect(errors).toBeUndefined();
});

describe('an answer that another plugin gives in parts', () => {
  it('is left as it is', async () => {
    const parted = new ApolloServer<TestContext>({
      schema: authorization.schema,
      plugins: [
        createAuthorizationPlugin({ ...authorization, realm }),
        {
          requestDidStart: async () => ({
            responseForOperation: async ({ response: { http } }) => ({
              http,
              body: {
                kind: 'incremental',
                initialResult: { data: { open: 'part' }, hasNext: false },
                subsequentResults: (async function* () {})(),
              },
            }),
          }),
        },
      ],
    });
    const headers = new HeaderMap([['prefer', 'handling=lenient']]);
    const { body, http } = await parted.executeOperation(
      { query: '{ open secret }', http: { method: 'POST', headers, search: '', body: undefined } },
      { contextValue: { viewer: holding('USER') } },
    );
    await parted.stop();
    expect(body.kind === 'incremental' && body.initialResult.data).toEqual({ open: 'part' });
    expect(http.headers.get('preference-applied')).toBeUndefined();
  });
});
