import { execute, GraphQLError, parse, subscribe } from 'graphql';
import { describe, expect, it, vi } from 'vitest';
import {
  anonymous,
  ask,
  callable,
  groupsOnly,
  guard,
  guardBuilt,
  holding,
  runAlone,
  withPolicies,
} from './fixtures.ts';

const user = { viewer: holding('USER') };
const admin = { viewer: holding('ADMIN') };

/** What an ORM returns: something to await that is no native promise. */
const thenable = <T>(value: T) => ({
  // biome-ignore lint/suspicious/noThenProperty: the subject of the test
  then: (resolve: (value: T) => unknown) => Promise.resolve(value).then(resolve),
});

describe('the guarded schema alone', () => {
  const secret = vi.fn(() => 'secret');
  const guarded = guard(
    `${groupsOnly}
     type Query { open: String @public, secret: String @auth(requires: [ADMIN]), t: T @public, none: V @public, empty: [V] @public, v: V @public }
     type T { plain: String, guarded: String @auth(requires: [ADMIN]) }
     type V @auth(requires: [ADMIN]) { id: ID }`,
    {
      resolvers: {
        Query: {
          open: () => 'open',
          secret,
          t: () => ({ plain: 'p', guarded: 'g' }),
          none: () => null,
          empty: () => [],
          v: () => ({}),
        },
      },
    },
  );

  it.each([
    { text: '{ open }', data: { open: 'open' }, denied: [] },
    {
      text: '{ open secret }',
      data: { open: 'open', secret: null },
      denied: ['Query.secret at secret'],
    },
    {
      text: '{ t { plain guarded } }',
      data: { t: { plain: 'p', guarded: null } },
      denied: ['T.guarded at t.guarded'],
    },
    { text: '{ none { id } }', data: { none: null }, denied: ['Query.none at none'] },
    { text: '{ empty { id } }', data: { empty: null }, denied: ['Query.empty at empty'] },
    { text: '{ v { __typename } }', data: { v: null }, denied: ['Query.v at v'] },
  ])('$text: denied $denied', async ({ text, data, denied }) => {
    expect(await runAlone(guarded, text, user)).toEqual({ data, denied });
  });

  it('does not call the resolver that it refuses', async () => {
    secret.mockClear();
    await runAlone(guarded, '{ secret }', user);
    expect(secret).not.toHaveBeenCalled();
    expect((await runAlone(guarded, '{ secret }', admin)).data).toEqual({ secret: 'secret' });
    expect(secret).toHaveBeenCalledTimes(1);
  });

  it('refuses anonymous as unauthenticated', async () => {
    const { errors } = await execute({
      schema: guarded.schema,
      document: parse('{ secret }'),
      contextValue: { viewer: anonymous },
    });
    expect(errors?.[0]?.toJSON()).toEqual({
      message: 'Log in to access Query.secret.',
      path: ['secret'],
      locations: [{ line: 1, column: 3 }],
      extensions: {
        code: 'UNAUTHENTICATED',
        reason: 'TOKEN_MISSING',
        coordinate: 'Query.secret',
        requires: [],
        policies: [],
      },
    });
  });

  it('leaves the schema that it was given as it was', async () => {
    const source = guarded.schema;
    expect((await runAlone(guardBuilt(source), '{ open }', user)).data).toEqual({ open: 'open' });
  });
});

