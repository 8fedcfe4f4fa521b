import type { GraphQLRequestContext, GraphQLResponse } from '@apollo/server';

const notOverHttp = {
  message: 'Subscriptions require a WebSocket at this URL with the graphql-transport-ws protocol.',
  extensions: { code: 'BAD_REQUEST' },
};

/** Refuses a subscription over HTTP; null for other operations. Called after the guards: 401 and 403 come first. */
export function refuseSubscription<TContext extends object>({
  operation,
  response: { http },
}: Pick<GraphQLRequestContext<TContext>, 'operation' | 'response'>): GraphQLResponse | null {
  if (operation?.operation !== 'subscription') return null;
  http.status = 400;
  return { http, body: { kind: 'single', singleResult: { errors: [notOverHttp] } } };
}
