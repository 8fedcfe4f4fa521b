import { parsePage, toConnection } from '../connection.ts';
import type { Resolvers } from '../generated/resolver-types.ts';
import { parseText } from '../text-input.ts';
import { typeOfPrincipal } from '../viewer/principal.ts';

const actionBounds = { least: 1, most: 64 };

export const auditResolvers = {
  Query: {
    auditEvents: async (_query, { action, ...args }, { stores }) => {
      const page = parsePage(args);
      const wanted = action ? parseText('action', action, actionBounds) : undefined;
      return toConnection(await stores.audit.page(page, wanted), page);
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
