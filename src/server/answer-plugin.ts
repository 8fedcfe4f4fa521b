import type { ApolloServerPlugin } from '@apollo/server';
import type { GraphQLFormattedError } from 'graphql';
import { createErrorLog, type ErrorLogOptions } from './error-log-plugin.ts';
import type { StatusOptions } from './failed-operation.ts';
import { setStatus } from './http-status-plugin.ts';
import { type OnOperation, toOperationRecord } from './operation-record.ts';
import { refuseSubscription } from './refuse-subscription.ts';
import type { OperationContext } from './request-context.ts';

export interface AnswerOptions extends ErrorLogOptions, StatusOptions {
  readonly onOperation: OnOperation;
  /** Milliseconds of a clock that never goes back. */
  readonly elapsedMs: () => number;
}

/** What the client of an operation was told that was not done in time: see `answerInTime`. */
const givenUp: GraphQLFormattedError = {
  message: '',
  extensions: { code: 'SERVICE_UNAVAILABLE' },
};

/**
 * Refuses subscriptions, logs the errors of each operation that Apollo Server answers, sets the status, and records the
 * operation. Stands
 * last, so that it sees what the client is told. One plugin: Apollo Server waits for each at each phase of an
 * operation, which costs more than what is done then.
 */
export function createAnswerPlugin(options: AnswerOptions): ApolloServerPlugin<OperationContext> {
  const { onOperation, elapsedMs } = options;
  const logErrors = createErrorLog(options);
  return {
    async requestDidStart() {
      const startedAt = elapsedMs();
      return {
        responseForOperation: async (resolved) => refuseSubscription(resolved),
        async didEncounterErrors({ errors, contextValue: { requestId }, operationName }) {
          logErrors(errors, { requestId, operationName });
        },
        async willSendResponse(answered) {
          setStatus(answered, options);
          const { request, queryHash, document, contextValue, response } = answered;
          const { body } = response;
          const told = body.kind === 'single' ? (body.singleResult.errors ?? []) : [];
          const errors = contextValue.isGivenUp?.() === true ? [givenUp] : told;
          const { query = '', operationName } = request;
          const durationMs = elapsedMs() - startedAt;
          onOperation(
            toOperationRecord(
              { query, queryHash, document, operationName, context: contextValue, durationMs },
              errors,
            ),
          );
        },
      };
    },
  };
}
