import { defineDomain } from '../../composition/domain.ts';
import { sdlFile } from '../../composition/sdl-file.ts';
import type { IdentityContext } from '../identity-context.ts';
import type { PartsOf } from '../identity-parts.ts';
import { createServerInfoResolvers } from './server-info.resolvers.ts';

/** The name and version of the server. */
export const createServerInfoDomain = (partsOf: PartsOf) =>
  defineDomain<IdentityContext>({
    name: 'server-info',
    typeDefs: sdlFile(new URL('server-info.graphql', import.meta.url)),
    resolvers: createServerInfoResolvers(partsOf),
  });
