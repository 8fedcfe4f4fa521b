import { isProofReason } from '@graphql-gatehouse/authorization';
import type { ExecutionResult, GraphQLError, GraphQLFormattedError } from 'graphql';
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

export interface ErrorReportsOptions extends ErrorLogOptions {
  /** What errors that ask the viewer for a new proof have in `extensions` beside their own facts. */
  readonly proofFacts: Readonly<Record<string, unknown>>;
}

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
export function createErrorReports(options: ErrorReportsOptions, maxTokens?: number): ErrorReports {
  const formatError = createFormatError(options.toClientError, maxTokens);
  const logErrors = createErrorLog(options);
  const format: FormatErrors = (errors) =>
    errors.map((error) => {
      if (error instanceof ClientFacingError) return error;
      const { http: _ofLibraries, ...extensions } = error.extensions;
      const formatted = formatError({ ...error.toJSON(), extensions }, error);
      return new ClientFacingError(addFacts(formatted, options.proofFacts), error);
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

/** Adds facts to an error that asks the viewer for a new proof. One that no proof can meet is FORBIDDEN. */
function addFacts(
  formatted: GraphQLFormattedError,
  facts: Readonly<Record<string, unknown>>,
): GraphQLFormattedError {
  const { extensions = {} } = formatted;
  if (extensions.code !== 'UNAUTHENTICATED' || !isProofReason(extensions.reason)) return formatted;
  return Object.assign({}, formatted, { extensions: { ...facts, ...extensions } });
}

/** A result whose errors are converted. */
export const withErrors = (result: ExecutionResult, format: FormatErrors): ExecutionResult =>
  result.errors === undefined ? result : { ...result, errors: format(result.errors) };
