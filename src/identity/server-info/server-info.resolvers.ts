import type { Resolvers } from '../generated/resolver-types.ts';
import type { PartsOf } from '../identity-parts.ts';

export const createServerInfoResolvers = (partsOf: PartsOf) =>
  ({
    Query: {
      serverInfo: () => partsOf().services.serverInfo,
    },
  }) satisfies Resolvers;
