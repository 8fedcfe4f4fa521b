import { parsePage, toConnection } from '../../values/page.ts';
import type { Resolvers } from '../generated/resolver-types.ts';
import type { PartsOf } from '../identity-parts.ts';
import { typeOfPrincipal } from '../viewer/principal.ts';
import { parseAuditFilter } from './audit.input.ts';

export const createAuditResolvers = (partsOf: PartsOf) =>
  ({
    Query: {
      auditEvents: async (_query, { first, after, ...given }, { fromReplica }, info) => {
        const page = parsePage({ first, after });
        const filter = parseAuditFilter(given);
        const events = await fromReplica(info, (_db, source) =>
          partsOf().stores.audit.page(page, filter, source),
        );
        return toConnection(events, page);
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
