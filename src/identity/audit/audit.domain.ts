import { defineDomain } from '../../composition/domain.ts';
import { sdlFile } from '../../composition/sdl-file.ts';
import type { IdentityContext } from '../identity-context.ts';
import type { PartsOf } from '../identity-parts.ts';
import { createAuditResolvers } from './audit.resolvers.ts';

/** The audit log. */
export const createAuditDomain = (partsOf: PartsOf) =>
  defineDomain<IdentityContext>({
    name: 'audit',
    typeDefs: sdlFile(new URL('audit.graphql', import.meta.url)),
    resolvers: createAuditResolvers(partsOf),
    events: {
      auditEventAdded: {
        table: 'gatehouse.audit_events',
        read: (ids) => partsOf().stores.audit.findByIds(ids),
      },
    },
  });
