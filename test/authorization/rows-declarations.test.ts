import {
  createAuthDirective,
  createPublicDirective,
  directiveTypeDefs,
} from '@graphql-gatehouse/authorization';
import {
  buildASTSchema,
  GraphQLList,
  GraphQLObjectType,
  GraphQLSchema,
  GraphQLString,
  isEnumType,
  Kind,
  parse,
  Source,
} from 'graphql';
import { describe, expect, it } from 'vitest';
import {
  groupsOnly,
  guard,
  guardBuilt,
  offencesOf,
  offencesOfBuilt,
  withPolicies,
} from './fixtures.ts';

const always = (): boolean => true;
const rowPolicy = { reads: [], admits: always, where: () => ({}) };
const policies = { SELF: rowPolicy, BOSS: rowPolicy };

const notRows =
  '`rows` is allowed only on object types, interfaces, and fields that return a list of objects, a connection or an event';

const types = `
  type Room { id: ID, level: Level } enum Level { LOW HIGH } interface Node { id: ID } union Found = Room | Other
  type Other implements Node { id: ID }
  type Rooms { edges: [RoomEdge!]!, totalCount: Int } type RoomEdge { node: Room!, cursor: String }
  type Founds { edges: [FoundEdge] } interface FoundEdge { node: Found } type RealEdge implements FoundEdge { node: Found }
  type Nodes { nodes: [Node!] } interface Page { nodes: [Room] } type RealPage implements Page { nodes: [Room] }
  type Names { edges: [NameEdge!]!, nodes: [String!] } type NameEdge { node: String }
  type Single { edges: RoomEdge, nodes: Room } type Nested { edges: [ListEdge!] } type ListEdge { node: [Room!] }
  type Bare { edges: [Room!] }
`;

