import { InMemoryCache } from '@apollo/client';
import { relayStylePagination } from '@apollo/client/utilities';

/** Creates the cache, which joins the pages of each list. */
export const createCache = () =>
  new InMemoryCache({
    typePolicies: {
      Query: {
        fields: {
          invitations: relayStylePagination(),
          rooms: relayStylePagination(),
          users: relayStylePagination(['search', 'includeDisabled']),
        },
      },
      Room: { fields: { entries: relayStylePagination() } },
    },
  });
