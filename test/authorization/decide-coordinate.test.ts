import { decide } from '@graphql-gatehouse/authorization';
import { makeExecutableSchema } from '@graphql-tools/schema';
import { expect, it } from 'vitest';

const schema = makeExecutableSchema({
  typeDefs: `
    directive @auth(requires: [Group!], or: [Policy!]) repeatable on FIELD_DEFINITION | ARGUMENT_DEFINITION
    directive @public on FIELD_DEFINITION
    enum Group { ADMIN STAFF }
    enum Policy { SELF }
    type Query {
      open: Int @public
      mine: Int @auth(requires: [ADMIN], or: [SELF])
      users(all: Boolean @auth(requires: [ADMIN])): Int @auth(requires: [STAFF])
    }`,
});

const anonymous = { isAuthenticated: false, reason: 'TOKEN_MISSING' } as const;
const staff = { isAuthenticated: true, groups: new Set(['STAFF']) } as const;

it.each([
  { coordinate: 'Query.open', viewer: anonymous, outcome: 'allowed' },
  { coordinate: 'Query.users', viewer: anonymous, outcome: 'unauthenticated' },
  { coordinate: 'Query.users', viewer: staff, outcome: 'allowed' },
  { coordinate: 'Query.users(all:)', viewer: staff, outcome: 'forbidden' },
  { coordinate: 'Query.mine', viewer: staff, outcome: 'depends' },
])('decides $coordinate as "$outcome"', ({ coordinate, viewer, outcome }) => {
  expect(decide(schema, coordinate, viewer).outcome).toBe(outcome);
});

it('does not take a misspelt coordinate for an open one', () => {
  expect(() => decide(schema, 'Query.user', staff)).toThrow(RangeError);
});
