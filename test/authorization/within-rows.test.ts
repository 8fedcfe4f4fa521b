import {
  type AuthorizationOptions,
  createAuthorization,
  directiveTypeDefs,
  type RowsError,
} from '@graphql-gatehouse/authorization';
import { buildSchema, graphql, parse } from 'graphql';
import { describe, expect, it } from 'vitest';
import { type Person, selects, viewerFrom, type WorldContext } from './within-world.ts';

type Row = Readonly<Record<string, unknown>>;

/** Two types of one interface, whose rows have the id of their place in different properties. Firms are numbered. */
const sdl = `
  enum Group { STAFF @within(type: "Firm") }
  enum Policy { NONE }
  interface Item @auth(requires: [STAFF]) { id: ID! }
  type Firm @within(type: "Firm", by: "id") @auth(requires: [STAFF]) { id: ID! }
  type Car implements Item @within(type: "Firm", by: "firmId") { id: ID! }
  type Boat implements Item @within(type: "Firm", by: "ownerId") { id: ID! }
  type Part implements Item @within(type: "Firm") { id: ID! }
  type Key @within(type: "Firm", by: "firmId") @auth { id: ID! }
  type Query { firms: [Firm!]! @auth items: [Item!]! @auth parts: [Part!]! @auth keys: [Key!]! @auth }
  type Mutation {
    use(id: ID! @references(type: "Car")): Int @auth(requires: [STAFF])
    join(id: ID! @references(type: "Firm")): Int @auth(requires: [STAFF])
    turn(id: ID! @references(type: "Key")): Int @auth(requires: [STAFF])
  }
`;

const items: readonly Row[] = [
  { __typename: 'Car', id: 'c1', firmId: 1, ownerId: 2 },
  { __typename: 'Car', id: 'c2', firmId: 2, ownerId: 1 },
  { __typename: 'Boat', id: 'b1', firmId: 2, ownerId: 1n },
  { __typename: 'Boat', id: 'b2', firmId: 1, ownerId: '2' },
  { __typename: 'Boat', id: 'b3', ownerId: null },
  { __typename: 'Part', id: 'p1', car: { firmId: 1 } },
  { __typename: 'Part', id: 'p2', car: { firmId: 2 } },
];

const filters: unknown[] = [];
const mistakes: RowsError[] = [];

const options: AuthorizationOptions<ReturnType<typeof viewerFrom>, WorldContext> = {
  policies: { NONE: () => false },
  viewerOf: ({ person }) => viewerFrom(person),
  onPolicyError: (error) => void mistakes.push(Object(error)),
  types: {
    Firm: {
      byIds: (ids, { where }) =>
        [{ id: 1 }, { id: 2 }].filter(
          (row) => ids.map(String).includes(String(row.id)) && (!where || selects(where, row)),
        ),
      toId: Number,
    },
    Car: {
      byIds: (ids, { where }) => {
        filters.push(where);
        return items.filter((row) => ids.includes(row.id) && (!where || selects(where, row)));
      },
    },
    Key: { byIds: () => [{ id: 'k1', firmId: 1 }] },
    Part: {
      byIds: () => [],
      within: {
        Firm: {
          reads: ['car'],
          of: ({ car }) => Object(car).firmId,
          where: (ids) => ({ car: { firmId: { in: ids } } }),
        },
      },
    },
  },
};

function build(rows: readonly Row[] = items) {
  const schema = buildSchema(`${directiveTypeDefs()} ${sdl}`);
  const fields = { ...schema.getQueryType()?.getFields() };
  if (fields.items) fields.items.resolve = () => rows;
  if (fields.parts) {
    fields.parts.resolve = (_source, _args, _context, info) => {
      filters.push(authorization.rowsOf(info));
      return rows.filter(({ __typename }) => __typename === 'Part');
    };
  }
  const authorization = createAuthorization(schema, options);
  return authorization;
}

const staffOf = (...firms: readonly string[]): Person => ({ places: { STAFF: firms } });

