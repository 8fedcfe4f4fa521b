import { createAuthorization, type Policies } from '@graphql-gatehouse/authorization';
import { execute, GraphQLError, type GraphQLSchema, parse } from 'graphql';
import { describe, expect, it } from 'vitest';
import { anonymous, guardBuilt, holding, offencesOfBuilt, type TestContext } from './fixtures.ts';
import { withoutUnhandledRejections } from './property-run.ts';
import {
  buildSubgraph,
  federationFields,
  federationTypeDefs,
  referenceResolvers,
} from './subgraph-schema.ts';

type Viewer = TestContext['viewer'];
type Asked = Policies<Viewer, TestContext>;

const build = (sdl: string, resolvers: Parameters<typeof referenceResolvers>[0] = {}) =>
  buildSubgraph(`${federationTypeDefs} ${sdl}`, referenceResolvers(resolvers));

/** Resolves one reference of each id. Returns the types and ids that it found, and the errors. */
async function refer(
  { schema }: { readonly schema: GraphQLSchema },
  { typename, ids, viewer }: { typename: string; ids: readonly string[]; viewer: Viewer },
) {
  const { data, errors } = await execute({
    schema,
    document: parse(`query ($of: [_Any!]!) {
      _entities(representations: $of) { __typename ... on Bill { id } ... on Item { id } }
    }`),
    variableValues: { of: ids.map((id) => ({ __typename: typename, id })) },
    contextValue: { viewer },
  });
  return {
    found: JSON.parse(JSON.stringify(data?._entities ?? null)),
    errors: errors?.map(({ message, extensions }) => extensions.code ?? message),
  };
}

/** The policy SELF, which admits owners, and records what it is asked about. */
function ownersOnly(asked: unknown[] = []): Asked {
  const admits = (_viewer: Viewer, row: unknown) =>
    asked.push(row) > 0 && Object(row).owner === 'me';
  return { SELF: { reads: [], admits, where: () => ({}) } };
}

describe('a reference by the name of an interface', () => {
  const sdl = (guard: string, bills: string) => `
    type Query { ${federationFields} ${bills} }
    union _Entity = Bill | Item
    interface Paper @key(fields: "id") ${guard} { id: ID! }
    type Bill implements Paper @key(fields: "id") { id: ID! owner: String }
    type Item implements Paper @key(fields: "id") { id: ID! }`;
  const narrowed = sdl('', 'bills: [Bill!] @auth(rows: [SELF])');
  const papers: Readonly<Record<string, object>> = {
    1: { kind: 'Bill', owner: 'me' },
    2: { kind: 'Bill', owner: 'someone' },
    3: { kind: 'Item' },
  };
  const ids = Object.keys(papers);
  const found = { 1: { __typename: 'Bill', id: '1' }, 3: { __typename: 'Item', id: '3' } };

  it('resolves to rows that the lists of their type have, and to all of the other types', async () => {
    for (const name of ['__typename', 'kind']) {
      const schema = build(narrowed, {
        Paper: ({ id }) => ({ id, ...papers[id], [name]: Object(papers[id]).kind }),
        Bill: () => null,
      });
      const paper = schema.getType('Paper');
      if (name === 'kind') {
        Object.assign(paper ?? {}, { resolveType: ({ kind }: { kind: string }) => kind });
      }
      const asked: unknown[] = [];
      const authorization = guardBuilt(schema, { policies: ownersOnly(asked) });
      const viewer = holding('STAFF');
      expect(await refer(authorization, { typename: 'Paper', ids, viewer })).toEqual({
        found: [found[1], null, found[3]],
        errors: undefined,
      });
      expect(asked).toHaveLength(2);
    }
  });

  it('resolves to nothing for an anonymous viewer, who is asked to log in', async () => {
    const schema = build(narrowed, { Paper: ({ id }) => ({ id }), Bill: () => null });
    const authorization = guardBuilt(schema, { policies: ownersOnly() });
    const asked = { typename: 'Paper', ids: ['1'], viewer: anonymous };
    expect(await refer(authorization, asked)).toEqual({
      found: [null],
      errors: ['UNAUTHENTICATED'],
    });
  });

  it('is refused before it is read, when the interface is guarded', async () => {
    const read: string[] = [];
    const schema = build(sdl('@auth(requires: [STAFF])', 'bills: [Bill!] @auth(or: [SELF])'), {
      Paper: ({ id }) => read.push(id) && { id, __typename: 'Item' },
    });
    const authorization = guardBuilt(schema, { policies: { SELF: () => true } });
    const asked = { typename: 'Paper', ids: ['3'] };
    const viewer = holding('ADMIN');
    expect(await refer(authorization, { ...asked, viewer })).toEqual({
      found: [null],
      errors: ['FORBIDDEN'],
    });
    expect(read).toEqual([]);
    const { found: papersOfStaff } = await refer(authorization, {
      ...asked,
      viewer: holding('STAFF'),
    });
    expect(papersOfStaff).toEqual([found[3]]);
  });
});

