import type { ApolloServerPlugin } from '@apollo/server';
import type { Authorization } from '@gatehouse/authorization';
import { createAuthorizationPlugin } from '@gatehouse/authorization/apollo';
import type { CheckOperation } from '../../admission/check-operation.ts';
import type { Context } from '../../composition/context.ts';

export interface ApolloAdmissionOptions {
  readonly authorization: Authorization<Context>;
  readonly checkOperation: CheckOperation;
  /** Names the protected space in `WWW-Authenticate` (RFC 9110, 11.5). */
  readonly realm: string;
}

/**
 * Makes the plugin that admits operations: within the limits first, then by the guards. One plugin, because Apollo
 * Server starts the hooks of all plugins at once, and the guards would decide about what a limit refuses.
 */
export function createApolloAdmission<TContext extends Context>({
  authorization,
  checkOperation,
  realm,
}: ApolloAdmissionOptions): ApolloServerPlugin<TContext> {
  const guard = createAuthorizationPlugin<TContext>({ ...authorization, realm });
  return {
    async requestDidStart(requestContext) {
      const hooks = (await guard.requestDidStart?.(requestContext)) ?? {};
      return {
        ...hooks,
        async didResolveOperation(resolved) {
          const { document, request, contextValue } = resolved;
          const { operationName, variables: variableValues } = request;
          await checkOperation({ document, operationName, variableValues, contextValue });
          await hooks.didResolveOperation?.(resolved);
        },
      };
    },
  };
}
