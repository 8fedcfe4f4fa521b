import { UnrecordedReadsError } from '@graphql-gatehouse/authorization';
import type { FastifyBaseLogger } from 'fastify';
import type { GraphQLError } from 'graphql';
import { logLevelOf, ReadNotRecordedError } from '../../errors.ts';
import { causeOf, isMasked, type ToClientError } from './format-error.ts';

export interface ErrorLogOptions {
  readonly logger: Pick<FastifyBaseLogger, 'error' | 'warn' | 'info'>;
  readonly toClientError: ToClientError;
}

/** The request and the operation of an error. */
export interface ErrorPlace {
  readonly requestId: string;
  readonly operationName: string | null | undefined;
}

/** Logs masked errors, and what errors have to say to operators, with the id of the request. Never logs variables: they can contain passwords. */
export function createErrorLog({ logger, toClientError }: ErrorLogOptions) {
  return (errors: readonly GraphQLError[], place: ErrorPlace): void => {
    for (const error of errors) {
      const facts = { ...place, path: error.path, err: causeOf(error) };
      if (isMasked(error, toClientError)) {
        logger.error(facts, 'unexpected error');
        continue;
      }
      const clientError = toClientError(facts.err);
      if (logLevelOf(clientError) === 'warn') logger.warn(facts, 'service unavailable');
      else if (clientError?.detail !== undefined) {
        const { detail, code } = clientError;
        logger.info(
          { ...place, path: error.path, code, detail },
          'rejected for a reason of the data',
        );
      }
    }
  };
}

/** Logs why reads could not be recorded, once for each answer. What the database reported is already in the log. */
export function createRecordLog({ logger }: Pick<ErrorLogOptions, 'logger'>) {
  return (errors: readonly GraphQLError[], place: ErrorPlace): void => {
    const found = errors.find((error) => error instanceof UnrecordedReadsError);
    if (found === undefined || found.cause instanceof ReadNotRecordedError) return;
    logger.error({ ...place, err: found.cause }, 'recording reads failed');
  };
}
