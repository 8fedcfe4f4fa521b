import { buildSubgraphSchema } from '@apollo/subgraph';
import { directiveTypeDefs } from '@gatehouse/authorization';
import fc from 'fast-check';
import { execute, parse } from 'graphql';
import { describe, it } from 'vitest';
import { guardBuilt, holding } from './fixtures.ts';
import { forAll, runs, seed } from './property-run.ts';
import { findQuote, marker } from './values-world.ts';

const { schema, execute: executeLists } = guardBuilt(
  buildSubgraphSchema({
    typeDefs: [
      parse(directiveTypeDefs({ policy: undefined })),
      parse(`
        extend schema @link(url: "https://specs.apollo.dev/federation/v2.6", import: ["@key"])
        enum Group { ADMIN }
        scalar _Any
        type _Service { sdl: String }
        type Query {
          _entities(representations: [_Any!]!): [_Entity]! @public
          _service: _Service! @auth(requires: [ADMIN])
        }
        union _Entity = Bill | Item
        interface Paper @key(fields: "id") { id: ID! }
        type Bill implements Paper @key(fields: "id") { id: ID! note: String @auth(requires: [ADMIN]) }
        type Item @key(fields: "id") { id: ID! }`),
    ],
    resolvers: {
      Bill: { __resolveReference: () => ({ id: '1', note: marker }) },
      Paper: { __resolveReference: () => ({ id: '1', note: marker, __typename: 'Bill' }) },
      Item: { __resolveReference: () => ({ id: '2', note: marker }) },
    },
  }),
);

const typenames = ['Bill', 'Item', 'Paper', 'Query', '_Entity', '__proto__', 'constructor'];
const odd = fc.jsonValue({ maxDepth: 2 });
const typename = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...typenames) },
  fc.constantFrom(...typenames).map((name) => [name]),
  odd,
);
const representation = fc.oneof(
  { weight: 5, arbitrary: fc.record({ __typename: typename, id: fc.oneof(fc.string(), odd) }) },
  fc.record({ __typename: typename, id: odd, note: odd }, { requiredKeys: [] }),
  fc.record({ __typename: typename, id: fc.string() }, { noNullPrototype: false }),
  odd,
);
const many = fc
  .tuple(representation, fc.integer({ min: 990, max: 1010 }))
  .map(([each, length]) => Array.from({ length }, () => each));
const representations = fc.oneof(
  { weight: 20, arbitrary: fc.array(representation, { maxLength: 5 }) },
  many,
);

const document = parse(`query ($of: [_Any!]!) {
  _entities(representations: $of) { __typename ... on Bill { id } ... on Item { id } }
}`);

async function findProblem(of: unknown): Promise<string | undefined> {
  const request = { document, variableValues: { of }, contextValue: { viewer: holding() } };
  for (const run of [execute, executeLists]) {
    const answer = JSON.parse(JSON.stringify(await run({ schema, ...request })));
    const text = JSON.stringify(answer);
    const problem = text.includes(marker) ? text : findQuote(answer);
    if (problem !== undefined) return `${problem}\n${JSON.stringify(of)}`;
    const codes: string[] = (answer.errors ?? []).map(
      ({ extensions }: { extensions?: { code?: string } }) => extensions?.code ?? 'none',
    );
    // A null in the list is a mistake that graphql-js finds in the variable, before anything runs.
    const isRefused = codes.every((code) => code === 'BAD_USER_INPUT' || !('data' in answer));
    if (!isRefused) return `has the codes ${codes}\n${JSON.stringify(of)}`;
  }
  return undefined;
}

describe(`representations (seed ${seed})`, () => {
  it(
    'are resolved or refused, and no answer quotes what a resolver returned',
    () =>
      forAll({
        file: 'test/authorization/representations.properties.test.ts',
        arbitrary: representations,
        numRuns: 5 * runs,
        check: findProblem,
      }),
    300_000,
  );
});
