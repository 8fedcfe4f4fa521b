import type { Authorization } from '@gatehouse/authorization';
import { createAccessMatrix, printGuardedSchema } from '@gatehouse/authorization/reports';
import { makeExecutableSchema } from '@graphql-tools/schema';
import { buildSchema, GraphQLInt, GraphQLObjectType, GraphQLSchema } from 'graphql';
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

describe('a printed schema', () => {
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
