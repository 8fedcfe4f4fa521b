import { makeExecutableSchema } from '@graphql-tools/schema';
import { execute, GraphQLError, parse, subscribe } from 'graphql';
import { describe, expect, it } from 'vitest';
import {
  createAuthorization,
  decide,
  type Viewer,
} from '../../packages/authorization/src/index.ts';
import { holding, withPolicies } from './fixtures.ts';

const sdl = `${withPolicies}
  type Query {
    secret: Int @auth
    admin: Int @auth(requires: [ADMIN])
    boss: Int @auth(or: [BOSS])
    taking(n: Int @auth): Int @public
    any: Any @public
    rank: Rank @public
  }
  type Mutation { write: Int @auth }
  type Subscription { ticks: Int @auth(requires: [ADMIN]) }
  enum Rank { HIGH @auth }
  union Any = Plain | Guarded
  type Plain { n: Int, s: Int @auth(requires: [ADMIN]) }
  type Guarded @auth { n: Int }`;

let effects = 0;

const source = makeExecutableSchema({
  typeDefs: sdl,
  resolvers: {
    Query: {
      secret: () => 1,
      admin: () => 1,
      boss: () => 1,
      taking: () => 1,
      any: () => ({ __typename: 'Guarded', n: 1 }),
      rank: () => 'HIGH',
    },
    Mutation: {
      write: () => {
        effects += 1;
        return effects;
      },
    },
    Subscription: {
      ticks: {
        subscribe: async function* () {
          effects += 1;
          yield { ticks: 1 };
        },
      },
    },
  },
});

interface Context {
  readonly viewer?: unknown;
}

/** A host in JavaScript, whose `viewerOf` returns what no type allows. */
const isViewer = (_given: unknown): _given is Viewer => true;

const { schema, authorizeOperation, introspect, visibleTo, accessOf } = createAuthorization<
  Viewer,
  Context | undefined
>(source, {
  policies: { SELF: () => true, BOSS: () => true },
  viewerOf(context) {
    const viewer = context?.viewer;
    if (isViewer(viewer)) return viewer;
    throw new Error('unreachable');
  },
});

const groups = new Set(['ADMIN']);
const noViewers: readonly { readonly title: string; readonly viewer: unknown }[] = [
  { title: 'undefined', viewer: undefined },
  { title: 'null', viewer: null },
  { title: 'an empty object', viewer: {} },
  { title: 'a text', viewer: 'ADMIN' },
  { title: 'true', viewer: true },
  { title: 'a promise of a viewer', viewer: Promise.resolve(holding('ADMIN')) },
  { title: 'groups alone', viewer: { groups } },
  { title: 'one that is authenticated by a text', viewer: { isAuthenticated: 'no', groups } },
  { title: 'one that is authenticated by a number', viewer: { isAuthenticated: 1, groups } },
  { title: 'one without a reason', viewer: { isAuthenticated: false, groups } },
];

const malformed: typeof noViewers = [
  { title: 'no groups', viewer: { isAuthenticated: true } },
  { title: 'groups in a list', viewer: { isAuthenticated: true, groups: ['ADMIN'] } },
  { title: 'groups in a text', viewer: { isAuthenticated: true, groups: 'ADMIN' } },
];

const guarded = '{ secret admin boss taking(n: 1) any { __typename } rank }';
const coordinates = [
  'Query.secret',
  'Query.admin',
  'Query.boss',
  'Query.taking(n:)',
  'Guarded',
  'Rank.HIGH',
];

const run = (text: string, viewer: unknown) =>
  execute({ schema, document: parse(text), contextValue: { viewer } });

const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

describe.each(noViewers)('a viewer that is $title', ({ viewer }) => {
  it('is anonymous to the guarded schema', async () => {
    const { data, errors } = await run(guarded, viewer);
    const nothing = { secret: null, admin: null, boss: null, taking: null, any: null, rank: null };
    expect(plain(data)).toEqual(nothing);
    expect(errors?.map(({ extensions }) => extensions.coordinate).sort()).toEqual(
      [...coordinates].sort(),
    );
    for (const { extensions } of errors ?? []) {
      expect(extensions).toMatchObject({ code: 'UNAUTHENTICATED', reason: 'TOKEN_MISSING' });
    }
  });

  it('is anonymous before anything runs', async () => {
    const contextValue = { viewer };
    const denials = await authorizeOperation({ document: parse(guarded), contextValue });
    expect(denials.map(({ denial }) => denial.coordinate)).toEqual(coordinates.slice(0, 4));
    expect(new Set(denials.map(({ denial }) => denial.reason))).toEqual(new Set(['TOKEN_MISSING']));
  });

  it('changes nothing, and opens no source stream', async () => {
    effects = 0;
    await run('mutation { write }', viewer);
    const document = parse('subscription { ticks }');
    expect(await subscribe({ schema, document, contextValue: { viewer } })).toMatchObject({
      errors: [{ extensions: { reason: 'TOKEN_MISSING' } }],
    });
    expect(effects).toBe(0);
  });

  it('sees what anonymous sees', async () => {
    const document = parse('{ __type(name: "Query") { fields { name } } }');
    expect(plain((await introspect({ document, contextValue: { viewer } }))?.data)).toEqual({
      __type: { fields: [{ name: 'taking' }, { name: 'any' }] },
    });
    if (!isViewer(viewer)) throw new Error('unreachable');
    expect(Object.keys(visibleTo(viewer).getQueryType()?.getFields() ?? {})).toEqual([
      'taking',
      'any',
    ]);
    expect(accessOf(viewer)).toEqual(['Query.taking', 'Query.any', 'Query.rank']);
    expect(decide(source, 'Query.admin', viewer)).toEqual({
      outcome: 'unauthenticated',
      reason: 'TOKEN_MISSING',
    });
  });
});

