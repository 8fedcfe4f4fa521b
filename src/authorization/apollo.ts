import type {
  ApolloServerPlugin,
  BaseContext,
  GraphQLRequestContextWillSendResponse,
} from '@apollo/server';
import { AuthorizationError, type DenialExtensions } from './authorization-error.ts';
import type { AuthorizeOperation } from './authorize-operation.ts';
import { maxListedDenials, toDenialResponse } from './http-response.ts';

/** `realm` names the protected space in `WWW-Authenticate` (RFC 9110, 11.5). */
export interface AuthorizationPluginOptions<TContext> {
  readonly authorizeOperation: AuthorizeOperation<TContext>;
  readonly realm: string;
}

/**
 * Decides each operation before Apollo Server runs it, and answers refusals with 401 or 403 and no
 * data. Stands before every plugin that may answer in the place of execution, such as a cache.
 *
 * The decision is made once the operation is known, never in a validation rule: Apollo keeps validated
 * documents by text, so the next viewer would inherit it.
 */
export function createAuthorizationPlugin<TContext extends BaseContext>({
  authorizeOperation,
  realm,
}: AuthorizationPluginOptions<TContext>): ApolloServerPlugin<TContext> {
  return {
    async requestDidStart() {
      let denials: readonly AuthorizationError[] = [];
      return {
        async didResolveOperation({ document, request, contextValue }) {
          denials = await authorizeOperation({
            document,
            operationName: request.operationName,
            variableValues: request.variables,
            contextValue,
          });
        },
        async responseForOperation({ response }) {
          if (denials.length === 0) return null;
          answer(
            response.http,
            denials.map(({ denial }) => denial),
            realm,
          );
          const errors = denials.slice(0, maxListedDenials).map((denial) => denial.toJSON());
          return { http: response.http, body: { kind: 'single', singleResult: { errors } } };
        },
        async willSendResponse(requestContext) {
          refuseQueryDeniedWhileRunning(requestContext, realm);
        },
      };
    },
  };
}

/** A query changes nothing, so one that was denied while it ran is refused as a whole. */
function refuseQueryDeniedWhileRunning<TContext extends BaseContext>(
  { response, errors, operation }: GraphQLRequestContextWillSendResponse<TContext>,
  realm: string,
): void {
  if (operation?.operation !== 'query' || response.body.kind !== 'single') return;
  const denials = (errors ?? []).flatMap(({ originalError }) =>
    originalError instanceof AuthorizationError ? [originalError.denial] : [],
  );
  if (denials.length === 0) return;
  answer(response.http, denials, realm);
  const listed = (response.body.singleResult.errors ?? []).filter(({ extensions }) =>
    denials.some(({ code }) => code === extensions?.code),
  );
  response.body.singleResult = { errors: listed.slice(0, maxListedDenials), data: null };
}

function answer(
  http: GraphQLRequestContextWillSendResponse<BaseContext>['response']['http'],
  denials: readonly DenialExtensions[],
  realm: string,
): void {
  const { status, challenge } = toDenialResponse(denials, realm);
  http.status = status;
  http.headers.set('www-authenticate', challenge);
}