describe('a value whose run-time type is guarded', () => {
  const sdl = `${groupsOnly}
    type Query { node: Node @public, any: Any @public, all: [Any!] @public, maybe: [Node] @public, free: Free @public }
    interface Node { id: ID }
    type Vault implements Node @auth(requires: [ADMIN]) { id: ID, code: String }
    type Plain implements Node { id: ID, gold: String @auth(requires: [ADMIN]) }
    type Locked @auth(requires: [ADMIN]) { id: ID }
    union Any = Vault | Plain | Locked
    interface Free { id: ID }
    type Loose implements Free { id: ID }`;
  const vault = { __typename: 'Vault', id: 1, code: '1234' };
  const plain = { __typename: 'Plain', id: 2, gold: 'au' };
  const Query = {
    node: () => vault,
    any: () => vault,
    all: () => [plain, vault],
    maybe: () => [plain, null, vault],
    free: () => ({ __typename: 'Loose', id: 3 }),
  };
  const typeOfValue = ({ __typename }: { readonly __typename: string }) => __typename;
  const isVault = ({ __typename }: { readonly __typename: string }) => __typename === 'Vault';
  const isPlain = ({ __typename }: { readonly __typename: string }) => __typename === 'Plain';

  describe.each([
    { how: 'by __typename', types: {} },
    {
      how: 'by resolveType',
      types: { Node: { __resolveType: typeOfValue }, Any: { __resolveType: typeOfValue } },
    },
    {
      how: 'by resolveType, later',
      types: {
        Node: { __resolveType: async (value: typeof vault) => typeOfValue(value) },
        Any: { __resolveType: async (value: typeof vault) => typeOfValue(value) },
      },
    },
    {
      how: 'by resolveType, in a thenable',
      types: {
        Node: { __resolveType: (value: typeof vault) => thenable(typeOfValue(value)) },
        Any: { __resolveType: (value: typeof vault) => thenable(typeOfValue(value)) },
      },
    },
    {
      how: 'by isTypeOf',
      types: { Vault: { __isTypeOf: isVault }, Plain: { __isTypeOf: isPlain } },
    },
    {
      how: 'by isTypeOf, later',
      types: {
        Vault: { __isTypeOf: async (value: typeof vault) => isVault(value) },
        Plain: { __isTypeOf: async (value: typeof vault) => isPlain(value) },
      },
    },
  ])('known $how', ({ types }) => {
    const guarded = guard(sdl, { resolvers: { Query, ...types } });

    it.each([
      { text: '{ node { __typename } }', data: { node: null }, denied: ['Vault at node'] },
      { text: '{ node { id } }', data: { node: null }, denied: ['Vault at node'] },
      { text: '{ any { __typename } }', data: { any: null }, denied: ['Vault at any'] },
      { text: '{ any { ... on Vault { code } } }', data: { any: null }, denied: ['Vault at any'] },
      { text: '{ all { __typename } }', data: { all: null }, denied: ['Vault at all.1'] },
      {
        text: '{ maybe { id } }',
        data: { maybe: [{ id: '2' }, null, null] },
        denied: ['Vault at maybe.2'],
      },
      {
        text: '{ maybe { ... on Plain { gold } } }',
        data: { maybe: [{ gold: null }, null, null] },
        denied: ['Plain.gold at maybe.0.gold', 'Vault at maybe.2'],
      },
      { text: '{ free { id } }', data: { free: { id: '3' } }, denied: [] },
      // Nothing of the guarded value is selected, but its presence would still be revealed.
      { text: '{ node { ... on Plain { id } } }', data: { node: null }, denied: ['Vault at node'] },
      { text: '{ any { ... on Plain { id } } }', data: { any: null }, denied: ['Vault at any'] },
      { text: '{ any { ... on Locked { id } } }', data: { any: null }, denied: ['Vault at any'] },
      {
        text: '{ any { id: __typename @skip(if: true) } }',
        data: { any: null },
        denied: ['Vault at any'],
      },
      {
        text: '{ maybe { ... on Plain { id } } }',
        data: { maybe: [{ id: '2' }, null, null] },
        denied: ['Vault at maybe.2'],
      },
    ])('$text: denied $denied', async ({ text, data, denied }) => {
      const found = await runAlone(guarded, text, user);
      expect(found.data).toEqual(data);
      expect([...found.denied].sort()).toEqual(denied);
    });

    it('is shown to who may see it', async () => {
      const found = await runAlone(guarded, '{ all { __typename ... on Vault { code } } }', admin);
      expect(found.data).toEqual({
        all: [{ __typename: 'Plain' }, { __typename: 'Vault', code: '1234' }],
      });
    });
  });

  it('that cannot be computed gives no value, and leaks nothing', async () => {
    const guarded = guard(sdl, { resolvers: { Query, Node: { __resolveType: () => undefined } } });
    expect((await runAlone(guarded, '{ node { id } }', user)).data).toEqual({ node: null });
  });

  it('is refused by what the interface says of a field that an implementation narrows', async () => {
    const narrowed = guard(
      `${groupsOnly}
       type Query { i: I @public }
       interface I { f: U }
       union U @auth(requires: [ADMIN]) = T
       type T { id: ID }
       type Impl implements I { f: T }`,
      { resolvers: { Query: { i: () => ({ __typename: 'Impl', f: { id: 1 } }) } } },
    );
    const found = await runAlone(narrowed, '{ i { f { ... on T { id } } } }', user);
    expect(found.data).toEqual({ i: { f: null } });
  });
});

