import { Client, fetchExchange } from '@urql/core';
import { authExchange } from '@urql/exchange-auth';
import { hasExpired, type Session } from './session.ts';

/** urql: authExchange sends the token. When it has expired, refreshes it and sends the request again. */
export function createUrqlClient(url: string, session: Session): Client {
  const auth = authExchange(async ({ appendHeaders }) => ({
    addAuthToOperation: (operation) => appendHeaders(operation, session.headers()),
    didAuthError: ({ graphQLErrors }) => hasExpired(graphQLErrors),
    refreshAuth: () => session.refresh(),
  }));
  return new Client({ url, preferGetMethod: false, exchanges: [auth, fetchExchange] });
}
