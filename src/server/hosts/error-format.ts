import { AuthorizationError } from '@gatehouse/authorization';
import { type ExecutionResult, GraphQLError } from 'graphql';
import { createErrorLog } from '../error-log-plugin.ts';
import { causeOf, createFormatError } from '../format-error.ts';
import type { HostPluginOptions } from './apollo-host.ts';

export type ErrorFormat = ReturnType<typeof createErrorFormat>;

/** Creates the functions that convert errors to those for clients, and log masked errors. */
export function createErrorFormat({
  toClientError,
  logger,
}: Pick<HostPluginOptions, 'toClientError' | 'logger'>) {
  const formatError = createFormatError(toClientError);
  const logErrors = createErrorLog({ logger, toClientError });

  /** Returns a refusal unchanged: the guards look for it. */
  function one(error: GraphQLError): GraphQLError {
    if (causeOf(error) instanceof AuthorizationError) return error;
    const { message, extensions } = formatError(error.toJSON(), error);
    const { nodes = null, source = null, positions = null, path = null } = error;
    const place = { nodes, source, positions, path };
    return new GraphQLError(message, { ...place, extensions: extensions ?? null });
  }
  return {
    one,
    /** Logs the errors before the guard replaces some of them. */
    log({ errors = [] }: ExecutionResult, place: Parameters<typeof logErrors>[1]): void {
      logErrors(errors, place);
    },
    result: (result: ExecutionResult): ExecutionResult =>
      result.errors === undefined ? result : { ...result, errors: result.errors.map(one) },
  };
}
