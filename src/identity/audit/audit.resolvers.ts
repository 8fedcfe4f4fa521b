import { parsePage, toConnection } from '../../composition/connection.ts';
import type { Resolvers } from '../generated/resolver-types.ts';
import type { PartsOf } from '../identity-parts.ts';
import { typeOfPrincipal } from '../viewer/principal.ts';
import { parseAction } from './audit.input.ts';

export const createAuditResolvers = (partsOf: PartsOf) =>
  ({
    Query: {
      auditEvents: async (_query, { action, ...args }) => {
        const page = parsePage(args);
        return toConnection(await partsOf().stores.audit.page(page, parseAction(action)), page);
      },
    },
    Actor: {
      __resolveType: typeOfPrincipal,
    },
    AuditEvent: {
      actor: ({ actorKind, actorId }, _args, { load }) => {
        if (actorId === null) return null;
        return actorKind === 'USER' ? load.users(actorId) : load.apiClients(actorId);
      },
    },
  }) satisfies Resolvers;
