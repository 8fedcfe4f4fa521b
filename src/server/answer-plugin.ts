import type { ApolloServerPlugin } from '@apollo/server';
import type { GraphQLFormattedError } from 'graphql';
import { setCookie } from './cookies/set-cookie.ts';
import { createErrorLog, type ErrorLogOptions } from './error-log-plugin.ts';
import type { StatusOptions } from './failed-operation.ts';
import { setStatus } from './http-status-plugin.ts';
import { type OnOperation, toOperationRecord } from './operation-record.ts';
import { refuseSubscription } from './refuse-subscription.ts';
import type { OperationContext } from './request-context.ts';

export interface AnswerOptions extends ErrorLogOptions, StatusOptions {
  readonly onOperation: OnOperation;
  /** A monotonic clock, in milliseconds. */
  readonly elapsedMs: () => number;
}

/** The error recorded for an operation whose client already got a timeout: see `answerInTime`. */
const givenUp: GraphQLFormattedError = {
  message: '',
  extensions: { code: 'SERVICE_UNAVAILABLE' },
};

/**
 * Refuses subscriptions, logs the errors of each operation, sets the status, and records the operation. It comes after
 * all plugins that answer, so that it sees the final response. One plugin, because Apollo Server waits for each plugin
 * in each phase of an operation, which costs more than the work done there.
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
          setCookie(answered);
          const { request, queryHash, document, contextValue, response } = answered;
          const { body } = response;
          const sent = body.kind === 'single' ? (body.singleResult.errors ?? []) : [];
          const errors = contextValue.isGivenUp?.() === true ? [givenUp] : sent;
          const { query = '', operationName } = request;
          const durationMs = elapsedMs() - startedAt;
          const isDecideOnly =
            body.kind === 'single' && body.singleResult.extensions?.decision !== undefined;
          const begun = {
            query,
            queryHash,
            document,
            operationName,
            context: contextValue,
            durationMs,
            isDecideOnly,
          };
          onOperation(toOperationRecord(begun, errors));
        },
      };
    },
  };
}