describe('a reference to a type that has lists with rows', () => {
  const sdl = `type Query { ${federationFields} bills: [Bill!] @auth(rows: [SELF]) }
    union _Entity = Bill | Item
    type Bill @key(fields: "id") { id: ID! owner: String }
    type Item @key(fields: "id") { id: ID! }`;

  it('that finds nothing has no policy asked, and keeps its error', async () => {
    const asked: unknown[] = [];
    const schema = build(sdl, {
      Bill: ({ id }) => (id === '1' ? null : id === '2' ? undefined : new GraphQLError('bill')),
    });
    const authorization = guardBuilt(schema, { policies: ownersOnly(asked) });
    const viewer = holding();
    const { found, errors } = await refer(authorization, {
      typename: 'Bill',
      ids: ['1', '2', '3'],
      viewer,
    });
    expect(found).toEqual([null, null, null]);
    expect(errors).toEqual(['bill']);
    expect(asked).toEqual([]);
  });

  it('is reported in a dry run as what a policy denies', async () => {
    const reported: unknown[] = [];
    const schema = build(sdl, { Bill: ({ id }) => ({ id, owner: 'someone' }) });
    const authorization = createAuthorization<Viewer, TestContext>(schema, {
      policies: ownersOnly(),
      viewerOf: ({ viewer }) => viewer,
      report: (denial) => reported.push(denial),
    });
    await refer(authorization, { typename: 'Bill', ids: ['1'], viewer: holding() });
    const denial = { code: 'FORBIDDEN', reason: 'POLICY_DENIED', coordinate: 'Bill' };
    expect(reported).toEqual([{ ...denial, requires: [], policies: [] }]);
  });
});

describe('a reference to a type with a rule', () => {
  const sdl = (guard: string) => `type Query { ${federationFields} }
    union _Entity = Bill | Item
    type Bill @key(fields: "id") ${guard} { id: ID! owner: String }
    type Item @key(fields: "id") { id: ID! }`;
  const bill = ({ id }: { readonly id: string }) => ({ id, owner: id === '1' ? 'me' : 'you' });

  it('resolves to the rows that exist for the viewer, and to null in the place of others', async () => {
    const guarded = guardBuilt(
      build(sdl('@auth(rows: [SELF])'), { Bill: bill, Item: (of) => of }),
      {
        policies: ownersOnly(),
      },
    );
    const ids = ['2', '1', '3'];
    expect(await refer(guarded, { typename: 'Bill', ids, viewer: holding() })).toEqual({
      found: [null, { __typename: 'Bill', id: '1' }, null],
      errors: undefined,
    });
    const asked = await refer(guarded, { typename: 'Bill', ids: ['1'], viewer: anonymous });
    expect(asked).toEqual({ found: [null], errors: ['UNAUTHENTICATED'] });
  });

  it('refuses the start when it would be what the client sends', () => {
    const offences = offencesOfBuilt(build(sdl('@auth(rows: [SELF])')), ownersOnly());
    expect(offences).toEqual([expect.stringContaining('Bill: its type has no __resolveReference')]);
  });
});

