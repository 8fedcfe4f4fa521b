import type { ExecutionResult, GraphQLError } from 'graphql';
import { ClientFacingError } from './client-facing-error.ts';
import {
  createErrorLog,
  createRecordLog,
  type ErrorLogOptions,
  type ErrorPlace,
} from './error-log.ts';
import { createFormatError } from './format-error.ts';

/** Converts errors to those for clients. One that was converted before stays as it is. */
export type FormatErrors = (errors: readonly GraphQLError[]) => readonly ClientFacingError[];

/** Logs masked errors, and those of an unavailable service. */
export type LogErrors = (errors: readonly GraphQLError[], place: ErrorPlace) => void;

export interface ErrorReports {
  readonly format: FormatErrors;
  readonly log: LogErrors;
  /** Logs why the reads of an answer could not be recorded, unless the failed write was logged. */
  readonly logUnrecorded: LogErrors;
  /** Logs and converts errors. */
  readonly describe: (
    errors: readonly GraphQLError[],
    place: ErrorPlace,
  ) => readonly ClientFacingError[];
}

/**
 * Creates the functions that log and convert the errors of operations, for every door.
 *
 * `extensions.http` of an error, by which libraries set a status, is not sent.
 */
export function createErrorReports(options: ErrorLogOptions, maxTokens?: number): ErrorReports {
  const formatError = createFormatError(options.toClientError, maxTokens);
  const logErrors = createErrorLog(options);
  const format: FormatErrors = (errors) =>
    errors.map((error) => {
      if (error instanceof ClientFacingError) return error;
      const { http: _ofLibraries, ...extensions } = error.extensions;
      return new ClientFacingError(formatError({ ...error.toJSON(), extensions }, error), error);
    });
  const log: LogErrors = (errors, place) =>
    logErrors(
      errors.filter((error) => !(error instanceof ClientFacingError)),
      place,
    );
  return {
    format,
    log,
    logUnrecorded: createRecordLog(options),
    describe(errors, place) {
      log(errors, place);
      return format(errors);
    },
  };
}

/** A result whose errors are converted. */
export const withErrors = (result: ExecutionResult, format: FormatErrors): ExecutionResult =>
  result.errors === undefined ? result : { ...result, errors: format(result.errors) };
