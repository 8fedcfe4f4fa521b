import type { GraphQLFieldConfig } from 'graphql';
import {
  buildASTSchema,
  buildSchema,
  extendSchema,
  GraphQLDirective,
  GraphQLEnumType,
  GraphQLList,
  GraphQLObjectType,
  GraphQLSchema,
  GraphQLString,
  Kind,
  parse,
  visit,
} from 'graphql';
import { describe, expect, it } from 'vitest';
import {
  ask,
  groupsOnly,
  guard,
  guardBuilt,
  offencesOf,
  offencesOfBuilt,
  withPolicies,
} from './fixtures.ts';

const policies = { SELF: () => true, BOSS: () => true };

/** The arguments of the directive of a field that is written as SDL. */
function parseType(field: string) {
  const [type] = parse(`type T { ${field} }`).definitions;
  return type?.kind === Kind.OBJECT_TYPE_DEFINITION
    ? type.fields?.[0]?.directives?.[0]?.arguments
    : undefined;
}

describe('@auth in SDL', () => {
  it.each([
    { written: '@auth', clauses: [{ requires: [], or: [] }] },
    { written: '@auth(requires: [ADMIN])', clauses: [{ requires: ['ADMIN'], or: [] }] },
    { written: '@auth(requires: ADMIN)', clauses: [{ requires: ['ADMIN'], or: [] }] },
    {
      written: '@auth(requires: [ADMIN, USER])',
      clauses: [{ requires: ['ADMIN', 'USER'], or: [] }],
    },
    { written: '@auth(or: [SELF])', clauses: [{ requires: [], or: ['SELF'] }] },
    {
      written: '@auth(requires: [ADMIN], or: [SELF, BOSS])',
      clauses: [{ requires: ['ADMIN'], or: ['SELF', 'BOSS'] }],
    },
    {
      written: '@auth(requires: [ADMIN]) @auth(requires: [USER])',
      clauses: [
        { requires: ['ADMIN'], or: [] },
        { requires: ['USER'], or: [] },
      ],
    },
  ])('$written is read as $clauses', ({ written, clauses }) => {
    const { requirements } = guard(`${withPolicies} type Query { a: Int ${written} }`, {
      policies,
    });
    expect(requirements.at('Query.a')).toEqual(clauses);
  });

  it('is read as it is, when a tool has changed it and left its location as it was', () => {
    const written = parse(`${groupsOnly}
      type Query { a: Int @auth(requires: [USER]) b: Int @auth(requires: [USER]) }`);
    const changed = visit(written, {
      FieldDefinition: (field) =>
        field.name.value === 'b'
          ? {
              ...field,
              directives: field.directives?.map((directive) => ({
                ...directive,
                arguments: parseType('a: Int @auth(requires: [ADMIN])'),
              })),
            }
          : undefined,
    });
    const { requirements } = guardBuilt(buildASTSchema(changed));
    expect(requirements.at('Query.a')).toEqual([{ requires: ['USER'], or: [] }]);
    expect(requirements.at('Query.b')).toEqual([{ requires: ['ADMIN'], or: [] }]);
  });

  it('counts where a type is extended', () => {
    const schema = extendSchema(
      buildSchema(`${groupsOnly} type Query { a: Secret @public } type Secret { b: Int }`),
      parse('extend type Secret @auth(requires: [ADMIN])'),
    );
    expect(guardBuilt(schema).requirements.at('Query.a')).toEqual([
      { requires: ['ADMIN'], or: [] },
    ]);
  });

  it.each([
    { written: '@auth(requires: [])', problem: '@auth(requires: []) denies everyone' },
    { written: '@auth(requires: null)', problem: '@auth(requires:): ' },
    { written: '@auth(or: [])', problem: '@auth(or: []) denies everyone' },
    { written: '@auth(requires: [ADMIN], or: [])', problem: '@auth(or: []) denies everyone' },
    { written: '@auth(require: [ADMIN])', problem: '@auth has no argument "require"' },
    { written: '@auth @autth', problem: '@autth is not a directive in this schema' },
  ])('$written is an offence', ({ written, problem }) => {
    const found = offencesOf(`${withPolicies} type Query { a: Int ${written} }`, policies);
    expect(found).toContainEqual(expect.stringContaining(`Query.a: ${problem}`));
  });

  it.each([
    { written: '@auth @auth(requires: [ADMlN, USER])', name: 'ADMlN', meant: 'ADMIN' },
    { written: '@auth(requires: USR)', name: 'USR', meant: 'USER' },
    { written: '@auth(requires: [ADMIN], or: [BOS])', name: 'BOS', meant: 'BOSS' },
  ])('$written is an offence in one line, which suggests $meant', ({ written, name, meant }) => {
    const found = offencesOf(`${withPolicies} type Query { a: Int ${written} }`, policies);
    expect(found).toEqual([
      expect.stringMatching(`^Query\\.a: .*\\b${name}\\b.*\\b${meant}\\b.*$`),
    ]);
  });

  it.each([
    { title: 'no other', written: '' },
    { title: 'an unknown argument', written: '@auth(other: FOO)' },
    { title: 'another directive', written: '@cost(unit: CENT)' },
    { title: 'a directive without arguments', written: '@public' },
  ])('with a text for a group is an offence at each place, beside $title', ({ written }) => {
    const parsed = parse(`${withPolicies}
      directive @cost(unit: Unit) on FIELD_DEFINITION enum Unit { CENT }
      type Query {
        a: Int @auth(requires: "ROOT") ${written}
        b: Int @auth(requires: "ROOT") ${written}
      }`);
    // As tools make nodes, which leave out empty lists.
    const document = visit(parsed, {
      Directive: ({ arguments: args, ...node }) =>
        args?.length === 0 ? { ...node, arguments: undefined } : undefined,
    });
    const found = offencesOfBuilt(buildASTSchema(document, { assumeValid: true }), policies);
    expect(found).toEqual([
      expect.stringMatching(/^Query\.a: .*invalid value.*"ROOT".*:10:/s),
      expect.stringMatching(/^Query\.b: .*invalid value.*"ROOT".*:11:/s),
    ]);
  });

  it('is read of elements of which a tool has dropped the extensions', () => {
    const schema = buildSchema(`${groupsOnly} type Query { a: Int @auth(requires: [USER]) }`);
    const { Query } = schema.getTypeMap();
    const fields = Query instanceof GraphQLObjectType ? Object.values(Query.getFields()) : [];
    for (const element of [Query, ...fields])
      Object.assign(element ?? {}, { extensions: undefined });
    expect(guardBuilt(schema).requirements.at('Query.a')).toEqual([{ requires: ['USER'], or: [] }]);
  });

  it('leaves the other directives of a schema alone', () => {
    const found = offencesOf(
      `${groupsOnly} directive @cost(n: Int) on FIELD_DEFINITION type Query { a: Int @auth @cost(n: 1) @deprecated }`,
    );
    expect(found).toEqual([]);
  });

  it.each([
    {
      title: 'no @auth',
      sdl: 'directive @public on FIELD_DEFINITION type Query { a: Int @public }',
    },
    {
      title: '@auth without groups',
      sdl: 'directive @auth on FIELD_DEFINITION type Query { a: Int @auth }',
    },
    {
      title: 'groups that are no enum',
      sdl: 'directive @auth(requires: [String!]) on FIELD_DEFINITION type Query { a: Int @auth }',
    },
  ])('is needed: a schema with $title does not start', ({ sdl }) => {
    expect(() => guardBuilt(buildSchema(sdl))).toThrow('@auth(requires: [Group!])');
  });
});

