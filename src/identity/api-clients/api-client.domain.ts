import { defineDomain } from '../../composition/domain.ts';
import { sdlFile } from '../../composition/sdl-file.ts';
import type { IdentityContext } from '../identity-context.ts';
import type { PartsOf } from '../identity-parts.ts';
import { createApiClientResolvers } from './api-client.resolvers.ts';

/** Third-party programs, which sign in with a secret. */
export const createApiClientDomain = (partsOf: PartsOf) =>
  defineDomain<IdentityContext>({
    name: 'api-client',
    typeDefs: sdlFile(new URL('api-client.graphql', import.meta.url)),
    resolvers: createApiClientResolvers(partsOf),
    loaders: { apiClients: { one: (ids) => partsOf().stores.apiClients.findByIds(ids) } },
  });
