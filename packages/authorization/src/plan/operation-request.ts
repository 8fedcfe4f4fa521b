import type { DocumentNode } from 'graphql';

/** One request, before it runs. `variableValues` as they arrived: they are coerced here. */
export interface OperationRequest<TContext> {
  readonly document: DocumentNode;
  readonly operationName?: string | null | undefined;
  readonly variableValues?: Readonly<Record<string, unknown>> | null | undefined;
  readonly contextValue: TContext;
  /**
   * Lenient: the operation will run in spite of what is denied. Each denied path becomes null; what
   * this function returns is not told again while it runs, wherever null may stand.
   */
  readonly isLenient?: boolean;
}