describe('@auth in the extensions of a code-first schema', () => {
  const schemaWith = (directives: unknown) => {
    const values = { ADMIN: { value: 1 }, USER: { value: 2 } };
    const Group = new GraphQLEnumType({ name: 'Group', values });
    const a: GraphQLFieldConfig<unknown, unknown> = {
      type: GraphQLString,
      extensions: { directives },
    };
    return new GraphQLSchema({
      query: new GraphQLObjectType({ name: 'Query', fields: { a } }),
      directives: [
        new GraphQLDirective({
          name: 'auth',
          isRepeatable: true,
          locations: [],
          args: { requires: { type: new GraphQLList(Group) } },
        }),
        new GraphQLDirective({ name: 'public', locations: [] }),
      ],
    });
  };

  it.each([
    {
      title: 'one clause',
      directives: { auth: { requires: ['ADMIN'] } },
      clauses: [{ requires: ['ADMIN'], or: [] }],
    },
    {
      title: 'a group by its internal value',
      directives: { auth: { requires: [2] } },
      clauses: [{ requires: ['USER'], or: [] }],
    },
    {
      title: 'a single group',
      directives: { auth: { requires: 'USER' } },
      clauses: [{ requires: ['USER'], or: [] }],
    },
    { title: 'no arguments', directives: { auth: {} }, clauses: [{ requires: [], or: [] }] },
    {
      title: 'two clauses',
      directives: { auth: [{ requires: ['ADMIN'] }, { requires: ['USER'] }] },
      clauses: [
        { requires: ['ADMIN'], or: [] },
        { requires: ['USER'], or: [] },
      ],
    },
  ])('is read with $title', ({ directives, clauses }) => {
    expect(guardBuilt(schemaWith(directives)).requirements.at('Query.a')).toEqual(clauses);
  });

  it('reads @public too', async () => {
    expect(await ask(guardBuilt(schemaWith({ public: {} })), '{ a }')).toEqual([]);
  });

  it.each([
    {
      directives: { auth: { requires: [3] } },
      problem: '@auth(requires:): ',
    },
    {
      directives: { auth: { requires: [undefined] } },
      problem: '@auth(requires:): ',
    },
    {
      directives: { auth: { or: ['SELF'] } },
      problem: '@auth(or:) contains the unknown name "SELF"',
    },
    { directives: { auth: {}, Public: {} }, problem: '@Public is not a directive in this schema' },
    {
      directives: { auth: true },
      problem: '@auth must be an object of arguments or a list of such objects, or be omitted',
    },
    {
      directives: { auth: [] },
      problem: '@auth must be an object of arguments or a list of such objects, or be omitted',
    },
  ])('$directives is an offence', ({ directives, problem }) => {
    const found = offencesOfBuilt(schemaWith(directives));
    expect(found).toContainEqual(expect.stringContaining(`Query.a: ${problem}`));
  });

  it.each([{ auth: null }, { auth: 'ADMIN' }])('$auth is one offence', (directives) => {
    expect(offencesOfBuilt(schemaWith(directives))).toEqual([
      'Query.a: @auth must be an object of arguments or a list of such objects, or be omitted',
    ]);
  });

  it('does not take `public: false` for @public', () => {
    expect(offencesOfBuilt(schemaWith({ public: false }))).not.toEqual([]);
  });
});

describe('@auth(requires: [ADMIN]) in SDL, where groups have internal values', () => {
  it('never means another group whose name is the internal value of ADMIN', () => {
    const schema = buildSchema(`
      enum Group { OWNER ADMIN }
      directive @auth(requires: [Group!]) on FIELD_DEFINITION
      directive @public on FIELD_DEFINITION
      type Query { a: Int @auth(requires: [ADMIN]) }
    `);
    const { Group } = schema.getTypeMap();
    if (!(Group instanceof GraphQLEnumType)) throw new Error('Group is an enum.');
    for (const value of Group.getValues()) value.value = value.name === 'ADMIN' ? 'OWNER' : 'ROOT';
    const admitsOwner = () =>
      guardBuilt(schema)
        .requirements.at('Query.a')
        .some(({ requires }) => requires.includes('OWNER'));
    let outcome: boolean | 'does not start';
    try {
      outcome = admitsOwner();
    } catch {
      outcome = 'does not start';
    }
    expect(outcome).not.toBe(true);
  });
});
