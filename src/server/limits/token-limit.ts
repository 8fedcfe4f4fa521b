import { GraphQLError } from 'graphql';
import { OperationTooLargeError } from '../../errors.ts';
import type { ToClientError } from '../format-error.ts';

/** How graphql-js says that a document has more tokens than it may: its message alone tells. */
const tooManyTokens = /^Syntax Error: Document contains more tha[nt] \d+ tokens/;

/** Tells clients of too many tokens as of every other limit, and not as of a slip in the syntax. */
export const withTokenLimit =
  (toClientError: ToClientError, maxTokens: number): ToClientError =>
  (error) =>
    error instanceof GraphQLError && tooManyTokens.test(error.message)
      ? new OperationTooLargeError('TOKENS', maxTokens)
      : toClientError(error);
