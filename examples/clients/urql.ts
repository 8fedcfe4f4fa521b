import { Client, type CombinedError, fetchExchange, subscriptionExchange } from '@urql/core';
import { authExchange } from '@urql/exchange-auth';
import { hasExpired, RefusedError, type Session } from './session.ts';
import type { Socket } from './socket.ts';
import type { GraphQLFunctions, Sink, Variables } from './watch-entries.ts';

/**
 * urql: authExchange sends the token. When it has expired, refreshes it and sends the request again. Subscriptions use
 * the socket.
 */
export function createUrqlClient(url: string, session: Session, socket: Socket): Client {
  const auth = authExchange(async ({ appendHeaders }) => ({
    addAuthToOperation: (operation) => appendHeaders(operation, session.headers()),
    didAuthError: ({ graphQLErrors }) => hasExpired(graphQLErrors),
    refreshAuth: () => session.refresh(),
  }));
  const subscriptions = subscriptionExchange({
    forwardSubscription: ({ query = '', variables }) => ({
      subscribe: (sink) => ({
        unsubscribe: socket.subscribe(
          { query, variables },
          {
            ...sink,
            next: ({ data = null, errors }) => sink.next({ data, ...(errors && { errors }) }),
          },
        ),
      }),
    }),
  });
  return new Client({
    url,
    preferGetMethod: false,
    exchanges: [auth, fetchExchange, subscriptions],
  });
}

/** The context of a query that returns the permitted parts. The others are null, each with an error. */
export const lenient = { fetchOptions: { headers: { prefer: 'handling=lenient' } } };

/** The functions that `watchEntries` needs. */
export function urqlFunctions(client: Client): GraphQLFunctions {
  const toError = ({ graphQLErrors, networkError }: CombinedError) =>
    networkError ?? new RefusedError(graphQLErrors);
  return {
    async query<Data>(query: string, variables: Variables) {
      const { data, error } = await client.query<Data>(query, variables);
      if (data === undefined || error) throw error ? toError(error) : new Error('No data.');
      return data;
    },
    subscribe<Data>(query: string, variables: Variables, sink: Sink<Data>) {
      const results = client.subscription<Data>(query, variables);
      const { unsubscribe } = results.subscribe(({ data, error }) => {
        if (error) sink.error(toError(error));
        else if (data) sink.next(data);
      });
      return unsubscribe;
    },
  };
}
