import type { ApolloServerPlugin } from '@apollo/server';
import type { FastifyBaseLogger } from 'fastify';
import { ServiceUnavailableError } from '../errors.ts';
import type { Context } from '../schema/context.ts';
import { causeOf, isMasked, type ToClientError } from './format-error.ts';

export interface ErrorLogOptions {
  readonly logger: Pick<FastifyBaseLogger, 'error' | 'warn'>;
  readonly toClientError: ToClientError;
}

/** Logs what clients are not told, under the request's id. Never variables: they hold passwords. */
export function createErrorLogPlugin({
  logger,
  toClientError,
}: ErrorLogOptions): ApolloServerPlugin<Context> {
  return {
    async requestDidStart() {
      return {
        async didEncounterErrors({ errors, contextValue, operationName }) {
          for (const error of errors) {
            const facts = {
              requestId: contextValue.requestId,
              operationName,
              path: error.path,
              err: causeOf(error),
            };
            if (isMasked(error, toClientError)) logger.error(facts, 'unexpected error');
            else if (toClientError(facts.err) instanceof ServiceUnavailableError) {
              logger.warn(facts, 'service unavailable');
            }
          }
        },
      };
    },
  };
}
