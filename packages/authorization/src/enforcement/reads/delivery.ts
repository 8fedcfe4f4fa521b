import type { DocumentNode, OperationTypeNode } from 'graphql';

/** What one answer, or one event of a subscription, holds of coordinates with `@audited`. */
export interface Delivery<TContext> {
  /** The context of the operation, or of the event. */
  readonly context: TContext;
  readonly document: DocumentNode;
  readonly operationName: string | null | undefined;
  readonly operation: `${OperationTypeNode}`;
  /** At least one: an answer without audited values is not reported. */
  readonly reads: readonly AuditedRead[];
}

/** The values of one coordinate in one answer, for the objects of one type. */
export interface AuditedRead {
  /** That of a field of an object type, or the name of an object type. */
  readonly coordinate: string;
  /** Why its reads are recorded, from `@audited(reason:)`. */
  readonly reason?: string;
  /** The type of the nearest objects that have an id. Absent: there are none. */
  readonly type?: string;
  /** The ids of these objects, each once, in the order in which they were read. */
  readonly ids: readonly string[];
}

/**
 * Called before an answer that holds audited values is delivered, and before each such event. When it throws or rejects,
 * none of these values is delivered.
 */
export type OnDelivered<TContext> = (delivery: Delivery<TContext>) => Promise<void> | void;

/** The application's part of `@audited`. */
export interface AuditOptions<TContext> {
  /** Records reads of audited coordinates. Required by a schema with `@audited`. */
  readonly onDelivered?: OnDelivered<TContext>;
}