describe('a guarded enum value that a resolver returns', () => {
  const sdl = `${groupsOnly}
    type Query { one: E @public, must: E! @public, list: [E] @public, strict: [E!] @public, grid: [[E]] @public, open: E @public, none: E @public, wrong: E @public }
    type Subscription { e: E @public }
    enum E { OPEN SECRET @auth(requires: [ADMIN]) }`;
  const values = {
    one: 'SECRET',
    must: 'SECRET',
    list: ['OPEN', 'SECRET', null],
    strict: ['OPEN', 'SECRET'],
    grid: [['SECRET'], ['OPEN']],
    open: 'OPEN',
    none: null,
    wrong: 'OTHER',
  };
  const lift = (wrap: (value: unknown) => unknown) => ({
    Query: Object.fromEntries(
      Object.entries(values).map(([name, value]) => [name, () => wrap(value)]),
    ),
  });
  const later = (value: unknown) => callable(Promise.resolve(value));
  const wrapItems = (wrap: (value: unknown) => unknown) => (value: unknown) =>
    Array.isArray(value) ? value.map(wrap) : wrap(value);

  describe.each([
    { how: 'at once', resolvers: lift((value) => value) },
    { how: 'later', resolvers: lift((value) => Promise.resolve(value)) },
    { how: 'in a thenable', resolvers: lift(thenable) },
    { how: 'in a callable promise', resolvers: lift(later) },
    { how: 'item by item, later', resolvers: lift(wrapItems((value) => Promise.resolve(value))) },
    { how: 'item by item, in thenables', resolvers: lift(wrapItems(thenable)) },
    { how: 'item by item, in callable promises', resolvers: lift(wrapItems(later)) },
    {
      how: 'in a Set',
      resolvers: lift((value) => (Array.isArray(value) ? new Set(value) : value)),
    },
  ])('$how', ({ resolvers }) => {
    const guarded = guard(sdl, { resolvers });

    it.each([
      { text: '{ one }', data: { one: null }, denied: ['E.SECRET at one'] },
      { text: '{ must }', data: null, denied: ['E.SECRET at must'] },
      { text: '{ list }', data: { list: ['OPEN', null, null] }, denied: ['E.SECRET at list.1'] },
      { text: '{ strict }', data: { strict: null }, denied: ['E.SECRET at strict.1'] },
      { text: '{ grid }', data: { grid: [[null], ['OPEN']] }, denied: ['E.SECRET at grid.0.0'] },
      { text: '{ open none }', data: { open: 'OPEN', none: null }, denied: [] },
    ])('$text: denied $denied', async ({ text, data, denied }) => {
      expect(await runAlone(guarded, text, user)).toEqual({ data, denied });
    });

    it('is shown to who may see it', async () => {
      expect((await runAlone(guarded, '{ one grid }', admin)).data).toEqual({
        one: 'SECRET',
        grid: [['SECRET'], ['OPEN']],
      });
    });
  });

  it('that the enum does not have is an error, as without guards', async () => {
    const guarded = guard(sdl, { resolvers: lift((value) => value) });
    const found = await runAlone(guarded, '{ wrong }', admin);
    expect(found).toEqual({
      data: { wrong: null },
      denied: ['Internal server error.'],
    });
  });

  it('is no longer looked for in an error that a resolver returns', async () => {
    const guarded = guard(sdl, { resolvers: { Query: { one: () => new GraphQLError('down') } } });
    expect(await runAlone(guarded, '{ one }', admin)).toEqual({
      data: { one: null },
      denied: ['down'],
    });
  });

  it('by an internal value that is not equal to itself', async () => {
    const guarded = guard(sdl, {
      resolvers: { E: { OPEN: 1, SECRET: Number.NaN }, Query: { one: () => Number.NaN } },
    });
    expect(await runAlone(guarded, '{ one }', user)).toEqual({
      data: { one: null },
      denied: ['E.SECRET at one'],
    });
  });

  it('by its internal value', async () => {
    const guarded = guard(sdl, {
      resolvers: { E: { OPEN: 1, SECRET: 2 }, Query: { one: () => 2, open: () => 1 } },
    });
    expect((await runAlone(guarded, '{ one open }', user)).data).toEqual({
      one: null,
      open: 'OPEN',
    });
  });

  it('by an internal value that it shares with an open one', async () => {
    const guarded = guard(sdl, {
      resolvers: { E: { OPEN: 1, SECRET: 1 }, Query: { one: () => 1 } },
    });
    expect((await runAlone(guarded, '{ one }', user)).data).not.toEqual({ one: 'SECRET' });
  });

  it('behind a policy that is decided later', async () => {
    const guarded = guard(
      `${withPolicies} type Query { e: E @auth(or: [SELF]) } enum E { SECRET @auth(requires: [ADMIN]) }`,
      {
        policies: { SELF: async () => true, BOSS: () => false },
        resolvers: { Query: { e: () => 'SECRET' } },
      },
    );
    expect(await runAlone(guarded, '{ e }', user)).toEqual({
      data: { e: null },
      denied: ['E.SECRET at e'],
    });
  });

  it('in place of a default resolver', async () => {
    const guarded = guard(
      `${groupsOnly} type Query { t: T @public } type T { e: E } enum E { SECRET @auth(requires: [ADMIN]) }`,
      { resolvers: { Query: { t: () => ({ e: 'SECRET' }) } } },
    );
    expect((await runAlone(guarded, '{ t { e } }', user)).data).toEqual({ t: { e: null } });
  });
});

