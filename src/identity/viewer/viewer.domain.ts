import { defineDomain } from '../../composition/domain.ts';
import { sdlFile } from '../../composition/sdl-file.ts';
import type { IdentityContext } from '../identity-context.ts';
import type { PartsOf } from '../identity-parts.ts';
import { createViewerResolvers } from './viewer.resolvers.ts';

/** The viewer of the current request. */
export const createViewerDomain = (partsOf: PartsOf) =>
  defineDomain<IdentityContext>({
    name: 'viewer',
    typeDefs: sdlFile(new URL('viewer.graphql', import.meta.url)),
    resolvers: createViewerResolvers(partsOf),
  });
