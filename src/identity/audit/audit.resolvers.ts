import type { PageRequest } from '../../context/read-page.ts';
import type { Resolvers } from '../generated/resolver-types.ts';
import { newestFirst, toIdPage } from '../id-page.ts';
import type { PartsOf } from '../identity-parts.ts';
import { loadPrincipal, typeOfPrincipal } from '../viewer/principal.ts';
import { parseAuditFilter } from './audit.input.ts';

export const createAuditResolvers = (partsOf: PartsOf) =>
  ({
    Query: {
      auditEvents: (_query, { first: _first, after: _after, ...asked }, context, info) => {
        const filter = parseAuditFilter(asked);
        return context.fromReplica(info, (_db, source) => {
          const read = (request: PageRequest) =>
            partsOf().stores.audit.page(toIdPage(request), filter, source);
          return context.page(info, { read }, newestFirst);
        });
      },
    },
    Actor: {
      __resolveType: typeOfPrincipal,
    },
    AuditEvent: {
      actor({ actorKind, actorId }, _args, { load }) {
        if (actorId === null) return null;
        return actorKind === 'USER' ? load.users(actorId) : load.apiClients(actorId);
      },
      subject: ({ subjectId }, _args, { load }) =>
        subjectId === null ? null : loadPrincipal(subjectId, load),
    },
  }) satisfies Resolvers;
