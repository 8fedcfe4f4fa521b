import {
  createUses,
  ExplainError,
  explainCoordinate,
  explainCoordinateInSteps,
  explainGroup,
  operationColumns,
  printCoordinateExplanation,
  printGroupExplanation,
} from '@graphql-gatehouse/authorization/reports';
import { makeExecutableSchema } from '@graphql-tools/schema';
import { parse, Source, validate } from 'graphql';
import { describe, expect, it } from 'vitest';
import { guardBuilt } from './fixtures.ts';

const sdl = `enum Group { ADMIN EDITOR }
enum Policy { OWN }
directive @auth(requires: [Group!], or: [Policy!], rows: [Policy!]) repeatable on
  OBJECT | INTERFACE | FIELD_DEFINITION | ARGUMENT_DEFINITION | INPUT_FIELD_DEFINITION | ENUM_VALUE | INPUT_OBJECT
directive @public on FIELD_DEFINITION
directive @references(type: String!, rows: [Policy!]) on ARGUMENT_DEFINITION | INPUT_FIELD_DEFINITION
type Query {
  user(id: ID! @references(type: "User")): User @auth
  node: Node @public
  find(filter: Filter, unit: Unit = METRE): [Found!] @public
  ranked(by: Unit!, least: Least!): Int @public
}
type Mutation { save(input: Save!, draft: Boolean!): User @auth(requires: [EDITOR]) }
type Subscription { saved: User @auth }
interface Node { id: ID! height(unit: Unit!): Int }
type User implements Node {
  id: ID!
  height(unit: Unit!): Int
  code: String @auth(requires: [ADMIN]) @auth(requires: [ADMIN])
  home: House
  friend: User
}
type House implements Node @auth(requires: [EDITOR]) { id: ID! height(unit: Unit!): Int owner: User shade: Unit }
union Found = User | House
input Filter { text: String! near: Near! unit: Unit, id: ID @references(type: "User", rows: [OWN]) }
input Near { house: Int @auth(requires: [EDITOR]) range: Range size: Unit }
input Range { from: Int! to: Int! }
input Save { name: String! id: ID! @references(type: "User") }
input Least { unit: Unit! }
enum Unit { METRE FOOT @auth(requires: [EDITOR]) }
type Unused { a: Int other: Unused }
`;

const { source: schema, requirements } = guardBuilt(
  makeExecutableSchema({ typeDefs: parse(new Source(sdl, 'world.graphql')) }),
  { policies: { OWN: { reads: [], admits: () => true, where: () => ({}) } } },
);
const columns = operationColumns(['ADMIN', 'EDITOR']);
const request = { schema, requirements, columns };

const explained = (coordinate: string, maxWays = 100) =>
  explainCoordinate(request, coordinate, maxWays);
const waysTo = (coordinate: string, maxWays?: number) =>
  explained(coordinate, maxWays).ways.map(({ steps }) =>
    steps.map((step) => step.coordinate).join(' > '),
  );
const linesOf = (coordinate: string) => printCoordinateExplanation(explained(coordinate, 1));

describe('the ways to a coordinate', () => {
  it.each([
    {
      title: 'lead through each type that an interface or union can be',
      coordinate: 'User.code',
      ways: [
        'Query.user > User.code',
        'Query.node > User.code',
        'Query.find > User.code',
        'Mutation.save > User.code',
        'Subscription.saved > User.code',
        'Query.node > House.owner > User.code',
        'Query.find > House.owner > User.code',
      ],
    },
    {
      title: 'lead through arguments and input objects',
      coordinate: 'Range.to',
      ways: ['Query.find > Query.find(filter:) > Filter.near > Near.range > Range.to'],
    },
    {
      title: 'end at an argument after its field',
      coordinate: 'Query.find(unit:)',
      ways: ['Query.find > Query.find(unit:)'],
    },
    {
      title: 'end at what holds values of an input type',
      coordinate: 'Range',
      ways: ['Query.find > Query.find(filter:) > Filter.near > Near.range'],
    },
    { title: 'are none where no root field leads', coordinate: 'Unused.a', ways: [] },
  ])('$title', ({ coordinate, ways }) => {
    expect(waysTo(coordinate)).toEqual(ways);
  });

  it('of a field of an interface are those of each type that implements it', () => {
    const ofTypes = [...waysTo('User.id'), ...waysTo('House.id')].sort();
    expect(waysTo('Node.id').sort()).toEqual(ofTypes);
  });

  it('of an interface are those of each type that implements it', () => {
    const ofTypes = new Set([...waysTo('User'), ...waysTo('House')]);
    expect(waysTo('Node').sort()).toEqual([...ofTypes].sort());
  });

  it('of an enum value end where it is supplied, and where it is returned', () => {
    const ways = waysTo('Unit.FOOT');
    expect(ways).toContain('Query.find > Query.find(unit:) > Unit.FOOT');
    expect(ways).toContain('Query.find > Query.find(filter:) > Filter.unit > Unit.FOOT');
    expect(ways).toContain('Query.node > House.shade > Unit.FOOT');
    expect(ways.filter((way) => !way.endsWith(' > Unit.FOOT'))).toEqual([]);
  });

  it('are as many as are asked for, the shortest ones', () => {
    const all = waysTo('User.code');
    for (const [index] of all.entries()) {
      const { hasMore } = explained('User.code', index);
      expect({ ways: waysTo('User.code', index), hasMore }).toEqual({
        ways: all.slice(0, index),
        hasMore: true,
      });
    }
    expect(explained('User.code', all.length + 1).hasMore).toBe(false);
  });

  it('are found in steps, at least one for each way, with the same result', () => {
    const steps = explainCoordinateInSteps(request, 'Unit.FOOT', 100);
    let count = 0;
    let step = steps.next();
    for (; step.done !== true; step = steps.next()) count += 1;
    expect(step.value).toEqual(explained('Unit.FOOT'));
    expect(count).toBeGreaterThanOrEqual(explained('Unit.FOOT').ways.length);
  });

  it.each(['User.lost', 'Lost', 'Unit.LOST', 'User.code(lost:)', '__Type.name', '__Type'])(
    'of %s are refused, which the schema does not have',
    (coordinate) => {
      expect(() => explained(coordinate)).toThrow(ExplainError);
    },
  );
});

