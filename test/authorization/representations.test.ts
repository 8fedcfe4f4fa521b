import { execute, type GraphQLSchema, parse } from 'graphql';
import { describe, expect, it } from 'vitest';
import { type GuardOptions, guardBuilt, holding } from './fixtures.ts';
import {
  buildSubgraph,
  federationFields,
  federationTypeDefs,
  referenceResolvers,
} from './subgraph-schema.ts';

const sdl = `${federationTypeDefs}
  type Query {
    ${federationFields}
    note: Note @public
    plain: Plain @public
  }
  union _Entity = Bill | Item | Loan
  interface Paper @key(fields: "id") { id: ID! }
  interface Plain { id: ID! }
  type Bill implements Paper & Plain @key(fields: "id") @key(fields: "shop { code } lines { no }") {
    id: ID!
    shop: Shop
    lines: [Line!]
    kind: Kind
  }
  type Loan @key(fields: "shop { ... on Shop { code } }") { shop: Shop }
  type Shop { code: String! }
  type Line { no: Int! }
  enum Kind { OPEN }
  type Item @key(fields: "kind since") { kind: Kind! since: String }
  type Note { text: String }
`;

const policies = { SELF: () => true };

/** Resolves references of bills and items. Returns the number that was resolved, and the errors. */
function createWorld(options: GuardOptions & { maxRepresentations?: number } = {}) {
  const resolved: unknown[] = [];
  const resolve = (typename: string) => (reference: object) => {
    resolved.push(reference);
    return { ...reference, __typename: typename };
  };
  const schema = buildSubgraph(
    sdl,
    referenceResolvers({
      Bill: resolve('Bill'),
      Item: resolve('Item'),
      Loan: resolve('Loan'),
      Paper: resolve('Bill'),
    }),
  );
  const { schema: guarded } = guardBuilt(schema, { policies, ...options });
  return { resolved, refer: (of: unknown) => refer(guarded, of) };
}

async function refer(schema: GraphQLSchema, of: unknown) {
  const { data, errors = [] } = await execute({
    schema,
    document: parse('query ($of: [_Any!]!) { _entities(representations: $of) { __typename } }'),
    variableValues: { of },
    contextValue: { viewer: holding() },
  });
  const reported = errors.map(({ message, extensions }) => ({ message, ...extensions }));
  return { entities: JSON.parse(JSON.stringify(data?._entities ?? null)), reported };
}

const bill = { __typename: 'Bill', id: '1' };

