import type {
  ApolloServerPlugin,
  BaseContext,
  GraphQLRequestContextWillSendResponse,
} from '@apollo/server';
import { type StatusOptions, toFailedAnswer } from './failed-operation.ts';

/** Creates the plugin that gives an operation that failed as a whole the status of its error instead of 200. */
export function createHttpStatusPlugin(options: StatusOptions): ApolloServerPlugin<BaseContext> {
  return {
    async requestDidStart() {
      return {
        async willSendResponse(requestContext) {
          setStatus(requestContext, options);
        },
      };
    },
  };
}

/** Sets the status of one answer. */
export function setStatus(
  { response, document, operation }: GraphQLRequestContextWillSendResponse<BaseContext>,
  options: StatusOptions,
): void {
  const { body, http } = response;
  if (body.kind !== 'single') return;
  const { errors, data } = body.singleResult;
  const failed = toFailedAnswer({ errors, data, document, operation }, options);
  if (failed === undefined) return;
  if (failed.omitsData && errors !== undefined) body.singleResult = { errors };
  if (failed.status !== undefined) http.status = failed.status;
  for (const [name, value] of Object.entries(failed.headers)) {
    // The challenge of a refusal is more specific.
    if (name !== 'www-authenticate' || !http.headers.has(name)) http.headers.set(name, value);
  }
}
