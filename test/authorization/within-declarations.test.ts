import {
  createAuthDirective,
  createAuthorization,
  createGrantsDirective,
  createWithinDirective,
  directiveTypeDefs,
  SchemaAuthorizationError,
} from '@graphql-gatehouse/authorization';
import {
  buildSchema,
  GraphQLEnumType,
  GraphQLList,
  GraphQLNonNull,
  GraphQLObjectType,
  GraphQLSchema,
  GraphQLString,
} from 'graphql';
import { describe, expect, it } from 'vitest';
import { viewerFrom, type WorldContext } from './within-world.ts';

const byIds = () => [];
const types = Object.fromEntries(
  ['Organization', 'Project', 'Invoice', 'Note', 'Node'].map((name) => [name, { byIds }]),
);
const options = { policies: {}, viewerOf: ({ person }: WorldContext) => viewerFrom(person), types };

/** Parts of a schema that has no offence. Each case replaces one, or adds to it. */
const parts = {
  groups: `
    ADMIN
    OWNER @within(type: "Organization", keepsOne: true) @implies(groups: [MEMBER]) @grants(groups: [OWNER, MEMBER, EDITOR])
    MEMBER @within(type: "Organization")
    EDITOR @within(type: "Project")
  `,
  organization:
    'type Organization @within(type: "Organization", by: "id") @auth(requires: [ADMIN, MEMBER]) { id: ID! }',
  project:
    'type Project @within(type: "Organization", by: "organizationId") @within(type: "Project", by: "id") @auth(requires: [EDITOR, MEMBER]) { id: ID! }',
  invoice:
    'type Invoice @within(type: "Organization", by: "organizationId") @auth(requires: [MEMBER]) { id: ID! total: Int @auth(requires: [OWNER]) }',
  note: 'type Note @auth { id: ID! }',
  query:
    'organizations: [Organization] @auth invoices: [Invoice] @auth projects: [Project] @auth notes: [Note] @auth',
  mutation: 'pay(id: ID! @references(type: "Invoice")): Int @auth(requires: [OWNER])',
  more: '',
};

function create(changed: Partial<typeof parts>, others: object = {}) {
  const { groups, query, mutation, ...more } = { ...parts, ...changed };
  const sdl = `${directiveTypeDefs({ policy: undefined })}
    enum Group { ${groups} }
    ${Object.values(more).join('\n')}
    type Query { ${query} }
    type Mutation { ${mutation} }`;
  return createAuthorization(buildSchema(sdl), { ...options, ...others });
}

function offencesOf(make: () => unknown): readonly string[] {
  try {
    make();
    return [];
  } catch (error) {
    if (!(error instanceof SchemaAuthorizationError)) throw error;
    return error.offences.map(
      ({ coordinate, name, problem }) => `${coordinate} ${name}: ${problem}`,
    );
  }
}