describe('a representation', () => {
  it.each([
    { title: 'by its first key', of: bill },
    { title: 'by a number as its id', of: { ...bill, id: 1 } },
    {
      title: 'by another key',
      of: { __typename: 'Bill', shop: { code: 'a' }, lines: [{ no: 1 }] },
    },
    { title: 'by a key that may be null', of: { __typename: 'Bill', shop: null, lines: [] } },
    { title: 'with more than its key', of: { ...bill, secret: { any: 'thing' } } },
    { title: 'without a prototype', of: Object.assign(Object.create(null), bill) },
    { title: 'of an enum value', of: { __typename: 'Item', kind: 'OPEN', since: null } },
    {
      title: 'by a key with a type condition, behind which nothing is checked',
      of: { __typename: 'Loan', shop: {} },
    },
    { title: 'of an interface', of: { __typename: 'Paper', id: '1' } },
  ])('$title is resolved', async ({ of }) => {
    const { refer, resolved } = createWorld();
    expect((await refer([of])).reported).toEqual([]);
    expect(resolved).toHaveLength(1);
  });

  const typename = (index: number) => ({
    message: `representations.${index}.__typename must be the name of an entity type.`,
    code: 'BAD_USER_INPUT',
    argument: `representations.${index}.__typename`,
  });
  const key = (index: number) => ({
    message: `representations.${index} must have the fields of a key of its type.`,
    code: 'BAD_USER_INPUT',
    argument: `representations.${index}`,
  });
  const shape = (index: number) => ({
    message: `representations.${index} must be an object.`,
    code: 'BAD_USER_INPUT',
    argument: `representations.${index}`,
  });

  it.each([
    { title: 'a list as its type', of: { ...bill, __typename: ['Bill'] }, reported: typename(1) },
    { title: 'an object as its type', of: { ...bill, __typename: {} }, reported: typename(1) },
    { title: 'no type', of: { id: '1' }, reported: typename(1) },
    { title: 'an inherited type', of: Object.create(bill), reported: typename(1) },
    { title: 'an unknown type', of: { ...bill, __typename: 'Bills' }, reported: typename(1) },
    {
      title: 'a property of objects',
      of: { ...bill, __typename: 'toString' },
      reported: typename(1),
    },
    { title: 'a type without a key', of: { ...bill, __typename: 'Note' }, reported: typename(1) },
    {
      title: 'an interface without one',
      of: { ...bill, __typename: 'Plain' },
      reported: typename(1),
    },
    { title: 'a scalar', of: { ...bill, __typename: 'String' }, reported: typename(1) },
    { title: 'no fields', of: { __typename: 'Bill' }, reported: key(1) },
    { title: 'an id that is null', of: { ...bill, id: null }, reported: key(1) },
    { title: 'an id that is an object', of: { ...bill, id: { gt: '' } }, reported: key(1) },
    { title: 'an id that is a list', of: { ...bill, id: ['1'] }, reported: key(1) },
    {
      title: 'an inherited id',
      of: Object.assign(Object.create({ id: '1' }), { __typename: 'Bill' }),
      reported: key(1),
    },
    { title: 'half of a key', of: { __typename: 'Bill', shop: { code: 'a' } }, reported: key(1) },
    {
      title: 'half of a nested key',
      of: { __typename: 'Bill', shop: {}, lines: [] },
      reported: key(1),
    },
    {
      title: 'no list where one is due',
      of: { __typename: 'Bill', shop: null, lines: {} },
      reported: key(1),
    },
    {
      title: 'a wrong item of a list',
      of: { __typename: 'Bill', shop: null, lines: [1] },
      reported: key(1),
    },
    {
      title: 'a wrong enum value',
      of: { __typename: 'Item', kind: 'NO', since: '' },
      reported: key(1),
    },
    { title: 'half of a key of two', of: { __typename: 'Item', kind: 'OPEN' }, reported: key(1) },
    { title: 'a text for an object', of: 'Bill', reported: shape(1) },
    { title: 'a list for an object', of: [bill], reported: shape(1) },
  ])('with $title is refused, and nothing is resolved', async ({ of, reported }) => {
    const { refer, resolved } = createWorld();
    expect(await refer([bill, of])).toEqual({ entities: null, reported: [reported] });
    expect(resolved).toEqual([]);
  });
});

it('a representation of a code-first type whose key names no fields is resolved', async () => {
  const schema = buildSubgraph(sdl, referenceResolvers({ Loan: () => null }));
  const loan = schema.getType('Loan');
  Object.assign(loan ?? {}, { astNode: undefined, extensions: { directives: { key: {} } } });
  const { schema: guarded } = guardBuilt(schema, { policies });
  expect((await refer(guarded, [{ __typename: 'Loan' }])).reported).toEqual([]);
});

describe('the number of representations', () => {
  const message = (most: number) => `An operation can have ${most} representations at most.`;
  const many = (length: number) => Array.from({ length }, () => bill);

  it('is 1,000 at most, or what the application sets', async () => {
    for (const { most, options } of [
      { most: 1000, options: {} },
      { most: 2, options: { maxRepresentations: 2 } },
    ]) {
      const { refer, resolved } = createWorld(options);
      expect((await refer(many(most))).entities).toHaveLength(most);
      const { reported } = await refer(many(most + 1));
      const extensions = { code: 'BAD_USER_INPUT', argument: 'representations' };
      expect(reported).toEqual([{ message: message(most), ...extensions }]);
      expect(resolved).toHaveLength(most);
    }
  });

  it('counts all fields of an operation', async () => {
    const schema = createSchemaOfBills();
    const text = '_entities(representations: [{ __typename: "Bill", id: "1" }]) { __typename }';
    const { errors = [] } = await execute({
      schema,
      document: parse(`{ a: ${text} b: ${text} c: ${text} }`),
      contextValue: { viewer: holding() },
    });
    expect(errors.map((error) => error.message)).toEqual([message(2)]);
  });
});

/** The guarded schema of a subgraph, in which an operation can have two representations. */
function createSchemaOfBills(): GraphQLSchema {
  const schema = buildSubgraph(sdl, referenceResolvers({ Bill: (bill) => bill }));
  return guardBuilt(schema, { policies, maxRepresentations: 2 }).schema;
}