describe('a reference to a type whose rows are read by ids', () => {
  const sdl = (key: string, rule = '@auth(rows: [SELF])') => `
    type Query { ${federationFields} }
    union _Entity = Bill | Item
    type Bill ${key} ${rule} { id: ID! shop: ID number: Int owner: String }
    type Item @key(fields: "id") { id: ID! }`;
  const items = { Item: (item: { readonly id: string }) => item };
  /** The bills that exist; records what is read. */
  function bills(read: unknown[], rows: readonly object[] = billRows) {
    const byIds = (ids: readonly unknown[]) => {
      read.push(ids);
      return rows;
    };
    return { Bill: { byIds } };
  }
  const billRows = [
    { id: '2', owner: 'you' },
    { id: '1', owner: 'me' },
  ];

  it('is read by its key without a __resolveReference, all of an operation at once', async () => {
    const read: unknown[] = [];
    const schema = build(sdl('@key(fields: "id")'), items);
    const guarded = guardBuilt(schema, { policies: ownersOnly(), types: bills(read) });
    const ids = ['1', '3', '2', '1'];
    expect(await refer(guarded, { typename: 'Bill', ids, viewer: holding() })).toEqual({
      found: [{ __typename: 'Bill', id: '1' }, null, null, { __typename: 'Bill', id: '1' }],
      errors: undefined,
    });
    expect(read).toEqual([['1', '3', '2']]);
    const asked = await refer(guarded, { typename: 'Bill', ids: ['1'], viewer: anonymous });
    expect([asked.found, asked.errors, read.length]).toEqual([[null], ['UNAUTHENTICATED'], 1]);
  });

  it('is never the object that the client sends', async () => {
    const schema = build(sdl('@key(fields: "id")', ''), items);
    const guarded = guardBuilt(schema, { policies: ownersOnly(), types: bills([]) });
    const { data } = await execute({
      schema: guarded.schema,
      document:
        parse(`{ _entities(representations: [{ __typename: "Bill", id: "2", owner: "me" }]) {
        ... on Bill { owner }
      } }`),
      contextValue: { viewer: holding() },
    });
    expect(JSON.parse(JSON.stringify(data))).toEqual({ _entities: [{ owner: 'you' }] });
  });

  it('has a composite id, whose parts have the names of the fields of its key', async () => {
    const read: unknown[] = [];
    const idOf = ({ shop, number }: { shop?: unknown; number?: unknown }) => ({ number, shop });
    const rows = [{ id: 'a', shop: '7', number: 5, owner: 'me' }];
    const { Bill } = bills(read, rows);
    const guarded = guardBuilt(build(sdl('@key(fields: "shop number")'), items), {
      policies: ownersOnly(),
      types: { Bill: { ...Bill, idOf } },
    });
    const { data } = await execute({
      schema: guarded.schema,
      document: parse(`{ _entities(representations: [
        { __typename: "Bill", shop: 7, number: 5 }
        { __typename: "Bill", shop: "7", number: 6 }
      ]) { ... on Bill { id } } }`),
      contextValue: { viewer: holding() },
    });
    expect(JSON.parse(JSON.stringify(data))).toEqual({ _entities: [{ id: 'a' }, null] });
    expect(read).toEqual([
      [
        { shop: '7', number: 5 },
        { shop: '7', number: 6 },
      ],
    ]);
  });

  it.each([
    { what: 'another key', key: '@key(fields: "id") @key(fields: "number")' },
    { what: 'no key', key: '' },
  ])('refuses the start with $what, which could be taken for the id', ({ key }) => {
    const schema = build(sdl(key), items);
    expect(() => guardBuilt(schema, { policies: ownersOnly(), types: bills([]) })).toThrow(
      'its type has no __resolveReference',
    );
  });

  it('keeps its __resolveReference', async () => {
    const read: unknown[] = [];
    const own = { ...items, Bill: () => ({ id: '9', owner: 'me' }) };
    const guarded = guardBuilt(build(sdl('@key(fields: "id")'), own), {
      policies: ownersOnly(),
      types: bills(read),
    });
    const asked = await refer(guarded, { typename: 'Bill', ids: ['1'], viewer: holding() });
    expect([asked.found, read]).toEqual([[{ __typename: 'Bill', id: '9' }], []]);
  });
});

