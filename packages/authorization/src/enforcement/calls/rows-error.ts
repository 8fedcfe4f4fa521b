/** The details of a {@link RowsError}. */
interface RowsErrorOptions extends ErrorOptions {
  readonly isLate?: boolean;
}

/**
 * A narrowed field could not be delivered, because its resolver or a policy made a mistake. For logs: the client gets
 * an internal error.
 */
export class RowsError extends Error {
  override readonly name = 'RowsError';
  readonly coordinate: string;
  /** Whether a part of the connection was delivered before, so that the answer must not have data. */
  readonly isLate: boolean;

  constructor(
    coordinate: string,
    problem: string,
    { isLate = false, ...options }: RowsErrorOptions = {},
  ) {
    super(`${coordinate}: ${problem}`, options);
    this.coordinate = coordinate;
    this.isLate = isLate;
  }
}

/** Whether an error, as the executor lists it, was caused by a {@link RowsError} that is late. */
export const isLateRow = (error: unknown): boolean =>
  error instanceof RowsError
    ? error.isLate
    : error instanceof Error && 'originalError' in error && isLateRow(error.originalError);