async function itemsFor(person: Person, rows?: readonly Row[]): Promise<readonly string[]> {
  const { schema } = build(rows);
  const contextValue = { person, calls: [] };
  const { data } = await graphql({ schema, source: '{ items { id } }', contextValue });
  return Object(data).items.map(({ id }: { readonly id: string }) => id);
}

describe('a clause of a call', () => {
  it('narrows nothing, though an interface without a place has an equal one that does', async () => {
    const authorization = build();
    async function turnBy(person: Person) {
      const contextValue = { person, calls: [] };
      const document = parse('mutation { turn(id: "k1") }');
      const request = { document, operationName: undefined, variableValues: {}, contextValue };
      return (await authorization.authorizeOperation(request)).map(({ extensions }) => extensions);
    }
    expect(await turnBy(staffOf('1'))).toEqual([]);
    const refused = { code: 'FORBIDDEN', reason: 'GROUP_REQUIRED' };
    expect(await turnBy(staffOf('2'))).toMatchObject([refused]);
    expect(await turnBy({})).toMatchObject([refused]);
  });
});

describe('the place of a row', () => {
  it('is read by the property of its own type, though the clause is that of an interface', async () => {
    expect(await itemsFor(staffOf('1'))).toEqual(['c1', 'b1', 'p1']);
    expect(await itemsFor(staffOf('2'))).toEqual(['c2', 'b2', 'p2']);
    expect(await itemsFor({})).toEqual([]);
  });

  it('is one for a number and its text, and no other spelling', async () => {
    expect(await itemsFor(staffOf('01', '1.0', ' 1', '+1'))).toEqual([]);
    expect(await itemsFor(staffOf('null', 'undefined', ''))).toEqual([]);
    const uuid = 'aaaaaaaa-0000-4000-8000-000000000000';
    const rows = [{ __typename: 'Car', id: 'c', firmId: uuid }];
    expect(await itemsFor(staffOf(uuid), rows)).toEqual(['c']);
    expect(await itemsFor(staffOf(uuid.toUpperCase()), rows)).toEqual([]);
  });

  it('does not exist for an id without a text of its own, or one that is too long to be stored', async () => {
    const long = 'x'.repeat(201);
    const odd = [{}, { id: 1 }, [1], () => 1, Symbol('1'), Number.NaN, new Date(Number.NaN), long];
    const rows = odd.map((firmId, index) => ({ __typename: 'Car', id: `c${index}`, firmId }));
    const texts = [...odd.slice(0, 4).map(String), 'NaN', 'Invalid Date', long, '{"parts":[]}'];
    expect(await itemsFor(staffOf(...texts), rows)).toEqual([]);
  });

  it('hides a row whose property is undefined, and reports it', async () => {
    mistakes.length = 0;
    expect(await itemsFor(staffOf('1'), [{ __typename: 'Car', id: 'c' }])).toEqual([]);
    expect(mistakes.map(({ message }) => message)).toEqual([
      expect.stringContaining('reads `firmId`, which is undefined'),
    ]);
  });

  it('filters by ids of the kind that the application has', async () => {
    filters.length = 0;
    const authorization = build();
    const contextValue = { person: staffOf('1'), calls: [] };
    const request = (source: string) =>
      authorization.authorizeOperation({
        document: parse(source),
        operationName: undefined,
        variableValues: {},
        contextValue,
      });
    expect(await request('mutation { use(id: "c1") }')).toEqual([]);
    expect(await request('mutation { use(id: "c2") }')).toMatchObject([
      { extensions: { code: 'NOT_FOUND' } },
    ]);
    expect(await request('mutation { join(id: "2") }')).toMatchObject([
      { extensions: { code: 'NOT_FOUND' } },
    ]);
    expect(await request('mutation { join(id: "1") }')).toEqual([]);
    expect(filters).toEqual([{ firmId: { in: [1] } }, { firmId: { in: [1] } }]);
    filters.length = 0;
    const { schema } = authorization;
    const { data } = await graphql({
      schema,
      source: '{ parts { id } }',
      contextValue: {
        person: staffOf('1'),
        calls: [],
      },
    });
    expect(filters).toEqual([{ car: { firmId: { in: [1] } } }]);
    // A row beside the filter is the resolver's mistake.
    expect(data).toBeNull();
  });
});