describe('@auth(rows:)', () => {
  it.each([
    '[Room]',
    '[Room!]!',
    '[[Room!]!]!',
    '[Node!]',
    '[Found]!',
    'Rooms',
    'Rooms!',
    'Founds!',
    'Nodes!',
    'Page',
  ])('stands on a field that returns %s', (type) => {
    const sdl = `type Query { a: ${type} @auth(requires: [ADMIN], rows: [SELF, BOSS]) } ${types}`;
    const { requirements } = guard(`${withPolicies} ${sdl}`, { policies });
    expect(requirements.at('Query.a')).toEqual([
      { requires: ['ADMIN'], or: [], rows: ['SELF', 'BOSS'] },
    ]);
  });

  it.each([
    'Room',
    'Room!',
    'Node',
    'Found',
    '[String!]!',
    '[Level]',
    'Int',
    '[ID!]!',
    'Names!',
    'Single',
    'Nested',
    'Bare',
  ])('does not stand on a field that returns %s', (type) => {
    const sdl = `type Query { a: ${type} @auth(rows: [SELF]) } ${types}`;
    expect(offencesOf(`${withPolicies} ${sdl}`, policies)).toEqual([`Query.a: ${notRows}`]);
  });

  it.each([
    {
      place: 'a root type',
      coordinate: 'Query',
      sdl: 'type Query @auth(rows: [SELF]) { a: Int @auth }',
    },
    {
      place: 'a union',
      coordinate: 'U',
      sdl: 'type Query { a: U @auth } type T { b: Int } union U @auth(rows: [SELF]) = T',
    },
    {
      place: 'an enum value',
      coordinate: 'T.B',
      sdl: 'type Query { a: T @auth } enum T { B @auth(rows: [SELF]) }',
    },
    {
      place: 'an argument',
      coordinate: 'Query.a(b:)',
      sdl: 'type Query { a(b: [Int] @auth(rows: [SELF])): Int @auth }',
    },
    {
      place: 'an input field',
      coordinate: 'T.b',
      sdl: 'type Query { a(b: T): Int @auth } input T { b: [T] @auth(rows: [SELF]) }',
    },
  ])('does not stand on $place', ({ sdl, coordinate }) => {
    expect(offencesOf(`${withPolicies} ${sdl}`, policies)).toEqual([`${coordinate}: ${notRows}`]);
  });

  it.each([
    { root: 'Query', sdl: 'type Query implements Owned & Other { id: ID @auth, b: Int @auth }' },
    {
      root: 'Mutation',
      sdl: 'type Query { a: Int @public } type Mutation implements Owned { id: ID @auth }',
    },
    {
      root: 'Subscription',
      sdl: `type Query { a: Int @public } type Subscription { b: Int @auth }
        extend type Subscription implements Owned { id: ID @auth }`,
    },
  ])('stands on no interface that $root implements', ({ root, sdl }) => {
    const owned = `${withPolicies} interface Owned @auth(rows: [SELF]) { id: ID } interface Other { b: Int }`;
    const problem =
      `${root}: it implements Owned, whose \`rows\` decide which values exist, and a root type always exists: ` +
      'remove `implements Owned`, or put `rows` on the types of the rows';
    expect(offencesOf(`${owned} ${sdl}`, policies)).toEqual([problem]);
  });

  it('names the file and the line in which a root type implements the interface', () => {
    const sources = [
      new Source(`${withPolicies} type Query { a: Int @public }`, 'a.graphql'),
      new Source('interface Owned @auth(rows: [SELF]) { id: ID }', 'owned.graphql'),
      new Source('extend type Query implements Owned { id: ID @auth }', 'root.graphql'),
    ];
    const definitions = sources.flatMap((source) => parse(source).definitions);
    const schema = buildASTSchema({ kind: Kind.DOCUMENT, definitions });
    expect(() => guardBuilt(schema, { policies })).toThrow(
      /Query: it implements Owned.*\(root\.graphql:1\)/,
    );
  });

  it.each([
    { written: '@auth(rows: [])', problem: '@auth(rows: []) hides every row' },
    { written: '@auth(requires: [ADMIN], rows: [])', problem: '@auth(rows: []) hides every row' },
    { written: '@auth(rows: [ABSENT])', problem: '@auth(rows:): ' },
    {
      written: '@auth(or: [SELF], rows: [BOSS])',
      problem: '`or` and `rows` are not allowed in one @auth: use two',
    },
  ])('is an offence when it is written as $written', ({ written, problem }) => {
    const sdl = `type Query { a: [Room] ${written} } ${types}`;
    expect(offencesOf(`${withPolicies} ${sdl}`, policies)).toEqual([
      expect.stringContaining(`Query.a: ${problem}`),
    ]);
  });

  it('stands beside `or` in a clause of its own', () => {
    const sdl = `type Query { a: [Room] @auth(or: [SELF]) @auth(rows: [BOSS]) } ${types}`;
    const { requirements } = guard(`${withPolicies} ${sdl}`, { policies });
    expect(requirements.at('Query.a')).toEqual([
      { requires: [], or: ['SELF'] },
      { requires: [], or: [], rows: ['BOSS'] },
    ]);
  });

  it('is inherited from an interface, and the clauses of both hold', () => {
    const sdl = `type Query { a: Other @auth } type Room { id: ID }
      interface Owner { rooms: [Room] @auth(requires: [ADMIN], rows: [SELF]) }
      type Other implements Owner { rooms: [Room] @auth(rows: [BOSS]) }`;
    const { requirements } = guard(`${withPolicies} ${sdl}`, { policies });
    expect(requirements.at('Other.rooms')).toEqual([
      { requires: [], or: [], rows: ['BOSS'] },
      { requires: ['ADMIN'], or: [], rows: ['SELF'] },
    ]);
  });

  it('is distinct from the same clause without it, and from one with other policies', () => {
    const sdl = `type Query {
      a: [Room] @auth(requires: [ADMIN], rows: [SELF]) b: [Room] @auth(requires: [ADMIN])
      c: [Room] @auth(requires: [ADMIN], or: [SELF]) d: [Room] @auth(requires: [ADMIN], rows: [BOSS])
    } ${types}`;
    const { requirements } = guard(`${withPolicies} ${sdl}`, { policies });
    const found = ['a', 'b', 'c', 'd'].map((name) => requirements.at(`Query.${name}`));
    expect(new Set(found).size).toBe(4);
  });

  it('is read from the extensions of a code-first schema', () => {
    expect(offencesOfBuilt(codeFirst({ rows: ['SELF'] }), policies)).toEqual([]);
    const { requirements } = guardBuilt(codeFirst({ rows: ['SELF'] }), { policies });
    expect(requirements.at('Query.a')).toEqual([{ requires: [], or: [], rows: ['SELF'] }]);
  });

  it('is no argument of a directive that does not define it', () => {
    const sdl = `${groupsOnly} type Query { a: [T] @auth(rows: [SELF]) } type T { b: Int }`;
    expect(offencesOf(sdl)).toEqual(['Query.a: @auth has no argument "rows"']);
  });

  it('has the enum of `or`, or no policy could be named by both', () => {
    const sdl = `enum Group { A } enum P { X } enum Q { Y }
      directive @auth(requires: [Group!], or: [P!], rows: [Q!]) on FIELD_DEFINITION
      directive @public on FIELD_DEFINITION type Query { a: Int @public }`;
    expect(() => guard(sdl)).toThrow('must have the same enum');
  });

  it('is enough for policies: a schema need not define `or`', () => {
    const sdl = `enum Group { A } enum P { X }
      directive @auth(requires: [Group!], rows: [P!]) on FIELD_DEFINITION
      directive @public on FIELD_DEFINITION type Query { a: [T] @auth(rows: [X]) } type T { b: Int }`;
    expect(offencesOf(sdl, { X: rowPolicy })).toEqual([]);
    expect(offencesOf(sdl)).toEqual(['X: the policy has no predicate']);
  });
});

