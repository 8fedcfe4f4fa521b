import assert from 'node:assert/strict';
import { makeExecutableSchema } from '@graphql-tools/schema';
import { createBaseline } from './contenders/baseline.mjs';
import { createServer } from './contenders/gatehouse.mjs';
import { measureCase } from './measure.mjs';
import { createContext, createDocument, itemCount, store } from './scenario.mjs';

/** The clause stands on the list, or on the type of its rows. */
const listOf = ({ list, type }) => /* GraphQL */ `
  directive @auth(requires: [Group!], rows: [Policy!]) repeatable on FIELD_DEFINITION | OBJECT
  directive @public on FIELD_DEFINITION
  enum Group { STAFF CUSTOMER }
  enum Policy { IN_STOCK }
  type Query { items: [Item!]! ${list} }
  type Item ${type} { id: ID!, name: String, price: Float, stock: Int }
`;
const clause = '@auth(requires: [STAFF], rows: [IN_STOCK])';

/** Admits every item, and reads it as a policy of ownership would. */
const policies = {
  IN_STOCK: {
    reads: ['stock'],
    admits: (viewer, row) => viewer.isAuthenticated && row.stock > 0,
    where: () => ({ stock: { gt: 0 } }),
  },
};

const count = itemCount.toLocaleString('en');

/** One viewer for whom each row is checked, and one for whom none is. */
export const rowCases = [
  {
    name: 'rows narrowed',
    title: `A narrowed list of ${count} rows, each checked by a policy`,
    viewer: 'refused',
    target: 1.1,
  },
  {
    name: 'rows of a group',
    title: `A narrowed list of ${count} rows, to a viewer in the group`,
    viewer: 'permitted',
    target: 1.05,
  },
];

/** Measures a list of narrowed rows beside the same list without authorization. */
export async function measureRows(library, { viewer }, pace) {
  const contenders = createLists(library);
  for (const { name, run, documents } of contenders) {
    const { data, errors } = await run(documents.list, createContext(viewer));
    assert.deepEqual([errors, data?.items.length], [undefined, itemCount], name);
  }
  return measureCase(contenders, { document: 'list', viewer }, pace);
}

/** The first is the baseline, and the second shows the noise of the measurement. */
function createLists(library) {
  return [
    { name: 'no authorization', ...createBaseline() },
    { name: 'no authorization, again', ...createBaseline() },
    { name: 'narrowed', ...withRows(library) },
    { name: 'rule of the type', ...withRule(library) },
    { name: 'rule of the type, compiled', ...withRule(library, ({ execute }) => execute) },
  ].map((list) => ({
    ...list,
    guards: true,
    documents: { list: createDocument(list.schema, 'list') },
  }));
}

/** As a server runs it: the operation is authorized, and the resolver asks for the filter. */
function withRows(library) {
  const items = (_source, _args, _context, info) => {
    authorization.rowsOf(info);
    return store.items();
  };
  const authorization = guard(library, listOf({ list: clause, type: '' }), items);
  return createServer(authorization);
}

/** The resolver returns all rows, of which those that the viewer may not see would be left out. */
function withRule(library, runOf = () => undefined) {
  const typeDefs = listOf({ list: '@auth', type: clause });
  const authorization = guard(library, typeDefs, () => store.items());
  return createServer(authorization, runOf(authorization));
}

function guard(library, typeDefs, items) {
  const source = makeExecutableSchema({ typeDefs, resolvers: { Query: { items } } });
  return library.createAuthorization(source, { policies, viewerOf: ({ viewer }) => viewer });
}
