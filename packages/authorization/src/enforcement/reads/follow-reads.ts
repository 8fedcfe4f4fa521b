import type { ExecutionResult, GraphQLResolveInfo, OperationDefinitionNode } from 'graphql';
import { OperationTypeNode } from 'graphql';
import { rootOf } from '../calls/execution.ts';
import { eventOf, eventOfResult, type SourceEvent } from '../calls/source-events.ts';
import { ReadNotes } from './read-notes.ts';

/** The part of a resolver's `info` that identifies its execution. */
type ExecutionInfo = Pick<GraphQLResolveInfo, 'operation' | 'path'>;

/** The execution of an admitted operation. */
interface Followed<TContext> {
  /** Undefined until its execution has begun, and after its notes were taken. */
  notes: ReadNotes<TContext> | undefined;
}

/** Finds the notes of the executions of admitted operations. */
export interface FollowedReads<TContext> {
  /** Follows the next execution of an operation with this context, and its events. Returns what takes its notes. */
  follow(
    context: TContext,
    operation: OperationDefinitionNode,
  ): (executed: ExecutionResult) => ReadNotes<TContext> | undefined;
  /** The operations that were followed. */
  readonly operations: { has(operation: OperationDefinitionNode): boolean };
  /** Called before the first root field of such an operation. */
  begin(context: TContext, info: ExecutionInfo): void;
  /** Returns the notes of the execution of a field. Undefined: its operation was not admitted. */
  notesOf(context: TContext, info: ExecutionInfo): ReadNotes<TContext> | undefined;
  /** Returns the notes of a query or mutation that has begun. */
  notesOfOperation(
    context: unknown,
    operation: OperationDefinitionNode,
  ): ReadNotes<TContext> | undefined;
}

/**
 * Identifies executions by context and operation, since hosts execute operations without saying which admission they
 * belong to. The events of `executeEvent` have contexts of their own, and are identified by their root value.
 */
export function createFollowedReads<TContext>(): FollowedReads<TContext> {
  const operations = new WeakSet<OperationDefinitionNode>();
  const byContext = new WeakMap<object, Map<OperationDefinitionNode, Followed<TContext>>>();
  const ofEvents = new WeakMap<SourceEvent, ReadNotes<TContext>>();

  const followedOf = (context: unknown, operation: OperationDefinitionNode) =>
    isObject(context) ? byContext.get(context)?.get(operation) : undefined;

  /** An execution that begins after the answer was finished is not followed. */
  function forget(context: unknown, operation: OperationDefinitionNode): void {
    if (isObject(context)) byContext.get(context)?.delete(operation);
  }

  function sourceOf({ operation, path }: ExecutionInfo): SourceEvent | undefined {
    if (operation.operation !== OperationTypeNode.SUBSCRIPTION) return undefined;
    return eventOf({ path: rootOf(path) });
  }

  return {
    operations,
    follow(context, operation) {
      const followed: Followed<TContext> = { notes: undefined };
      operations.add(operation);
      if (isObject(context)) {
        const ofContext = byContext.get(context) ?? new Map();
        byContext.set(context, ofContext.set(operation, followed));
      }
      return (executed) => {
        const event = eventOfResult(executed);
        if (event !== undefined) return ofEvents.get(event);
        const { notes } = followed;
        followed.notes = undefined;
        if (operation.operation !== OperationTypeNode.SUBSCRIPTION) forget(context, operation);
        return notes;
      };
    },
    begin(context, info) {
      const event = sourceOf(info);
      if (event === undefined) {
        const followed = followedOf(context, info.operation);
        if (followed !== undefined) followed.notes ??= new ReadNotes(context);
      } else if (!ofEvents.has(event)) {
        ofEvents.set(event, new ReadNotes(context));
      }
    },
    notesOf(context, info) {
      const event = sourceOf(info);
      return event === undefined ? followedOf(context, info.operation)?.notes : ofEvents.get(event);
    },
    notesOfOperation: (context, operation) => followedOf(context, operation)?.notes,
  };
}

const isObject = (value: unknown): value is object =>
  (typeof value === 'object' && value !== null) || typeof value === 'function';
