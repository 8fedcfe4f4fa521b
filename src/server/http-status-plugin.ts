import type {
  ApolloServerPlugin,
  BaseContext,
  GraphQLRequestContextWillSendResponse,
} from '@apollo/server';
import type { DocumentNode, SelectionSetNode } from 'graphql';
import { Kind } from 'graphql';
import { toDenialResponse } from '../authorization/index.ts';
import { retryHeaders, statusOf } from './graphql-error.ts';

/**
 * Gives an operation that failed as a whole the status of its error, in place of 200.
 *
 * Only where nothing came out and nothing was done: a 4xx or 5xx means that. A query changes nothing.
 * A mutation of one field that failed was undone by its transaction; of a mutation of several, some
 * may have been done, so it stays 200 and the errors tell.
 */
export function createHttpStatusPlugin({
  realm,
}: {
  readonly realm: string;
}): ApolloServerPlugin<BaseContext> {
  return {
    async requestDidStart() {
      return {
        async willSendResponse(requestContext) {
          setStatus(requestContext, realm);
        },
      };
    },
  };
}

function setStatus(
  requestContext: GraphQLRequestContextWillSendResponse<BaseContext>,
  realm: string,
): void {
  const { response, document, operation } = requestContext;
  if (response.body.kind !== 'single') return;
  const { errors, data } = response.body.singleResult;
  if (errors === undefined || (data !== null && data !== undefined)) return;
  const isMutation = operation?.operation === 'mutation';
  if (data === null && isMutation && document !== undefined) {
    if (countRootFields(document, operation.selectionSet) > 1) return;
    response.body.singleResult = { errors };
  }
  const refusal = errors.find(({ extensions }) => extensions?.code === 'UNAUTHENTICATED');
  const decisive = refusal ?? errors[0];
  const status = decisive && statusOf(decisive);
  if (status === undefined) return;
  response.http.status = status;
  if ((status === 401 || status === 403) && !response.http.headers.has('www-authenticate')) {
    const code = status === 401 ? 'UNAUTHENTICATED' : 'FORBIDDEN';
    const denial = { code, reason: String(decisive?.extensions?.reason) } as const;
    response.http.headers.set('www-authenticate', toDenialResponse([denial], realm).challenge);
  }
  for (const [name, value] of retryHeaders(decisive?.extensions?.code)) {
    response.http.headers.set(name, value);
  }
}

/** How many root fields may run at most; what `@skip` leaves out is counted too, to be on the safe side. */
function countRootFields(document: DocumentNode, { selections }: SelectionSetNode): number {
  let count = 0;
  for (const selection of selections) {
    if (selection.kind === Kind.FIELD) count += selection.name.value === '__typename' ? 0 : 1;
    else if (selection.kind === Kind.INLINE_FRAGMENT) {
      count += countRootFields(document, selection.selectionSet);
    } else {
      const fragment = document.definitions.find(
        (each) =>
          each.kind === Kind.FRAGMENT_DEFINITION && each.name.value === selection.name.value,
      );
      if (fragment?.kind === Kind.FRAGMENT_DEFINITION) {
        count += countRootFields(document, fragment.selectionSet);
      }
    }
  }
  return count;
}