describe('input behind a policy', () => {
  const guarded = guard(
    `${withPolicies} type Query { a(x: Int @auth(requires: [ADMIN])): String @auth(or: [SELF]) }`,
    {
      policies: { SELF: async () => true, BOSS: () => false },
      resolvers: { Query: { a: () => 'a' } },
    },
  );

  it('is refused after the policy admits', async () => {
    expect(await runAlone(guarded, '{ a(x: 1) }', user)).toEqual({
      data: { a: null },
      denied: ['Query.a(x:) at a'],
    });
    expect(await runAlone(guarded, '{ a }', user)).toEqual({ data: { a: 'a' }, denied: [] });
    expect(await runAlone(guarded, '{ a(x: 1) }', admin)).toEqual({ data: { a: 'a' }, denied: [] });
  });
});

describe('a refusal inside an item that must not be null', () => {
  it('stops at the nearest value that may be null', async () => {
    const guarded = guard(
      `${groupsOnly} type Query { boxes: [Box!] @public }
       type Box { id: Int, notes: [Note]!, grid: [[Note]!]! }
       type Note { text: String! @auth(requires: [ADMIN]) }`,
      {
        resolvers: {
          Query: { boxes: () => [{ id: 1, notes: [{ text: 'a' }], grid: [[{ text: 'b' }]] }] },
        },
      },
    );
    expect(await runAlone(guarded, '{ boxes { id notes { text } grid { text } } }', user)).toEqual({
      data: { boxes: [{ id: 1, notes: [null], grid: [[null]] }] },
      denied: ['Note.text at boxes.0.notes.0.text', 'Note.text at boxes.0.grid.0.0.text'],
    });
  });
});

