import type { PageRequest } from '../../context/read-page.ts';
import type { Resolvers } from '../generated/resolver-types.ts';
import { newestFirst, toIdPage } from '../id-page.ts';
import type { IdentityLoad } from '../identity-context.ts';
import type { PartsOf } from '../identity-parts.ts';
import { loadPrincipal, typeOfPrincipal } from '../viewer/principal.ts';
import { parseAuditFilter, parseRecord } from './audit.input.ts';
import type { AuditEventRecord } from './audit.records.ts';

export const createAuditResolvers = (partsOf: PartsOf) =>
  ({
    Query: {
      auditEvents: (_query, { first: _first, after: _after, ...given }, context, info) => {
        const filter = parseAuditFilter(given);
        return context.fromReplica(info, (_db, source) => {
          const read = (request: PageRequest) =>
            partsOf().stores.audit.page(toIdPage(request), filter, source);
          return context.page(info, { read }, newestFirst);
        });
      },
      recordReads: (_query, { first: _first, after: _after, ...given }, context, info) => {
        const record = parseRecord(given);
        return context.fromReplica(info, (_db, source) => {
          const read = (request: PageRequest) =>
            partsOf().stores.reads.page(toIdPage(request), record, source);
          return context.page(info, { read }, newestFirst);
        });
      },
    },
    Actor: {
      __resolveType: typeOfPrincipal,
    },
    AuditEvent: {
      actor: (event, _args, { load }) => loadActor(event, load),
      subject: ({ subjectId }, _args, { load }) =>
        subjectId === null ? null : loadPrincipal(subjectId, load),
    },
    RecordRead: { actor: (read, _args, { load }) => loadActor(read, load) },
  }) satisfies Resolvers;

function loadActor(
  { actorKind, actorId }: Pick<AuditEventRecord, 'actorKind' | 'actorId'>,
  load: IdentityLoad,
) {
  if (actorId === null) return null;
  return actorKind === 'USER' ? load.users(actorId) : load.apiClients(actorId);
}
