import { makeExecutableSchema } from '@graphql-tools/schema';
import { execute, parse } from 'graphql';
import { createAuthorization, type Viewer } from '../../../packages/authorization/src/index.ts';
import { withPolicies } from '../fixtures.ts';

/**
 * A host that listens to nothing: a query in which one item of a list is refused late, and the next one at
 * once. Prints the answer, and exits with 0 unless an unhandled rejection ends it.
 */
const { schema } = createAuthorization<Viewer, { readonly viewer: Viewer }>(
  makeExecutableSchema({
    typeDefs: `${withPolicies}
      type Query { docs: [Doc!]! @public }
      interface Doc { title: String! }
      type Note implements Doc { title: String! @auth(or: [SELF]) }
      type Memo implements Doc @auth(requires: [ADMIN]) { title: String! }`,
    resolvers: {
      Query: {
        docs: () => [
          { __typename: 'Note', title: 'note' },
          { __typename: 'Memo', title: 'memo' },
        ],
      },
    },
  }),
  {
    policies: { SELF: async () => false, BOSS: () => false },
    viewerOf: ({ viewer }) => viewer,
  },
);

const { data, errors } = await execute({
  schema,
  document: parse('{ docs { title } }'),
  contextValue: { viewer: { isAuthenticated: true, groups: new Set<string>() } },
});
await new Promise((resolve) => setImmediate(resolve));
process.stdout.write(
  `${JSON.stringify({ data, codes: errors?.map((each) => each.extensions.code) })}\n`,
);
