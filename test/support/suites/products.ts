import { ApolloServer } from '@apollo/server';
import { startStandaloneServer } from '@apollo/server/standalone';
import { buildSubgraphSchema } from '@apollo/subgraph';
import {
  createAuthorization,
  directiveTypeDefs,
  type Viewer,
} from '@graphql-gatehouse/authorization';
import { createAuthorizationPlugin } from '@graphql-gatehouse/authorization/apollo';
import { type ConstDirectiveNode, type DocumentNode, Kind, parse, visit } from 'graphql';

/** The bearer of a viewer whom all guards admit. */
export const memberToken = 'Bearer member';

/** How the subgraph is guarded: not at all, by `@public` alone, or everywhere. */
export const kinds = ['without the library', 'public', 'guarded'] as const;
export type Guarding = (typeof kinds)[number];

const member = { email: 'support@apollographql.com', name: 'Jane Smith' };
const deprecated = {
  sku: 'apollo-federation-v1',
  package: '@apollo/federation-v1',
  reason: 'Migrate to Federation V2',
  createdBy: { ...member, totalProductsCreated: 1337 },
};
const shared = {
  dimensions: { size: 'small', weight: 1, unit: 'kg' },
  createdBy: deprecated.createdBy,
};
const studies = [
  { study: { caseNumber: '1234', description: 'Federation Study' } },
  { study: { caseNumber: '1235', description: 'Studio Study' } },
];
const products = [
  {
    id: 'apollo-federation',
    sku: 'federation',
    package: '@apollo/federation',
    variation: { id: 'OSS' },
    research: studies.slice(0, 1),
    ...shared,
  },
  {
    id: 'apollo-studio',
    sku: 'studio',
    package: '',
    variation: { id: 'platform' },
    research: studies.slice(1),
    ...shared,
  },
];

interface Key {
  readonly id?: string;
  readonly sku?: string;
  readonly package?: string;
  readonly variation?: { readonly id: string };
}

const findProduct = ({ id, sku, package: name, variation }: Key) =>
  products.find(
    (each) =>
      each.id === id ||
      (each.sku === sku && (each.package === name || each.variation.id === variation?.id)),
  ) ?? null;

const findDeprecated = ({ sku, package: name }: Key) =>
  sku === deprecated.sku && name === deprecated.package ? deprecated : null;

interface UserReference {
  readonly email: string;
  readonly totalProductsCreated?: number;
  readonly yearsOfEmployment?: number;
}

/** What the suite expects in the answers. */
const resolvers = {
  Query: {
    product: (_query: unknown, key: Key) => findProduct(key),
    deprecatedProduct: (_query: unknown, key: Key) => findDeprecated(key),
  },
  Product: { __resolveReference: findProduct },
  DeprecatedProduct: { __resolveReference: findDeprecated },
  ProductResearch: {
    __resolveReference: ({ study }: { readonly study: { readonly caseNumber: string } }) =>
      studies.find((each) => each.study.caseNumber === study.caseNumber) ?? null,
  },
  User: {
    // The router sends the fields that `@requires` names with the key.
    __resolveReference: (reference: UserReference) => ({ ...deprecated.createdBy, ...reference }),
    averageProductsCreatedPerYear: ({
      totalProductsCreated = 0,
      yearsOfEmployment = 1,
    }: UserReference) => Math.round(totalProductsCreated / yearsOfEmployment),
  },
  Inventory: {
    __resolveReference: ({ id }: { readonly id: string }) => ({
      id,
      deprecatedProducts: id === 'apollo-oss' ? [deprecated] : [],
    }),
  },
};

/** Federation's own fields, declared so that they can have guards. */
const federationFields = `
  enum Group { MEMBER }
  scalar _Any
  union _Entity = Product | DeprecatedProduct | ProductResearch | User | Inventory
  type _Service { sdl: String }
  extend type Query {
    _entities(representations: [_Any!]!): [_Entity]!
    _service: _Service!
  }`;

/** Adds a guard to each field of `Query`, and `@auth` to each other object type of a guarded subgraph. */
function withGuards(
  document: DocumentNode,
  kind: Exclude<Guarding, 'without the library'>,
): DocumentNode {
  const guard: ConstDirectiveNode = {
    kind: Kind.DIRECTIVE,
    name: { kind: Kind.NAME, value: kind === 'public' ? 'public' : 'auth' },
  };
  const guarded = <TNode extends { readonly directives?: readonly ConstDirectiveNode[] }>(
    node: TNode,
  ): TNode => ({ ...node, directives: [...(node.directives ?? []), guard] });
  return visit(document, {
    ObjectTypeDefinition: (type) => (kind === 'guarded' ? guarded(type) : undefined),
    ObjectTypeExtension(type) {
      if (type.name.value === 'Query') return { ...type, fields: type.fields?.map(guarded) ?? [] };
      return kind === 'guarded' ? guarded(type) : undefined;
    },
  });
}

const viewerOf = (authorization: string | undefined): Viewer => {
  if (authorization === memberToken) return { isAuthenticated: true, groups: new Set(['MEMBER']) };
  const reason = authorization === undefined ? 'TOKEN_MISSING' : 'TOKEN_INVALID';
  return { isAuthenticated: false, reason };
};

interface Context {
  readonly viewer: Viewer;
}

function createServer(sdl: string, kind: Guarding): ApolloServer<Context> {
  const own = parse(sdl);
  if (kind === 'without the library')
    return new ApolloServer({ schema: buildSubgraphSchema({ typeDefs: own, resolvers }) });
  const extended = parse(`${sdl}\n${federationFields}`);
  const directives = parse(directiveTypeDefs({ policy: undefined }));
  const typeDefs = [directives, withGuards(extended, kind)];
  const authorization = createAuthorization<Viewer, Context>(
    buildSubgraphSchema({ typeDefs, resolvers }),
    { policies: {}, viewerOf: ({ viewer }) => viewer },
  );
  return new ApolloServer<Context>({
    schema: authorization.schema,
    plugins: [createAuthorizationPlugin<Context>({ ...authorization, realm: 'products' })],
  });
}

/** Starts the subgraph `products` of Apollo's suite, with this SDL. */
export async function startProducts(sdl: string, kind: Guarding) {
  const server = createServer(sdl, kind);
  const { url } = await startStandaloneServer(server, {
    listen: { port: 0, host: '127.0.0.1' },
    context: async ({ req }) => ({ viewer: viewerOf(req.headers.authorization) }),
  });
  return { url, stop: () => server.stop() };
}