describe('a reference whose resolver throws', () => {
  const sdl = `type Query { ${federationFields} }
    union _Entity = Bill | Item
    type Bill @key(fields: "id") { id: ID! }
    type Item @key(fields: "id") { id: ID! }`;

  it('fails alone, and leaves no rejection of another one unhandled', () =>
    withoutUnhandledRejections(async () => {
      const schema = build(sdl, {
        Bill: async ({ id }) => {
          if (id === '1') throw new GraphQLError('late');
          return { id };
        },
        Item: () => {
          throw new GraphQLError('at once');
        },
      });
      const { data, errors } = await execute({
        schema: guardBuilt(schema, { policies: { SELF: () => true } }).schema,
        document: parse(`{ _entities(representations: [
          { __typename: "Bill", id: "1" }
          { __typename: "Item", id: "2" }
          { __typename: "Bill", id: "3" }
        ]) { ... on Bill { id } } }`),
        contextValue: { viewer: holding() },
      });
      expect(JSON.parse(JSON.stringify(data))).toEqual({ _entities: [null, null, { id: '3' }] });
      expect(errors?.map(({ message }) => message).sort()).toEqual(['at once', 'late']);
    }));
});

describe('a guarded type of a subgraph', () => {
  const sdl = `type Query { ${federationFields} bill: Bill @auth(or: [SELF]) }
    union _Entity = Bill
    type Bill @key(fields: "id") @auth(requires: [STAFF]) { id: ID! }`;
  const policies = { SELF: () => true };

  it('may have no __resolveReference, and is guarded all the same', async () => {
    const authorization = guardBuilt(build(sdl), { policies });
    const asked = { typename: 'Bill', ids: ['1'] };
    expect(await refer(authorization, { ...asked, viewer: holding('STAFF') })).toEqual({
      found: [{ __typename: 'Bill', id: '1' }],
      errors: undefined,
    });
    expect(await refer(authorization, { ...asked, viewer: holding() })).toEqual({
      found: [null],
      errors: ['FORBIDDEN'],
    });
  });

  it('keeps its other extensions', () => {
    const schema = build(sdl, { Bill: () => null });
    const bill = schema.getType('Bill');
    if (bill === undefined) throw new Error('There is a type.');
    const apollo = Object(bill.extensions.apollo);
    bill.extensions = {
      own: 1,
      apollo: { ...apollo, other: 2, subgraph: { ...apollo.subgraph, third: 3 } },
    };
    const guarded = guardBuilt(schema, { policies }).schema.getType('Bill');
    expect(guarded?.extensions).toEqual({
      own: 1,
      apollo: { other: 2, subgraph: { third: 3, resolveReference: expect.any(Function) } },
    });
    expect(Object(guarded?.extensions.apollo).subgraph.resolveReference).not.toBe(
      apollo.subgraph.resolveReference,
    );
  });

  it('may have policies below, if another library stores how it resolves references', () => {
    const withPolicy = sdl.replace('id: ID! }', 'id: ID! total: Int @auth(or: [SELF]) }');
    expect(offencesOfBuilt(build(withPolicy), policies)).toHaveLength(1);
    const schema = build(withPolicy);
    Object.assign(schema.getType('Bill') ?? {}, { resolveReference: () => null });
    expect(offencesOfBuilt(schema, policies)).toEqual([]);
  });
});

describe('a reference to a type that asks for a proof of identity', () => {
  const sdl = (bills: string, guard = '') => `type Query { ${federationFields} ${bills} }
    union _Entity = Bill
    type Bill @key(fields: "id") ${guard} { id: ID! }`;
  const now = new Date('2026-07-01T12:00:00Z');
  const proved = (seconds: number): Viewer => ({
    isAuthenticated: true,
    groups: new Set(),
    authenticatedAt: { PASSWORD: new Date(now.getTime() - seconds * 1000) },
  });
  const policies = { SELF: { reads: [], admits: () => true, where: () => ({}) } };

  it.each([
    {
      title: 'of its own',
      types: sdl('bill: Int @public', '@auth(maxAge: 60)'),
      errors: ['UNAUTHENTICATED'],
    },
    {
      title: 'in the list of Query that would return it',
      types: sdl('bills: [Bill!] @auth(rows: [SELF], maxAge: 60)'),
      errors: undefined,
    },
  ])('$title resolves after the proof alone', async ({ types, errors }) => {
    const schema = build(types, { Bill: ({ id }) => ({ id }) });
    const authorization = guardBuilt(schema, { policies, now: () => now });
    const asked = { typename: 'Bill', ids: ['1'] };
    expect(await refer(authorization, { ...asked, viewer: proved(61) })).toEqual({
      found: [null],
      errors,
    });
    expect(await refer(authorization, { ...asked, viewer: proved(60) })).toEqual({
      found: [{ __typename: 'Bill', id: '1' }],
      errors: undefined,
    });
  });
});
