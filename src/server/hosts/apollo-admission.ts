import type { ApolloServerPlugin, GraphQLRequestListener } from '@apollo/server';
import type { Authorization } from '@gatehouse/authorization';
import { createAuthorizationPlugin } from '@gatehouse/authorization/apollo';
import type { CheckOperation } from '../../admission/check-operation.ts';
import type { Context } from '../../composition/context.ts';
import { createInvalidOperations, type InvalidOperationOptions } from '../invalid-operation.ts';

export interface ApolloAdmissionOptions extends InvalidOperationOptions {
  readonly authorization: Authorization<Context>;
  readonly checkOperation: CheckOperation;
  /** Names the protected space in `WWW-Authenticate` (RFC 9110, 11.5). */
  readonly realm: string;
}

/**
 * Creates the plugin that admits operations: first by the limits, then by the guards, then by their variables. It
 * also describes invalid operations.
 *
 * It is one plugin because Apollo Server starts the hooks of all plugins at the same time: the guards would decide
 * about operations that a limit refuses. Each plugin also costs time in each phase of a request.
 */
export function createApolloAdmission<TContext extends Context>(
  options: ApolloAdmissionOptions,
): ApolloServerPlugin<TContext> {
  const { authorization, checkOperation, realm } = options;
  const guard = createAuthorizationPlugin<TContext>({ realm, ...authorization });
  const invalid = createInvalidOperations(options);
  return {
    async requestDidStart(requestContext) {
      const hooks = (await guard.requestDidStart?.(requestContext)) ?? {};
      const ownHooks: GraphQLRequestListener<TContext> = {
        async didResolveOperation(resolved) {
          const { document, request, contextValue } = resolved;
          const { operationName, variables: variableValues } = request;
          await checkOperation({ document, operationName, variableValues, contextValue });
          await hooks.didResolveOperation?.(resolved);
        },
        async responseForOperation(resolved) {
          const answer = await hooks.responseForOperation?.(resolved);
          if (answer) return answer;
          const errors = invalid.findErrors(resolved);
          if (errors.length === 0) return null;
          const { http } = resolved.response;
          http.status = 400;
          const singleResult = { errors: errors.map((error) => error.toJSON()) };
          return { http, body: { kind: 'single', singleResult } };
        },
        async willSendResponse(answered) {
          await hooks.willSendResponse?.(answered);
          invalid.explain(answered);
        },
      };
      return Object.assign({}, hooks, ownHooks);
    },
  };
}
