import { directiveTypeDefs } from '@graphql-gatehouse/authorization';
import { compileGuards, findPolicyPlaces } from '@graphql-gatehouse/authorization/rules';
import { buildSchema } from 'graphql';
import { expect, it } from 'vitest';

const base = `
  ${directiveTypeDefs()}
  enum Group { ADMIN }
  enum Policy { P }
  interface Owned { id: ID! note: String }
  type Note implements Owned { id: ID! note: String }
  type Task implements Owned { id: ID! note: String }
  union Any = Note | Task
  type Notes { edges: [Edge!]! }
  type Edge { node: Note! }
`;
const query = 'type Query { owned: Owned @auth any: Any @auth notes: Notes @auth }';

it.each([
  {
    place: 'in `or` of a root field and of a field',
    more: `type Query { owned: Owned @auth(or: [P]) door: Door @auth }
      type Door { code: Int @auth(or: [P]) }`,
    fields: ['Query.owned', 'Door.code'],
  },
  {
    place: 'in `or` of a field of an interface, for its types',
    more: `${query} interface Shut { key: Int @auth(or: [P]) }
      type Safe implements Shut { key: Int } extend type Query { shut: Shut @auth }`,
    fields: ['Safe.key'],
  },
  {
    place: 'in `rows` of an interface, for its types',
    more: `${query} extend interface Owned @auth(rows: [P])`,
    types: ['Note', 'Task'],
  },
  {
    place: 'in `rows` of a list of a union',
    more: `${query} extend type Query { all: [Any!]! @auth(rows: [P]) }`,
    types: ['Note', 'Task'],
  },
  {
    place: 'in `rows` of a connection',
    more: `${query} extend type Query { all: Notes @auth(rows: [P]) }`,
    types: ['Note'],
  },
  {
    place: 'in `@references` of an argument',
    more: `${query} extend type Query { one(id: ID! @references(type: "Task", rows: [P])): Int @auth }`,
    types: ['Task'],
  },
  {
    place: 'in `@references` of an input field, to an interface',
    more: `${query} input By { id: ID! @references(type: "Owned", rows: [P]) }
      extend type Query { one(by: By!): Int @auth }`,
    types: ['Note', 'Task'],
  },
  {
    place: 'in `@references` of a scalar',
    more: `${query} scalar TaskId @references(type: "Task", rows: [P])
      extend type Query { one(id: TaskId!): Int @auth }`,
    types: ['Task'],
  },
  { place: 'nowhere', more: query },
])('finds a policy $place', ({ more, fields = [], types = [] }) => {
  const places = findPolicyPlaces(compileGuards(buildSchema(base + more)));
  expect([...places]).toEqual([['P', { fields: new Set(fields), types: new Set(types) }]]);
});
