import { UnrecordedReadsError } from '@graphql-gatehouse/authorization';
import type { FastifyBaseLogger } from 'fastify';
import type { GraphQLError } from 'graphql';
import { AlreadyExistsError, logLevelOf, ReadNotRecordedError } from '../../errors.ts';
import { causeOf, isMasked, type ToClientError } from './format-error.ts';

export interface ErrorLogOptions {
  readonly logger: Pick<FastifyBaseLogger, 'error' | 'info' | 'warn'>;
  readonly toClientError: ToClientError;
}

/** The request and the operation of an error. */
export interface ErrorPlace {
  readonly requestId: string;
  readonly operationName: string | null | undefined;
}

/** Logs masked errors, with the id of the request. Never logs variables: they can contain passwords. */
export function createErrorLog({ logger, toClientError }: ErrorLogOptions) {
  return (errors: readonly GraphQLError[], place: ErrorPlace): void => {
    for (const error of errors) {
      const facts = { ...place, path: error.path, err: causeOf(error) };
      const clientError = toClientError(facts.err);
      if (isMasked(error, toClientError)) logger.error(facts, 'unexpected error');
      else if (clientError instanceof AlreadyExistsError) {
        // Without the error, in which a driver can quote the value.
        const { path } = error;
        logger.info({ ...place, path, ...clientError.violated }, 'a value already exists');
      } else if (logLevelOf(clientError) === 'warn') logger.warn(facts, 'service unavailable');
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