/** The error that was thrown, of which the client gets an internal one. */
const originOf = (error: Error | undefined): Error | undefined =>
  error instanceof GraphQLError && error.originalError ? originOf(error.originalError) : error;

describe.each(malformed)('an authenticated viewer with $title', ({ viewer }) => {
  it('is an error that says so, and is admitted nowhere', async () => {
    effects = 0;
    const { data, errors } = await run(guarded, viewer);
    expect(new Set(Object.values(data ?? {}))).toEqual(new Set([null]));
    for (const error of errors ?? []) expect(originOf(error)?.message).toContain('`groups`');
    const document = parse(guarded);
    await expect(
      async () => await authorizeOperation({ document, contextValue: { viewer } }),
    ).rejects.toThrow('`groups`');
    await run('mutation { write }', viewer);
    expect(effects).toBe(0);
    if (!isViewer(viewer)) throw new Error('unreachable');
    expect(() => visibleTo(viewer)).toThrow('`groups`');
    expect(() => accessOf(viewer)).toThrow('`groups`');
  });
});

it('a context that is missing has no viewer', async () => {
  const { data } = await execute({ schema, document: parse('{ secret boss }') });
  expect(plain(data)).toEqual({ secret: null, boss: null });
});

it('a `viewerOf` that throws admits no request', async () => {
  const failing = createAuthorization<Viewer, object>(source, {
    policies: { SELF: () => true, BOSS: () => true },
    viewerOf: () => {
      throw new Error('no viewer');
    },
  });
  const document = parse(guarded);
  const { data } = await execute({ schema: failing.schema, document, contextValue: {} });
  expect(new Set(Object.values(data ?? {}))).toEqual(new Set([null]));
  await expect(
    async () => await failing.authorizeOperation({ document, contextValue: {} }),
  ).rejects.toThrow('no viewer');
});

it.each([
  { title: 'a text', answer: 'no' },
  { title: 'a promise', answer: Promise.resolve(false) },
])('groups that answer with $title hold no group', async ({ answer }) => {
  const viewer = { isAuthenticated: true, groups: { has: () => answer } };
  const { data } = await run('{ admin }', viewer);
  expect(plain(data)).toEqual({ admin: null });
  const document = parse('{ admin }');
  expect(await authorizeOperation({ document, contextValue: { viewer } })).toHaveLength(1);
});

describe('a viewer that changes in the context of one execution', () => {
  const items = `${withPolicies}
    type Query { items: [Item] @public leave: Int @public }
    type Item { a: Int @auth(requires: [ADMIN]) b: Int @auth(or: [BOSS]) leave: Item }`;
  const asked: unknown[] = [];
  const only = { a: 1, b: 2 };
  const lesser = holding();
  const changing = createAuthorization<Viewer, { viewer: Viewer }>(
    makeExecutableSchema({
      typeDefs: items,
      resolvers: {
        Query: { items: () => Array.from({ length: 40 }, () => only) },
        Item: {
          leave(item: unknown, _args: unknown, context: { viewer: Viewer }) {
            context.viewer = lesser;
            return item;
          },
        },
      },
    }),
    {
      policies: {
        SELF: () => true,
        BOSS(viewer) {
          asked.push(viewer);
          return viewer.groups.has('EDITOR');
        },
      },
      viewerOf: ({ viewer }) => viewer,
    },
  );

  it('is decided again by its groups, and by policies about the same object', async () => {
    const viewer = holding('ADMIN', 'EDITOR');
    const { data } = await execute({
      schema: changing.schema,
      document: parse('{ items { a b leave { a b } } }'),
      contextValue: { viewer },
    });
    const denied = { a: null, b: null, leave: { a: null, b: null } };
    const first = { a: 1, b: 2, leave: { a: null, b: null } };
    expect(plain(data)).toEqual({ items: [first, ...Array.from({ length: 39 }, () => denied)] });
    expect(asked).toHaveLength(2);
  });
});
