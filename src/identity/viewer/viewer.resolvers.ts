import { authenticatedOf } from '../../authentication/viewer.ts';
import { required } from '../../values/required.ts';
import { toAuthentications } from '../authentications.ts';
import type { Resolvers } from '../generated/resolver-types.ts';
import type { PartsOf } from '../identity-parts.ts';
import { loadPrincipal, typeOfPrincipal } from './principal.ts';

export const createViewerResolvers = (partsOf: PartsOf) =>
  ({
    Query: {
      viewer: (_query, _args, { viewer }) => authenticatedOf(viewer),
      me: (_query, _args, context) => {
        const viewer = authenticatedOf(context.viewer);
        if (viewer.kind !== 'user') return null;
        // The viewer was read for this request: nothing is gained by reading it again.
        const { stores } = partsOf();
        return stores.sessions.userReadWith(viewer) ?? context.load.users(viewer.userId);
      },
      principal: (_query, { id }, { load }) => loadPrincipal(id, load),
    },
    Viewer: {
      async access(_viewer, _args, context) {
        await context.readPlaces();
        return [...partsOf().services.accessOf(context.viewer)];
      },
      schemaHash: () => partsOf().services.schemaHash(),
      principal: (viewer, _args, { load }) =>
        viewer.kind === 'user'
          ? required(load.users(viewer.userId))
          : required(load.apiClients(viewer.clientId)),
      authentications: ({ authenticatedAt = {} }) =>
        authenticatedAt === 'EACH_REQUEST'
          ? []
          : toAuthentications(partsOf().services.factors, authenticatedAt),
      groups: ({ groups }) => partsOf().services.newUserRules.groups.inSchemaOrder(groups),
      withheld: (viewer) => partsOf().services.findWithheld(viewer),
    },
    Principal: {
      __resolveType: typeOfPrincipal,
    },
  }) satisfies Resolvers;
