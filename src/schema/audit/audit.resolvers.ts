import { parsePage, toConnection } from '../connection.ts';
import type { Resolvers } from '../generated/resolver-types.ts';
import { typeOfPrincipal } from '../viewer/principal.ts';
import { parseAction } from './audit.input.ts';
import type { AuditEventRecord } from './audit.store.ts';

export const auditResolvers = {
  Query: {
    auditEvents: async (_query, { action, ...args }, { stores }) => {
      const page = parsePage(args);
      return toConnection(await stores.audit.page(page, parseAction(action)), page);
    },
  },
  Subscription: {
    auditEventAdded: {
      subscribe: (_subscription, _args, { services }) => services.events.auditEvents.subscribe(),
      resolve: (event: AuditEventRecord) => event,
    },
  },
  Actor: {
    __resolveType: typeOfPrincipal,
  },
  AuditEvent: {
    actor: ({ actorKind, actorId }, _args, { loaders }) => {
      if (actorId === null) return null;
      return actorKind === 'USER' ? loaders.users.load(actorId) : loaders.apiClients.load(actorId);
    },
  },
} satisfies Resolvers;