describe('a policy', () => {
  const sdl = `${withPolicies} ${types}
    type Query { list: [Room] @auth(rows: [SELF]) one: Room @auth(or: [BOSS]) }`;
  const noWhere = 'Query.list: @auth(rows:): the policy SELF has no `where`';
  const noReads = 'Query.list: @auth(rows:): the policy SELF has no `reads`';
  const oneNoReads = 'Query.one: @auth(or:): the policy BOSS has no `reads`';
  const noAdmits = 'Query.list: @auth(rows:): the policy SELF has no `admits`';
  const oneNoAdmits = 'Query.one: @auth(or:): the policy BOSS has no `admits`';

  it.each([
    { title: 'both functions', SELF: rowPolicy, BOSS: rowPolicy, offences: [] },
    { title: 'a function for `or`', SELF: rowPolicy, BOSS: () => true, offences: [] },
    { title: 'a function for `rows`', SELF: () => true, BOSS: rowPolicy, offences: [noWhere] },
    {
      title: 'no filter for `rows`',
      SELF: { admits: always },
      BOSS: { admits: always },
      offences: [noWhere, noReads, oneNoReads],
    },
    {
      title: 'nothing that it reads',
      SELF: { ...rowPolicy, reads: undefined },
      BOSS: { ...rowPolicy, reads: ['id', 1] },
      offences: [noReads, oneNoReads],
    },
    {
      title: 'only a filter',
      SELF: { where: () => ({}) },
      BOSS: { where: () => ({}) },
      offences: [noAdmits, oneNoAdmits],
    },
    { title: 'neither', SELF: {}, BOSS: {}, offences: [noAdmits, noWhere, oneNoAdmits] },
  ])('with $title has the offences $offences', ({ SELF, BOSS, offences }) => {
    // As an application in JavaScript passes them.
    const given = JSON.parse('{}');
    Object.assign(given, { SELF, BOSS });
    expect(offencesOf(sdl, given)).toEqual(offences);
  });

  it.each(['ada', null])('that is neither a function nor an object is refused: %s', (SELF) => {
    const given = JSON.parse('{}');
    Object.assign(given, { SELF, BOSS: rowPolicy });
    expect(() => offencesOf(sdl, given)).toThrow('`policies.SELF` must be an object');
  });
});

describe('directiveTypeDefs()', () => {
  it('defines `rows` for a schema with policies only', () => {
    expect(directiveTypeDefs()).toContain('\n  rows: [Policy!]\n');
    expect(directiveTypeDefs({ policy: undefined })).not.toContain('rows:');
  });
});

/** A schema without SDL whose only field has these arguments of `@auth`. */
function codeFirst(auth: object): GraphQLSchema {
  const room = new GraphQLObjectType({ name: 'Room', fields: { id: { type: GraphQLString } } });
  const { Group, Policy } = guard(`${withPolicies} type Query { a: Int @auth }`, {
    policies,
  }).schema.getTypeMap();
  if (!(isEnumType(Group) && isEnumType(Policy))) throw new Error('These are enums.');
  return new GraphQLSchema({
    directives: [createAuthDirective({ group: Group, policy: Policy }), createPublicDirective()],
    query: new GraphQLObjectType({
      name: 'Query',
      fields: { a: { type: new GraphQLList(room), extensions: { directives: { auth } } } },
    }),
  });
}
