import { buildSubgraphSchema } from '@apollo/subgraph';
import { directiveTypeDefs } from '@graphql-gatehouse/authorization';
import { type GraphQLSchema, parse } from 'graphql';

/** The fields of federation, which a subgraph declares so that they can have guards. */
export const federationFields = `
  _entities(representations: [_Any!]!): [_Entity]! @public
  _service: _Service! @auth(requires: [ADMIN])
`;

/** What every subgraph has beside its own types. */
export const federationTypeDefs = `
  extend schema @link(url: "https://specs.apollo.dev/federation/v2.6", import: ["@key"])
  enum Group { ADMIN STAFF }
  enum Policy { SELF }
  scalar _Any
  type _Service { sdl: String }
`;

type ResolveReference = (reference: { readonly id: string }) => unknown;

export type ReferenceResolvers = Readonly<
  Record<
    string,
    {
      readonly __resolveReference: ResolveReference;
      readonly __isTypeOf?: (value: unknown) => boolean;
    }
  >
>;

/** Builds the schema of a subgraph from its SDL, with {@link federationTypeDefs}. */
export const buildSubgraph = (sdl: string, resolvers: ReferenceResolvers = {}): GraphQLSchema =>
  buildSubgraphSchema({ typeDefs: [parse(directiveTypeDefs()), parse(sdl)], resolvers });

/** Returns resolvers of references, each by the name of its type. */
export const referenceResolvers = (
  resolvers: Readonly<Record<string, ResolveReference>>,
): ReferenceResolvers =>
  Object.fromEntries(
    Object.entries(resolvers).map(([type, resolve]) => [type, { __resolveReference: resolve }]),
  );
