import { createAuthorization, type Viewer } from '@graphql-gatehouse/authorization';
import { makeExecutableSchema } from '@graphql-tools/schema';
import { execute, GraphQLError, parse } from 'graphql';
import { expect, it, vi } from 'vitest';
import { holding } from './fixtures.ts';

interface Context {
  readonly viewer: Viewer;
}

const directives = `
  enum Group { STAFF }
  enum Policy { OWN }
  directive @auth(requires: [Group!], or: [Policy!], rows: [Policy!], factors: Int)
    repeatable on OBJECT | FIELD_DEFINITION
  directive @public on FIELD_DEFINITION
`;
const policies = { OWN: { reads: [], admits: () => false, where: () => ({ id: 'none' }) } };

it('a connection that no rule narrows is read without its viewer, also where another field narrows its type', async () => {
  const viewerOf = vi.fn(({ viewer }: Context) => viewer);
  const schema = makeExecutableSchema({
    typeDefs: `${directives}
      type Node { id: ID }
      type Nodes { nodes: [Node] totalCount: Int }
      type Holder { all: Nodes }
      type Query { own: Nodes @auth(rows: [OWN]) holder: Holder @public }`,
    resolvers: { Query: { holder: () => ({ all: { nodes: [{ id: '1' }] } }) } },
  });
  const authorization = createAuthorization(schema, { policies, viewerOf });
  const result = await execute({
    schema: authorization.schema,
    document: parse('{ holder { all { nodes { id } } } }'),
    contextValue: { viewer: holding('STAFF') },
  });
  expect(result).toEqual({ data: { holder: { all: { nodes: [{ id: '1' }] } } } });
  expect(viewerOf).not.toHaveBeenCalled();
});

it('a dry run has no filter, and asks for no time', () => {
  const now = vi.fn(() => new Date(0));
  const schema = makeExecutableSchema({
    typeDefs: `${directives}
      type Visit @auth(rows: [OWN]) { id: ID }
      type Query { visits: [Visit] @auth(factors: 2) }`,
  });
  const authorization = createAuthorization(schema, {
    policies,
    now,
    viewerOf: ({ viewer }: Context) => viewer,
    report: () => {},
  });
  expect(authorization.filterOf('Visit', { viewer: holding('STAFF') })).toBeUndefined();
  expect(now).not.toHaveBeenCalled();
});

it.each([
  ['without a rule', 'Room', 'all rows'],
  ['with a rule', 'Note', 'Query.visits: it returns no rows of "Note"'],
])(
  'a field that asks for rows of a type %s that it does not return gets an answer',
  async (_name, typeName, expected) => {
    const asked = vi.fn();
    const schema = makeExecutableSchema({
      typeDefs: `${directives}
      type Visit @auth(requires: [STAFF], rows: [OWN]) { id: ID }
      type Note @auth(rows: [OWN]) { id: ID }
      type Room { id: ID }
      type Query { visits: [Visit] @public notes: [Note] @public rooms: [Room] @public }`,
      resolvers: {
        Query: {
          visits(_query, _args, _context, info) {
            try {
              asked(authorization.rowsOf(info, typeName) ?? 'all rows');
            } catch (error) {
              asked(error instanceof GraphQLError && error.originalError?.message);
            }
            return [];
          },
        },
      },
    });
    const authorization = createAuthorization(schema, {
      policies,
      viewerOf: ({ viewer }: Context) => viewer,
    });
    await execute({
      schema: authorization.schema,
      document: parse('{ visits { id } }'),
      contextValue: { viewer: holding('STAFF') },
    });
    expect(asked.mock.calls).toEqual([[expected]]);
  },
);
