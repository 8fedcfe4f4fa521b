import type { GraphQLRequestContext, GraphQLResponse } from '@apollo/server';
import type { Answer, Asked, OperationContext } from '../../operation/asked.ts';
import { clientNameOf } from '../request/read-client-name.ts';

type Requested = Pick<
  GraphQLRequestContext<OperationContext>,
  'request' | 'contextValue' | 'source'
>;

/** Apollo Server itself refuses mutations by GET, and would run a subscription as a query. */
export const overHttp: Asked['allowedKinds'] = ['query', 'mutation'];

/** Returns the operation of a request to Apollo Server, which copies the context: its functions read rows for the copy. */
export const toAsked = ({ request, contextValue, source }: Requested): Asked => ({
  query: source ?? '', // absent when Apollo Server has refused the request before
  operationName: request.operationName,
  variables: request.variables,
  prefer: request.http?.headers.get('prefer'),
  clientName: clientNameOf((name) => request.http?.headers.get(name)),
  allowedKinds: overHttp,
  context: contextValue.withRows(contextValue),
});

export function toResponse(
  http: GraphQLResponse['http'],
  { status, headers, result: { errors, data, extensions } }: Answer,
): GraphQLResponse {
  http.status = status;
  for (const [name, value] of Object.entries(headers)) http.headers.set(name, value);
  const singleResult = {
    ...(errors === undefined ? {} : { errors: errors.map((error) => error.toJSON()) }),
    ...(data === undefined ? {} : { data: data && { ...data } }),
    ...(extensions === undefined ? {} : { extensions: { ...extensions } }),
  };
  return { http, body: { kind: 'single', singleResult } };
}
