import { InMemoryCache } from '@apollo/client';
import { relayStylePagination } from '@apollo/client/utilities';

/** Creates the cache, which joins the pages of each list. */
export const createCache = () =>
  new InMemoryCache({
    typePolicies: {
      Query: {
        fields: {
          rooms: relayStylePagination(),
        },
      },
      Room: { fields: { entries: relayStylePagination() } },
    },
  });
