import type { GraphQLRequestContext, GraphQLResponse } from '@apollo/server';

const notOverHttp = {
  message: 'Subscriptions require a WebSocket with the graphql-transport-ws protocol.',
  extensions: { code: 'BAD_REQUEST' },
};

/**
 * Returns the refusal of a subscription over HTTP, and null for other operations. Called after the guards, so that
 * 401 and 403 take precedence.
 */
export function refuseSubscription<TContext extends object>({
  operation,
  response: { http },
}: Pick<GraphQLRequestContext<TContext>, 'operation' | 'response'>): GraphQLResponse | null {
  if (operation?.operation !== 'subscription') return null;
  http.status = 400;
  return { http, body: { kind: 'single', singleResult: { errors: [notOverHttp] } } };
}
