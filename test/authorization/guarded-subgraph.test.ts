import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ask } from '../support/ask.ts';
import { kinds, startProducts } from '../support/suites/products.ts';

const sdl = `
  extend schema @link(url: "https://specs.apollo.dev/federation/v2.3", import: ["@key", "@external", "@requires"])
  type Product @key(fields: "id") @key(fields: "sku package") { id: ID! sku: String package: String }
  type DeprecatedProduct @key(fields: "sku package") { sku: String! package: String! reason: String }
  type ProductResearch @key(fields: "study { caseNumber }") { study: Study! }
  type Study { caseNumber: ID! description: String }
  type Inventory @key(fields: "id") { id: ID! deprecatedProducts: [DeprecatedProduct!]! }
  extend type User @key(fields: "email") {
    email: ID! @external
    totalProductsCreated: Int @external
    yearsOfEmployment: Int! @external
    averageProductsCreatedPerYear: Int @requires(fields: "totalProductsCreated yearsOfEmployment")
  }
  extend type Query { product(id: ID!): Product deprecatedProduct(sku: String!, package: String!): DeprecatedProduct }`;

const entities = `query ($representations: [_Any!]!) {
  _entities(representations: $representations) {
    ... on Product { id sku }
    ... on DeprecatedProduct { reason }
    ... on ProductResearch { study { description } }
    ... on Inventory { deprecatedProducts { sku } }
    ... on User { averageProductsCreatedPerYear }
  }
}`;

const variables = {
  representations: [
    { __typename: 'Product', sku: 'federation', package: '@apollo/federation' },
    { __typename: 'Product', id: 'unknown' },
    { __typename: 'ProductResearch', study: { caseNumber: '1235' } },
    { __typename: 'Inventory', id: 'apollo-oss' },
    {
      __typename: 'User',
      email: 'ada@example.org',
      totalProductsCreated: 10,
      yearsOfEmployment: 2,
    },
  ],
};

const start = (kind: (typeof kinds)[number]) => startProducts(sdl, kind);
let subgraphs: readonly Awaited<ReturnType<typeof start>>[];
beforeAll(async () => {
  subgraphs = await Promise.all(kinds.map(start));
});
afterAll(() => Promise.all(subgraphs.map(({ stop }) => stop())));

describe('a subgraph of Apollo Federation', () => {
  it('resolves the same references without the library, with it, and with guards', async () => {
    const answers = await Promise.all(
      subgraphs.map(({ url }) => ask(url, entities, { variables, token: 'member' })),
    );
    for (const { status, body } of answers) {
      expect([status, body]).toEqual([
        200,
        {
          data: {
            _entities: [
              { id: 'apollo-federation', sku: 'federation' },
              null,
              { study: { description: 'Studio Study' } },
              { deprecatedProducts: [{ sku: 'apollo-federation-v1' }] },
              { averageProductsCreatedPerYear: 5 },
            ],
          },
        },
      ]);
    }
  });

  it.each([
    ['a reference', entities],
    ['its SDL', '{ _service { sdl } }'],
    ['a root field', '{ product(id: "apollo-federation") { id } }'],
  ])(
    'answers an anonymous viewer who requests %s with 401, where it is guarded',
    async (_what, text) => {
      const answers = await Promise.all(subgraphs.map(({ url }) => ask(url, text, { variables })));
      expect(answers.map(({ status }) => status)).toEqual([200, 200, 401]);
      expect(answers.at(-1)?.body).not.toHaveProperty('data');
    },
  );
});