describe('the operation of a way', () => {
  it.each([
    {
      title: 'declares what must be supplied, each with a name of its own',
      coordinate: 'Save.id',
      operation:
        'mutation Way($draft: Boolean!, $name1: String!, $id2: ID!) { save(input: { id: $id2, name: $name1 }, draft: $draft) { __typename } }',
    },
    {
      title: 'declares a variable without null for what may be left out',
      coordinate: 'Query.find(unit:)',
      operation: 'query Way($unit: Unit!) { find(unit: $unit) { __typename } }',
    },
    {
      title: 'supplies the enum value itself',
      coordinate: 'Unit.FOOT',
      operation: 'query Way { find(unit: FOOT) { __typename } }',
    },
    {
      title: 'selects the type of a value',
      coordinate: 'House',
      operation: 'query Way { node { ... on House { __typename } } }',
    },
    {
      title: 'selects no type where the field returns that',
      coordinate: 'Subscription.saved',
      operation: 'subscription Way { saved { __typename } }',
    },
    {
      title: 'selects nothing inside a field without fields',
      coordinate: 'Query.ranked',
      operation: 'query Way($by: Unit!, $least1: Least!) { ranked(by: $by, least: $least1) }',
    },
  ])('$title', ({ coordinate, operation }) => {
    const [way] = explained(coordinate).ways;
    expect(way?.operation).toBe(operation);
    expect(validate(schema, parse(operation))).toEqual([]);
  });
});

describe('a way in print', () => {
  it('has the guards of its steps, each once, with places, ids, types and verdicts', () => {
    expect(linesOf('User.code')).toEqual([
      'Query.user > User.code',
      '  Query.user has @auth',
      '  see world.graphql:8',
      '  Query.user(id:) names a row of User',
      '  User.code has @auth(requires: [ADMIN])',
      '  see world.graphql:19',
      '  anonymous: refused: Query.user',
      '  authenticated, API client, EDITOR: refused: User.code',
      '  ADMIN: allowed',
      '',
      'There are more ways: see --ways.',
    ]);
    expect(linesOf('House.shade').slice(0, 6)).toEqual([
      'Query.node > House.shade',
      '  its value has to be of type House',
      '  House has @auth(requires: [EDITOR])',
      '  see world.graphql:23',
      '  House.shade has @auth(requires: [EDITOR])',
      '  see world.graphql:23',
    ]);
  });

  it('names the policies that must admit the row of an id', () => {
    expect(linesOf('Filter.id')).toEqual([
      'Query.find > Query.find(filter:) > Filter.id',
      '  Filter.id names a row of User, which OWN must allow',
      '  anonymous, authenticated, API client, ADMIN: depends: Near.house with $near1',
      '  EDITOR: allowed, depends: id',
    ]);
  });

  it('is apart from the one before', () => {
    const lines = printCoordinateExplanation(explained('User.code'));
    const starts = lines.flatMap((line, index) => (line.endsWith('> User.code') ? [index] : []));
    expect(starts.map((index) => lines[index - 1])).toEqual([undefined, ...Array(6).fill('')]);
    expect(lines.join()).not.toContain('more ways');
  });

  it('says so where no root field leads to it', () => {
    expect(linesOf('Unused.a')).toEqual(['No root field leads to Unused.a.']);
  });
});

