import { AuthorizationError } from '@gatehouse/authorization';
import type { GraphQLFormattedError } from 'graphql';
import { GraphQLError } from 'graphql';
import type { ClientError } from '../errors.ts';
import { withoutValues } from './values-in-errors.ts';

/** What a client may be told of an error, if anything. */
export type ToClientError = (error: unknown) => ClientError | undefined;

/**
 * Makes Apollo's `formatError`: client errors keep their message and facts, refusals theirs, errors of
 * the request itself (syntax, validation, coercion) Apollo's; every other error is masked.
 */
export function createFormatError(toClientError: ToClientError) {
  return (formatted: GraphQLFormattedError, error: unknown): GraphQLFormattedError => {
    const original = causeOf(error);
    const clientError = toClientError(original);
    if (clientError !== undefined) {
      const { message, code, facts } = clientError;
      return { ...placeOf(formatted), message, extensions: { ...facts, code } };
    }
    if (original instanceof AuthorizationError) return formatted;
    if (isRequestError(error, original)) return toRequestError(formatted, error);
    return {
      ...placeOf(formatted),
      message: 'Internal server error.',
      extensions: { code: 'INTERNAL_SERVER_ERROR' },
    };
  };
}

/** Whether clients are told nothing of an error, so that the log is the only place to tell it. */
export function isMasked(error: unknown, toClientError: ToClientError): boolean {
  const original = causeOf(error);
  return (
    toClientError(original) === undefined &&
    !(original instanceof AuthorizationError) &&
    !isRequestError(error, original)
  );
}

/**
 * Whether graphql-js or Apollo Server blames the request. Errors without a path are made before
 * anything runs; those with one come from arguments when they were born with nodes, and otherwise from
 * a resolver or from a value that it returned.
 */
function isRequestError(error: unknown, original: unknown): boolean {
  if (!(original instanceof GraphQLError) || !(error instanceof GraphQLError)) return false;
  return error.path === undefined || original.nodes !== undefined;
}

/** What was thrown, without the GraphQL errors that graphql-js and Apollo Server put around it. */
export function causeOf(error: unknown): unknown {
  return error instanceof GraphQLError && error.originalError !== undefined
    ? causeOf(error.originalError)
    : error;
}

/** Names of the operation stand in messages, and a client makes them as long as it likes. */
const maxMessageLength = 500;

/** Apollo Server knows no code for some of graphql-js, such as for too many variables that do not fit. */
function toRequestError(formatted: GraphQLFormattedError, error: unknown): GraphQLFormattedError {
  const { extensions, message, ...told } = withoutValues(formatted, error);
  const isUnknown = extensions?.code === 'INTERNAL_SERVER_ERROR';
  return {
    message:
      message.length > maxMessageLength ? `${message.slice(0, maxMessageLength)}...` : message,
    ...told,
    extensions: { ...extensions, ...(isUnknown ? { code: 'BAD_USER_INPUT' } : {}) },
  };
}

const placeOf = ({ locations, path }: GraphQLFormattedError) => ({
  ...(locations === undefined ? {} : { locations }),
  ...(path === undefined ? {} : { path }),
});
