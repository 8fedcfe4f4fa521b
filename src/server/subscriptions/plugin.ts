import type { ApolloServerPlugin } from '@apollo/server';
import type { DocumentNode } from 'graphql';
import type { Context } from '../../composition/context.ts';

/** One operation of a document, as Apollo Server has found it good and the guards have let it in. */
export interface AdmittedOperation {
  readonly document: DocumentNode;
  readonly operationName: string | undefined;
  readonly variableValues: Readonly<Record<string, unknown>> | undefined;
}

/** The context of an operation: over a socket it can be a subscription. */
export interface OperationContext extends Context {
  /** Takes a subscription that may run, to run it. Absent over HTTP. */
  readonly takeSubscription?: (operation: AdmittedOperation) => void;
  /** Whether the client was told meanwhile that it took too long. What comes of it then reaches nobody. */
  readonly isGivenUp?: () => boolean;
}

/**
 * Hands subscriptions to whoever can run them: Apollo Server cannot. All that it does before execution it
 * has done by then: parsing, validation, limits and guards are the same for every kind of operation and
 * every way to the server. Stands after the plugin that authorizes.
 */
export function createSubscriptionPlugin(): ApolloServerPlugin<OperationContext> {
  return {
    async requestDidStart() {
      return {
        async responseForOperation({ document, operation, request, contextValue, response }) {
          // Where the document has no such operation there is none here, whatever its type says.
          if (operation?.operation !== 'subscription') return null;
          const { http } = response;
          if (contextValue.takeSubscription === undefined) {
            http.status = 400;
            return { http, body: { kind: 'single', singleResult: { errors: [notOverHttp] } } };
          }
          const { operationName, variables: variableValues } = request;
          contextValue.takeSubscription({ document, operationName, variableValues });
          return { http, body: { kind: 'single', singleResult: {} } };
        },
      };
    },
  };
}

const notOverHttp = {
  message: 'Subscriptions require a WebSocket at this URL with the graphql-transport-ws protocol.',
  extensions: { code: 'BAD_REQUEST' },
};
