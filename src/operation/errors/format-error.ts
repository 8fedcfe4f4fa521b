import {
  AnswerTooLargeError,
  AuthorizationError,
  MissingRowError,
  UnrecordedReadsError,
} from '@graphql-gatehouse/authorization';
import { OperationTooComplexError } from '@graphql-gatehouse/authorization/read-by-halves';
import { RepresentationError } from '@graphql-gatehouse/authorization/representations';
import type { GraphQLFormattedError } from 'graphql';
import { GraphQLError, isValueNode } from 'graphql';
import { type ClientError, ReadNotRecordedError } from '../../errors.ts';
import { fromLibraryError } from './library-error.ts';
import { RequestError } from './request-error.ts';

/** Converts an error to one for clients, or returns undefined when clients must not see it. */
export type ToClientError = (error: unknown) => ClientError | undefined;

/**
 * Makes Apollo's `formatError`: errors of our own keep their message and facts, errors of a library about the
 * request (syntax, validation, coercion) get a message of our own, and every other error is masked.
 *
 * @param maxTokens how many tokens a document may have, where the host limits them as we do.
 */
export function createFormatError(toClientError: ToClientError, maxTokens?: number) {
  return (formatted: GraphQLFormattedError, error: unknown): GraphQLFormattedError => {
    const original = causeOf(error);
    const clientError = toClientError(original);
    if (clientError !== undefined) {
      const { message, code, facts } = clientError;
      return { ...placeOf(formatted), message, extensions: { ...facts, code } };
    }
    if (isOwn(error, original)) return formatted;
    if (isRequestError(error, original)) {
      const { message, extensions } = fromLibraryError(error, maxTokens);
      return { ...placeOf(formatted), message, extensions };
    }
    return {
      ...placeOf(formatted),
      message: 'Internal server error.',
      extensions: { code: 'INTERNAL_SERVER_ERROR' },
    };
  };
}

/** Whether an error is masked for clients, so that only the log contains it. */
export function isMasked(error: unknown, toClientError: ToClientError): boolean {
  const original = causeOf(error);
  return (
    toClientError(original) === undefined &&
    !isOwn(error, original) &&
    !isRequestError(error, original)
  );
}

/** The codes of errors of `@graphql-gatehouse/authorization` about an operation. */
const ownCodes: readonly unknown[] = [
  'BATCHING_NOT_SUPPORTED',
  'INCREMENTAL_DELIVERY_NOT_SUPPORTED',
  'OPERATION_TOO_COMPLEX',
  'INTROSPECTION_DISABLED',
  'INTROSPECTION_FAILED',
  'INTROSPECTION_NESTED',
];

/** Whether an error's message was written for clients. Errors with a path may be a resolver's, whatever their code. */
const isOwn = (error: unknown, original: unknown): boolean =>
  original instanceof AuthorizationError ||
  original instanceof AnswerTooLargeError ||
  original instanceof MissingRowError ||
  original instanceof OperationTooComplexError ||
  original instanceof RepresentationError ||
  original instanceof RequestError ||
  (error instanceof GraphQLError &&
    error.path === undefined &&
    ownCodes.includes(error.extensions.code));

/**
 * Whether graphql-js or Apollo Server blames the request. Errors without a path are made before anything runs;
 * those with one come from arguments when they were born with the node of a value, and otherwise from a resolver
 * or from a value that it returned.
 */
function isRequestError(error: unknown, original: unknown): error is GraphQLError {
  if (!(error instanceof GraphQLError)) return false;
  const { path, extensions } = error;
  // Its cause can be what a scalar has thrown for a literal.
  if (path === undefined && extensions.code === 'GRAPHQL_VALIDATION_FAILED') return true;
  if (!(original instanceof GraphQLError)) return false;
  const [node] = original.nodes ?? [];
  return path === undefined || (node !== undefined && isValueNode(node));
}

/** What was thrown, without the GraphQL errors that graphql-js, Apollo Server and the library put around it. */
export function causeOf(error: unknown): unknown {
  if (error instanceof UnrecordedReadsError) return toNotRecorded(error);
  return error instanceof GraphQLError && error.originalError !== undefined
    ? causeOf(error.originalError)
    : error;
}

/** Its cause can be any error, such as an object without an id. */
const toNotRecorded = ({ cause }: UnrecordedReadsError): ReadNotRecordedError =>
  cause instanceof ReadNotRecordedError ? cause : new ReadNotRecordedError({ cause });

const placeOf = ({ locations, path }: GraphQLFormattedError) => ({
  ...(locations === undefined ? {} : { locations }),
  ...(path === undefined ? {} : { path }),
});