describe('the verdict of a way', () => {
  const verdictsOf = (coordinate: string, way: string): Readonly<Record<string, string>> => {
    const found = explained(coordinate).ways[waysTo(coordinate).indexOf(way)];
    return Object.fromEntries(
      columns.map(({ name }, index) => [name, found?.verdicts[index] ?? 'none']),
    );
  };

  it.each([
    {
      title: 'refuses a type on the way, though the value may be of another',
      way: 'Query.node > House.owner',
      verdicts: { anonymous: 'refused: House', ADMIN: 'refused: House', EDITOR: 'allowed' },
    },
    {
      title: 'names the first coordinate that refuses',
      way: 'Mutation.save > User.home > House.owner',
      verdicts: { ADMIN: 'refused: Mutation.save', EDITOR: 'allowed' },
    },
    {
      title: 'refuses an enum value that is returned',
      way: 'Subscription.saved > User.home > House.shade > Unit.FOOT',
      verdicts: { ADMIN: 'refused: User.home', EDITOR: 'allowed' },
    },
  ])('$title', ({ way, verdicts }) => {
    expect(verdictsOf(way.split(' > ').at(-1) ?? '', way)).toMatchObject(verdicts);
  });
});

describe('what a group reaches', () => {
  const [anonymous, user, , admin, editor] = columns;
  if (!anonymous || !user || !admin || !editor) throw new Error('The columns have changed.');

  it('is what others do not reach, in schema order, with a shortest way', () => {
    expect(explainGroup(request, editor, user)).toEqual({
      column: 'EDITOR',
      reached: 16,
      opened: [
        { coordinate: 'Query.node', verdict: 'allowed', way: ['Query.node'] },
        { coordinate: 'Query.find', verdict: 'allowed', way: ['Query.find'] },
        {
          coordinate: 'Unit.FOOT',
          verdict: 'allowed',
          way: ['Query.find', 'Query.find(unit:)', 'Unit.FOOT'],
        },
        { coordinate: 'Query.ranked', verdict: 'allowed', way: ['Query.ranked'] },
        { coordinate: 'Mutation.save', verdict: 'allowed', way: ['Mutation.save'] },
        { coordinate: 'User.height', verdict: 'allowed', way: ['Query.user', 'User.height'] },
        { coordinate: 'User.home', verdict: 'allowed', way: ['Query.user', 'User.home'] },
        { coordinate: 'House.id', verdict: 'allowed', way: ['Query.node', 'House.id'] },
        { coordinate: 'House.height', verdict: 'allowed', way: ['Query.node', 'House.height'] },
        { coordinate: 'House.owner', verdict: 'allowed', way: ['Query.node', 'House.owner'] },
        { coordinate: 'House.shade', verdict: 'allowed', way: ['Query.node', 'House.shade'] },
        {
          coordinate: 'Near.house',
          verdict: 'allowed',
          way: ['Query.find', 'Query.find(filter:)', 'Filter.near', 'Near.house'],
        },
      ],
    });
  });

  it('is nothing more than what it reaches itself', () => {
    expect(explainGroup(request, editor, editor).opened).toEqual([]);
    expect(explainGroup(request, user, editor).opened).toEqual([]);
  });

  it('is printed with the way where it is longer than the coordinate', () => {
    expect(printGroupExplanation(explainGroup(request, admin, user))).toEqual([
      'ADMIN reaches 9 fields and guarded inputs. Closed to a user in no group, or less open: 1.',
      '',
      'User.code: allowed',
      '  by Query.user > User.code',
    ]);
    const ofUser = printGroupExplanation(explainGroup(request, user, anonymous));
    expect(ofUser.slice(1, 5)).toEqual([
      '',
      'Query.user: allowed',
      '',
      'Subscription.saved: allowed',
    ]);
  });
});

describe('the use of a coordinate', () => {
  it.each([
    { coordinate: 'User.id', document: '{ user(id: 1) { id } }', isUsed: true },
    { coordinate: 'User.id', document: '{ node { id } }', isUsed: true },
    { coordinate: 'Node.id', document: '{ user(id: 1) { id } }', isUsed: true },
    { coordinate: 'User.id', document: '{ user(id: 1) { code } }', isUsed: false },
    { coordinate: 'User.home', document: '{ node { id } }', isUsed: false },
    { coordinate: 'User', document: '{ user(id: 1) { code } }', isUsed: true },
    { coordinate: 'User', document: '{ node { ... on House { shade } } }', isUsed: false },
    { coordinate: 'User.height(unit:)', document: '{ node { height(unit: FOOT) } }', isUsed: true },
    { coordinate: 'Unit.FOOT', document: '{ node { height(unit: FOOT) } }', isUsed: true },
    { coordinate: 'Unit.METRE', document: '{ node { height(unit: FOOT) } }', isUsed: false },
    {
      coordinate: 'Near.size',
      document: '{ find(filter: { near: { size: FOOT } }) { __typename } }',
      isUsed: true,
    },
    { coordinate: 'Lost', document: '{ user(id: 1) { id } }', isUsed: false },
  ])('$coordinate in $document is $isUsed', ({ coordinate, document, isUsed }) => {
    expect(createUses(schema, coordinate)(parse(document))).toBe(isUsed);
  });
});
