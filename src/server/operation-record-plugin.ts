import type { ApolloServerPlugin } from '@apollo/server';
import type { GraphQLFormattedError } from 'graphql';
import { type OnOperation, toOperationRecord } from './operation-record.ts';
import type { OperationContext } from './request-context.ts';

export interface OperationRecordOptions {
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
 * Records each operation that Apollo Server answers. Stands last, so that it sees what the client is told.
 */
export function createOperationRecordPlugin({
  onOperation,
  elapsedMs,
}: OperationRecordOptions): ApolloServerPlugin<OperationContext> {
  return {
    async requestDidStart() {
      const startedAt = elapsedMs();
      return {
        async willSendResponse({ request, queryHash, document, contextValue, response }) {
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
