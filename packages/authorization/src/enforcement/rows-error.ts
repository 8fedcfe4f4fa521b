import { GraphQLError } from 'graphql';

/**
 * A narrowed field could not be delivered, because its resolver or a policy made a mistake. For logs: the client gets
 * an internal error.
 */
export class RowsError extends Error {
  override readonly name = 'RowsError';
  readonly coordinate: string;

  constructor(coordinate: string, problem: string, options?: ErrorOptions) {
    super(`${coordinate}: ${problem}`, options);
    this.coordinate = coordinate;
  }
}

/** Converts the error to the one that the client gets. Its `originalError` is the given one. */
export const toInternalError = (originalError: RowsError): GraphQLError =>
  new GraphQLError('Internal server error.', {
    originalError,
    extensions: { code: 'INTERNAL_SERVER_ERROR' },
  });
