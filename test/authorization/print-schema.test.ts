import type { Authorization } from '@graphql-gatehouse/authorization';
import { createAccessMatrix, printGuardedSchema } from '@graphql-gatehouse/authorization/reports';
import { makeExecutableSchema } from '@graphql-tools/schema';
import {
  buildSchema,
  DirectiveLocation,
  GraphQLDirective,
  GraphQLEnumType,
  GraphQLInt,
  GraphQLList,
  GraphQLObjectType,
  GraphQLSchema,
  GraphQLString,
  parse,
  print,
} from 'graphql';
import { describe, expect, it } from 'vitest';
import { groupsOnly, guard, guardBuilt, type TestContext, withPolicies } from './fixtures.ts';

const policies = { SELF: () => true, BOSS: () => true };
const matrixOf = ({ source, requirements }: Authorization<TestContext>) =>
  createAccessMatrix(source, requirements);

const everyPlace = `${withPolicies}
  scalar S @auth
  type Query {
    a(x: In @auth(requires: [USER])): T @public
    "Old."
    b: [U!]! @auth(requires: [ADMIN, EDITOR], or: [SELF]) @auth @deprecated(reason: "old")
  }
  type Mutation { c(e: E = N): S @auth(or: [SELF, BOSS]) }
  type Subscription { d: Int @public }
  interface I @auth(requires: [USER]) { n: E @auth(requires: [EDITOR]) }
  type T implements I @auth(requires: [ADMIN]) { n: E }
  union U @auth(requires: [EDITOR]) = T
  input In @auth(requires: [ADMIN]) { n: Int = 1 @auth, in: In }
  enum E @auth { N @auth(requires: [ADMIN]), M }`;

/** SDL in the notation of the printer: directives of graphql-js, such as `@deprecated`, come first. */
const markedPlaces = `directive @mark(at: String, levels: [Level!]) repeatable on SCALAR | OBJECT | INTERFACE | UNION | ENUM | INPUT_OBJECT | FIELD_DEFINITION | ARGUMENT_DEFINITION | INPUT_FIELD_DEFINITION | ENUM_VALUE

type Query @mark(at: "type") {
  thing(by: In = {n: 2} @mark(at: "argument")): Thing @deprecated(reason: "old") @mark(at: "field", levels: [LOW, HIGH]) @mark
}

interface Thing @mark(at: "interface") {
  day: Day @mark
}

scalar Day @specifiedBy(url: "https://example.com/day") @mark(at: "scalar")

input In @mark(at: "input") {
  n: Int = 1 @deprecated(reason: "old") @mark(at: "input field")
}

type Box implements Thing {
  day: Day
}

union Any @mark(at: "union") = Box

enum Level @mark(at: "enum") {
  LOW @mark(at: "value")
  HIGH @deprecated(reason: "old")
}
`;

describe('a printed schema', () => {
  it('has its directives at every place', () => {
    expect(printGuardedSchema(buildSchema(markedPlaces))).toBe(`${print(parse(markedPlaces))}\n`);
  });

  it.each([
    ['with the default names of root types', 'type Query', ''],
    ['with a name of its own for a root type', 'type Root', 'schema {\n  query: Root\n}\n\n'],
  ])('has the directives of `schema` itself, %s', (_title, root, definition) => {
    const printed = `${definition}directive @mark(at: String) on SCHEMA\n\n${root} {\n  a: Int\n}\n\nextend schema @mark(at: "schema")\n`;
    const again = printGuardedSchema(buildSchema(printed));
    expect(again).toBe(printed);
    const withoutExtension = `${definition || 'schema { query: Query }'} directive @mark(at: String) on SCHEMA ${root} { a: Int }`;
    const written = withoutExtension.replace('schema {', 'schema @mark(at: "schema") {');
    expect(printGuardedSchema(buildSchema(written))).toBe(printed);
  });

  it.each([{}, true, null, undefined])(
    'has a directive of a code-first schema without arguments, given as %s',
    (given) => {
      const internal = new GraphQLDirective({
        name: 'internal',
        locations: [DirectiveLocation.FIELD_DEFINITION],
        args: { note: { type: GraphQLString } },
      });
      const a = { type: GraphQLInt, extensions: { directives: { internal: given } } };
      const query = new GraphQLObjectType({ name: 'Query', fields: { a } });
      expect(printGuardedSchema(new GraphQLSchema({ query, directives: [internal] }))).toBe(
        'directive @internal(note: String) on FIELD_DEFINITION\n\ntype Query {\n  a: Int @internal\n}\n',
      );
    },
  );

  it.each([
    { given: { level: 'HIGH' }, printed: '(level: HIGH)' },
    { given: { level: 2 }, printed: '(level: HIGH)' },
    { given: { levels: ['LOW', 2] }, printed: '(levels: [LOW, HIGH])' },
    { given: { note: undefined }, printed: '(note: null)' },
  ])('has the arguments $given of a code-first schema', ({ given, printed }) => {
    const Level = new GraphQLEnumType({
      name: 'Level',
      values: { LOW: { value: 1 }, HIGH: { value: 2 } },
    });
    const internal = new GraphQLDirective({
      name: 'internal',
      locations: [DirectiveLocation.FIELD_DEFINITION],
      args: {
        level: { type: Level },
        levels: { type: new GraphQLList(Level) },
        note: { type: GraphQLString },
      },
    });
    const a = { type: GraphQLInt, extensions: { directives: { internal: given } } };
    const query = new GraphQLObjectType({ name: 'Query', fields: { a } });
    const schema = new GraphQLSchema({ query, directives: [internal] });
    expect(printGuardedSchema(schema)).toContain(`  a: Int @internal${printed}\n`);
  });

  it('leaves out the directives of a code-first schema that it does not define', () => {
    const unknown = { directives: { unknown: {} } };
    const a = { type: GraphQLInt, extensions: unknown };
    const query = new GraphQLObjectType({ name: 'Query', fields: { a } });
    const schema = new GraphQLSchema({ query, extensions: unknown });
    expect(printGuardedSchema(schema)).not.toContain('unknown');
  });

  it('asks the same of everyone when it is built again', () => {
    const guarded = guard(everyPlace, { policies });
    const again = guard(printGuardedSchema(guarded.source), { policies });
    expect(matrixOf(again)).toEqual(matrixOf(guarded));
    expect(printGuardedSchema(again.source)).toBe(printGuardedSchema(guarded.source));
  });

  it('keeps the guards of a code-first schema, which stand in extensions', () => {
    const { source: directives } = guard(`${groupsOnly} type Query { a: Int @public }`);
    const query = new GraphQLObjectType({
      name: 'Query',
      fields: {
        a: {
          type: GraphQLInt,
          extensions: { directives: { auth: [{ requires: ['ADMIN'] }, { requires: ['USER'] }] } },
        },
        b: { type: GraphQLInt, extensions: { directives: { public: {} } } },
      },
    });
    const guarded = guardBuilt(
      new GraphQLSchema({ query, directives: directives.getDirectives() }),
    );
    const again = guard(printGuardedSchema(guarded.source));
    expect(matrixOf(again)).toEqual(matrixOf(guarded));
  });

  it('names groups that have internal values by their names', () => {
    const sdl = `${groupsOnly} type Query { a: Int @auth(requires: [ADMIN]) }`;
    const schema = makeExecutableSchema({
      typeDefs: sdl,
      resolvers: { Group: { ADMIN: 1, EDITOR: 2, USER: 3 } },
    });
    expect(printGuardedSchema(schema)).toBe(printGuardedSchema(buildSchema(sdl)));
  });
});