/** What is changed, and what the one offence says. */
const cases: readonly (readonly [string, Partial<typeof parts>, string])[] = [
  [
    'a type without a rule',
    { invoice: 'type Invoice @within(type: "Organization", by: "organizationId") { id: ID! }' },
    'Invoice rows-of-places-unguarded: @within alone guards nothing',
  ],
  [
    'a type that does not exist',
    {
      note: 'type Note @within(type: "Firm", by: "firmId") @auth { id: ID! }',
    },
    'Note unknown-type: @within(type:): there is no object type "Firm"',
  ],
  [
    'an interface as the type of places',
    { groups: `${parts.groups} READER @within(type: "Node")`, more: 'interface Node { id: ID! }' },
    'Group.READER unknown-type: @within(type:): there is no object type "Node"',
  ],
  [
    'a type of places without `byIds`',
    {
      groups: `${parts.groups} READER @within(type: "Shelf")`,
      more: 'type Shelf @auth { id: ID! }',
      query: `${parts.query} shelves: [Shelf] @auth`,
    },
    'Group.READER rows-not-readable: @within(type:): the type "Shelf" has no `byIds`',
  ],
  [
    'a group within two types',
    { groups: `${parts.groups} READER @within(type: "Organization") @within(type: "Project")` },
    'Group.READER within-invalid: a group is held within one type',
  ],
  [
    'a property on a group',
    { groups: `${parts.groups} READER @within(type: "Organization", by: "id")` },
    'Group.READER within-invalid: @within(by:) is allowed only on types',
  ],
  [
    'a type that keeps one',
    {
      note: 'type Note @within(type: "Organization", by: "id", keepsOne: true) @auth { id: ID! }',
    },
    'Note within-invalid: @within(keepsOne:) is allowed only on groups',
  ],
  [
    'a type without a property',
    {
      note: 'type Note @within(type: "Organization") @auth { id: ID! }',
    },
    'Note within-invalid: @within has no `by`',
  ],
  [
    'a type that is within one type twice, by its interface',
    {
      more: 'interface Node @within(type: "Organization", by: "ownerId") @auth { id: ID! }',
      invoice:
        'type Invoice implements Node @within(type: "Organization", by: "organizationId") @auth(requires: [MEMBER]) { id: ID! }',
      query: `${parts.query} nodes: [Node] @auth`,
    },
    'Invoice within-invalid: with its interfaces, it is within Organization more than once',
  ],
  [
    'the directive on another enum value',
    {
      more: 'enum Color { RED @within(type: "Organization") }',
      query: `${parts.query} color: Color @auth`,
    },
    'Color.RED guard-misplaced: @within is allowed only on groups, object types and interfaces',
  ],
  [
    '@grants on another enum value',
    {
      more: 'enum Color { RED @grants(groups: [OWNER]) }',
      query: `${parts.query} color: Color @auth`,
    },
    'Color.RED guard-misplaced: @grants is allowed only on groups',
  ],
  [
    'a group that implies a global one',
    { groups: `${parts.groups} READER @within(type: "Organization") @implies(groups: [ADMIN])` },
    'Group.READER group-leaves-place: it implies ADMIN',
  ],
  [
    'a global group that implies one within a type',
    { groups: `${parts.groups} ROOT @implies(groups: [OWNER])` },
    'Group.ROOT group-leaves-place: it implies OWNER',
  ],
  [
    'a group that grants what it is not',
    { groups: `${parts.groups} READER @within(type: "Organization") @grants(groups: [OWNER])` },
    'Group.READER grants-invalid: @grants: it neither is nor implies OWNER',
  ],
  [
    'a group that grants in rows which are not within its place',
    { groups: `${parts.groups} WRITER @within(type: "Project") @grants(groups: [MEMBER])` },
    'Group.WRITER grants-invalid: @grants: MEMBER is held within Organization, whose rows are not within Project',
  ],
  [
    'a global group that grants in places',
    { groups: `${parts.groups} ROOT @grants(groups: [MEMBER])` },
    'Group.ROOT grants-invalid: @grants: MEMBER is held within Organization',
  ],
  [
    'a group in places that grants a global one',
    { groups: `${parts.groups} READER @within(type: "Organization") @grants(groups: [ADMIN])` },
    'Group.READER grants-invalid: @grants: ADMIN is held within nothing',
  ],
  [
    'a clause on a type that is within nothing',
    {
      note: 'type Note @auth(requires: [MEMBER]) { id: ID! }',
    },
    'Note group-without-place: rows of Note are in no place of MEMBER: add @within(type: "Organization", by: ...)',
  ],
  [
    'a clause on a root type',
    { more: 'extend type Query @auth(requires: [MEMBER])' },
    'Query group-without-place: MEMBER is held within rows, and it has none',
  ],
  [
    'a clause on a union',
    {
      more: 'union Found @auth(requires: [MEMBER]) = Invoice',
      query: `${parts.query} found: Found @auth`,
    },
    'Found group-without-place: MEMBER is held within rows, and it has none',
  ],
  [
    'a clause on an enum',
    {
      more: 'enum Color @auth(requires: [MEMBER]) { RED }',
      query: `${parts.query} color: Color @auth`,
    },
    'Color group-without-place: MEMBER is held within rows, and it has none',
  ],
  [
    'a clause on an enum value',
    {
      more: 'enum Color { RED @auth(requires: [MEMBER]) }',
      query: `${parts.query} color: Color @auth`,
    },
    'Color.RED group-without-place: MEMBER is held within rows, and a value of an enum has none',
  ],
  [
    'a clause on a scalar',
    { more: 'scalar Time @auth(requires: [MEMBER])', query: `${parts.query} time: Time @auth` },
    'Time group-without-place: MEMBER is held within rows, and it has none',
  ],
  [
    'a clause on an input type',
    {
      more: 'input Filter @auth(requires: [MEMBER]) { text: String }',
      query: `${parts.query} search(filter: Filter): Int @auth`,
    },
    'Filter group-without-place: MEMBER is held within rows, and it has none',
  ],
  [
    'a field that gets no place',
    { query: `${parts.query} report: Int @auth(requires: [OWNER])` },
    'Query.report group-without-place: OWNER is held in places, and nothing names one: add @references to an argument with an id of a row within "Organization"',
  ],
  [
    'a field whose ids name rows within nothing',
    {
      mutation: `${parts.mutation} keep(id: ID! @references(type: "Note")): Int @auth(requires: [OWNER])`,
    },
    'Mutation.keep group-without-place: OWNER is held in places, and nothing names one',
  ],
  [
    'an argument whose field gets no place',
    { query: `${parts.query} report(all: Boolean @auth(requires: [OWNER])): Int @auth` },
    'Query.report(all:) group-without-place: OWNER is held in places, and nothing names one at Query.report',
  ],
  [
    'an input field of a field that gets no place',
    {
      more: 'input Filter { all: Boolean @auth(requires: [OWNER]) }',
      query: `${parts.query} report(filter: Filter): Int @auth`,
    },
    'Filter.all group-without-place: OWNER is held in places, and nothing names one at Query.report',
  ],
  [
    'an id of a place with a default',
    {
      query: `${parts.query} report(id: ID = "a" @references(type: "Organization")): Int @auth(requires: [OWNER])`,
    },
    'Query.report(id:) group-without-place: it names a place, which must not have a default',
  ],
  [
    'an id of a place in an input field with a default',
    {
      more: 'input Filter { id: ID = "a" @references(type: "Organization") }',
      query: `${parts.query} report(filter: Filter): Int @auth(requires: [OWNER])`,
    },
    'Filter.id group-without-place: it names a place, which must not have a default',
  ],
  [
    'an argument without a type',
    { groups: `${parts.groups} READER @within(type: "Organization", by: "")` },
    'Group.READER invalid-argument: @within(by:) must be the name of a property',
  ],
];

