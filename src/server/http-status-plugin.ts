import type {
  ApolloServerPlugin,
  BaseContext,
  GraphQLRequestContextWillSendResponse,
} from '@apollo/server';
import { toDenialResponse } from '@gatehouse/authorization';
import { retryHeaders, statusOf } from './graphql-error.ts';
import { rootFieldsOf } from './operation-fields.ts';

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
    if (rootFieldsOf(document, operation.selectionSet).length > 1) return;
    // An error below the root field came after it, of an answer to what has been done.
    if (errors.some(({ path }) => path !== undefined && path.length > 1)) return;
    response.body.singleResult = { errors };
  }
  const refusal = errors.find(({ extensions }) => extensions?.code === 'UNAUTHENTICATED');
  const decisive = refusal ?? errors[0];
  const status = decisive && statusOf(decisive);
  if (decisive === undefined || status === undefined) return;
  response.http.status = status;
  if ((status === 401 || status === 403) && !response.http.headers.has('www-authenticate')) {
    // Without the reason: an error that is no refusal of a guard speaks of no token in the header.
    const extensions = { code: decisive.extensions?.code };
    const { challenge } = toDenialResponse([{ extensions }], realm);
    response.http.headers.set('www-authenticate', challenge);
  }
  for (const [name, value] of retryHeaders(decisive.extensions)) {
    response.http.headers.set(name, value);
  }
}
