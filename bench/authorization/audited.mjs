import assert from 'node:assert/strict';
import { makeExecutableSchema } from '@graphql-tools/schema';
import { execute } from 'graphql';
import { measureCase } from './measure.mjs';
import { createContext, createDocument, itemCount, store } from './scenario.mjs';

const listOf = ({ type = '', field = '' }) => /* GraphQL */ `
  directive @auth(requires: [Group!]) repeatable on FIELD_DEFINITION | OBJECT
  directive @public on FIELD_DEFINITION
  directive @audited(reason: String) on FIELD_DEFINITION | OBJECT
  enum Group { STAFF CUSTOMER }
  type Query { items: [Item!]! @auth }
  type Item ${type} { id: ID!, name: String, price: Float ${field}, stock: Int }
`;

const count = itemCount.toLocaleString('en');

/** Executed as Gatehouse executes documents that it knows, and as other hosts execute all. */
export const auditedCases = [
  {
    name: 'audited',
    title: `An answer with ${count} audited rows, compiled`,
    viewer: 'permitted',
    runOf: (authorization) => authorization.execute,
    target: 1.1,
  },
  {
    name: 'audited by graphql-js',
    title: `An answer with ${count} audited rows, executed by graphql-js`,
    viewer: 'permitted',
    runOf: () => execute,
    target: 1.1,
  },
];

/** Measures answers with audited rows beside the same answers without `@audited`: admitted, executed and written. */
export async function measureAudited(library, { viewer, runOf }, pace) {
  const create = (directives) => createServer(library, listOf(directives), runOf);
  const contenders = [
    { name: 'nothing audited', ...create({}) },
    { name: 'nothing audited, again', ...create({}) },
    { name: 'one field', ...create({ field: '@audited' }) },
    { name: 'the type', ...create({ type: '@audited' }) },
  ].map((each) => ({
    ...each,
    guards: true,
    documents: { list: createDocument(each.schema, 'list') },
  }));
  for (const { name, run, documents, recorded } of contenders) {
    const { data } = JSON.parse(await run(documents.list, createContext(viewer)));
    const expected = name.startsWith('nothing') ? 0 : itemCount;
    assert.deepEqual([data.items.length, recorded()], [itemCount, expected], name);
  }
  return measureCase(contenders, { document: 'list', viewer }, pace);
}

function createServer(library, typeDefs, runOf) {
  let recorded = 0;
  const source = makeExecutableSchema({
    typeDefs,
    resolvers: { Query: { items: () => store.items() } },
  });
  const authorization = library.createAuthorization(source, {
    policies: {},
    viewerOf: ({ viewer }) => viewer,
    onDelivered({ reads }) {
      recorded = reads[0].ids.length;
    },
  });
  const { schema } = authorization;
  const admit = library.createAdmit(authorization);
  const run = runOf(authorization);
  return {
    schema,
    recorded: () => recorded,
    async run(document, contextValue) {
      const admission = await admit({ document, contextValue });
      const { result } = await admission.finish(await run({ schema, document, contextValue }));
      return JSON.stringify(result);
    },
  };
}