describe('@within and @grants', () => {
  it('are accepted where the groups of every clause find a place', () => {
    expect(offencesOf(() => create({}))).toEqual([]);
  });

  it.each(cases)('keep the schema from being guarded: %s', (_title, changed, offence) => {
    const found = offencesOf(() => create(changed));
    expect(found.map((each) => each.slice(0, offence.length))).toEqual([offence]);
  });

  it('leave the rows of a type open that says so', () => {
    const within = '@within(type: "Organization", by: "organizationId")';
    expect(offencesOf(() => create({ note: `type Note ${within} @public { id: ID! }` }))).toEqual(
      [],
    );
    expect(offencesOf(() => create({ note: `type Note ${within} @auth { id: ID! }` }))).toEqual([]);
  });

  it('are accepted without `by` where an option says the place', () => {
    const note = 'type Note @within(type: "Organization") @auth(requires: [MEMBER]) { id: ID! }';
    const place = { reads: ['folder'], of: () => null, where: () => ({}) };
    const within = { types: { ...types, Note: { byIds, within: { Organization: place } } } };
    expect(offencesOf(() => create({ note }, within))).toEqual([]);
  });

  it('need a filter by values where filters are not those of Prisma', () => {
    const combineFilters = { any: () => ({}), all: () => ({}) };
    expect(() => create({}, { combineFilters })).toThrow('`combineFilters` has no `in`');
    expect(() =>
      create({}, { combineFilters: { ...combineFilters, in: () => ({}) } }),
    ).not.toThrow();
  });

  it('are read from `extensions.directives` of a schema in code', () => {
    const group = new GraphQLEnumType({
      name: 'Group',
      values: {
        OWNER: {
          extensions: {
            directives: { within: { type: 'Organization' }, grants: { groups: ['OWNER'] } },
          },
        },
      },
    });
    const organization = new GraphQLObjectType({
      name: 'Organization',
      fields: { id: { type: GraphQLString } },
      extensions: {
        directives: {
          within: { type: 'Organization', by: 'id' },
          auth: { requires: ['OWNER'] },
        },
      },
    });
    const schema = new GraphQLSchema({
      directives: [
        createAuthDirective({ group }),
        createWithinDirective(),
        createGrantsDirective({ group }),
      ],
      query: new GraphQLObjectType({
        name: 'Query',
        fields: {
          organizations: {
            type: new GraphQLList(new GraphQLNonNull(organization)),
            extensions: { directives: { auth: {} } },
          },
        },
      }),
    });
    const { requirements } = createAuthorization(schema, options);
    expect(requirements.ruleOf('Organization')).toMatchObject([
      { within: [{ type: 'Organization', groups: ['OWNER'] }] },
    ]);
    expect(requirements.places.grants).toEqual(new Map([['OWNER', ['OWNER']]]));
  });
});