describe('an enum value whose internal value is no number', () => {
  it('is guarded all the same, where a resolver returns it and where a client supplies it', async () => {
    const odd = guard(
      `${groupsOnly} type Query { e: E @public, take(e: E): Int @public }
       enum E { OPEN SECRET @auth(requires: [ADMIN]) }`,
      {
        resolvers: {
          E: { OPEN: 1, SECRET: Number.NaN },
          Query: { e: () => Number.NaN, take: () => 1 },
        },
      },
    );
    const text = 'query ($e: E) { e take(e: $e) }';
    const asked = { viewer: holding(), variables: { e: 'SECRET' } };
    expect(await runAlone(odd, text, asked)).toEqual({
      data: { e: null, take: null },
      denied: ['E.SECRET at e', 'E.SECRET at take'],
    });
  });
});

describe('`__typename` of a guarded root type', () => {
  const sealed = guard(`${groupsOnly} type Query @auth(requires: [ADMIN]) { a: Int @auth }`, {
    resolvers: { Query: { a: () => 1 } },
  });

  it('is refused before anything runs', async () => {
    expect(await ask(sealed, '{ __typename }', { viewer: holding() })).toEqual([
      'Query at __typename',
    ]);
  });

  it('is answered by the guarded schema alone, which has no resolver for it, and nothing else', async () => {
    expect(await runAlone(sealed, '{ __typename a }', { viewer: holding() })).toEqual({
      data: { __typename: 'Query', a: null },
      denied: ['Query.a at a'],
    });
  });
});

describe('a subscription', () => {
  const open = vi.fn(async function* () {
    yield { ticks: 1, free: 2, limited: 3, mine: 4 };
  });
  const guarded = guard(
    `${withPolicies}
     type Query { a: Int @public }
     type Subscription { ticks: Int @auth(requires: [ADMIN]), free: Int @public, limited(x: Int @auth(requires: [ADMIN])): Int @public, mine(n: Int): Int @auth(or: [SELF]) }`,
    {
      policies: { SELF: async (_viewer, _source, { n }) => n === 1, BOSS: () => false },
      resolvers: {
        Subscription: {
          ticks: { subscribe: open },
          free: { subscribe: open },
          limited: { subscribe: open },
          mine: { subscribe: open },
        },
      },
    },
  );
  const start = async (text: string, contextValue: typeof user) => {
    open.mockClear();
    const result = await subscribe({ schema: guarded.schema, document: parse(text), contextValue });
    if (!(Symbol.asyncIterator in result))
      return { errors: result.errors?.map(({ message }) => message) };
    const events = [];
    for await (const { data } of result) events.push({ ...data });
    return { events };
  };

  it.each([
    {
      text: 'subscription { ticks }',
      message: 'You do not have access to Subscription.ticks: it requires the group ADMIN.',
    },
    {
      text: 'subscription { limited(x: 1) }',
      message: 'You do not have access to Subscription.limited(x:): it requires the group ADMIN.',
    },
    {
      text: 'subscription { mine(n: 2) }',
      message: 'You do not have access to Subscription.mine: it requires admission by SELF.',
    },
  ])('$text is refused before its source opens', async ({ text, message }) => {
    expect(await start(text, user)).toEqual({ errors: [message] });
    expect(open).not.toHaveBeenCalled();
  });

  it.each([
    { text: 'subscription { ticks }', who: admin, events: [{ ticks: 1 }] },
    { text: 'subscription { free }', who: user, events: [{ free: 2 }] },
    { text: 'subscription { limited }', who: user, events: [{ limited: 3 }] },
    { text: 'subscription { mine(n: 1) }', who: user, events: [{ mine: 4 }] },
  ])('$text runs for who may', async ({ text, who, events }) => {
    expect(await start(text, who)).toEqual({ events });
    expect(open).toHaveBeenCalledTimes(1);
  });

  it('without a source of its own reads one from the root value', async () => {
    const rootValue = { a: open };
    const bare = guard(
      `${groupsOnly} type Query { q: Int @public } type Subscription { a: Int @auth }`,
    );
    const result = await subscribe({
      schema: bare.schema,
      document: parse('subscription { a }'),
      rootValue,
      contextValue: user,
    });
    expect(Symbol.asyncIterator in result).toBe(true);
  });
});
