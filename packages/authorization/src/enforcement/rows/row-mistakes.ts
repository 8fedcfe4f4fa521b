import { toInternalError } from '../calls/internal-error.ts';
import { RowsError } from '../calls/rows-error.ts';
import type { RowRule } from './row-rule.ts';

/** What happens when the resolver of rows, or a policy, makes a mistake. */
export interface RowMistakeOptions<TContext> {
  /**
   * Called when a narrowed field is not delivered: its resolver did not ask for the filter or returned a row that
   * is not admitted, or a filter could not be made. The client gets an internal error.
   */
  readonly onRowsError?: (error: RowsError, context: TContext) => void;
}

export type RowMistakes<TContext> = ReturnType<typeof createRowMistakes<TContext>>;

/** Creates what reports mistakes to `onRowsError`, and returns the errors for the client. */
export function createRowMistakes<TContext>({ onRowsError }: RowMistakeOptions<TContext>) {
  function report(error: RowsError, context: TContext): Error {
    onRowsError?.(error, context);
    return toInternalError(error);
  }

  return {
    report,
    /** Reports the first mistake of a call alone. */
    fail(rule: RowRule<TContext>, problem: string, cause?: unknown): Error {
      const { coordinate, context, isLate } = rule;
      rule.failure ??= report(new RowsError(coordinate, problem, { cause, isLate }), context);
      return rule.failure;
    },
  };
}
