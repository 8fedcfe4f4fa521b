import type { DocumentNode } from 'graphql';

/** One operation to authorize before it runs. `variableValues` are not coerced yet. */
export interface OperationRequest<TContext> {
  readonly document: DocumentNode;
  readonly operationName?: string | null | undefined;
  readonly variableValues?: Readonly<Record<string, unknown>> | null | undefined;
  readonly contextValue: TContext;
  /**
   * Whether the operation runs in spite of denials. Each denied path becomes null. Denials that were returned before
   * the run are not repeated while it runs, where the field is nullable.
   */
  readonly isLenient?: boolean;
}
