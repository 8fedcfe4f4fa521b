import type { ExecutionResult, GraphQLSchema } from 'graphql';
import { IncrementalDeliveryError } from '../../plan/incremental-delivery.ts';
import type { OperationRequest } from '../../plan/operation-request.ts';
import type { PlannedOperation } from '../../plan/plan-cache.ts';
import type { AuditedPlaces } from './audited-places.ts';
import { createIsCounted, toAuditedReads } from './counted-reads.ts';
import type { OnDelivered } from './delivery.ts';
import type { FollowedReads } from './follow-reads.ts';
import type { ReadNotes } from './read-notes.ts';
import { findUnrecorded, removeUnrecordedReads } from './remove-unrecorded-reads.ts';
import { createSelections, type Selections } from './selections-at.ts';
import { UnrecordedReadsError } from './unrecorded-reads-error.ts';

/** The record of audited values in one answer. */
export interface Recording {
  /** Rejects when the values must not be delivered. */
  readonly recorded: Promise<void>;
  /** Returns the answer without these values, and with an error in the place of each. */
  withoutReads(cause: unknown): ExecutionResult;
}

/** Follows the reads of one admitted operation. */
export interface ReadAudit {
  /** Records the audited values in an answer to be sent. Undefined: it holds none. */
  record(executed: ExecutionResult, answer: ExecutionResult): Recording | undefined;
}

/**
 * Begins to follow the reads of an operation before it runs. Undefined: it selects no audited coordinate.
 *
 * @throws {IncrementalDeliveryError} for one whose answer may be sent in parts.
 */
export type AuditReads<TContext> = (request: OperationRequest<TContext>) => ReadAudit | undefined;

/** The same for an operation that selects an audited coordinate. */
type AuditPlanned<TContext> = (
  request: OperationRequest<TContext>,
  planned: PlannedOperation,
) => ReadAudit;

export interface AuditParts<TContext> {
  readonly schema: GraphQLSchema;
  readonly places: AuditedPlaces;
  readonly followed: FollowedReads<TContext>;
  readonly onDelivered: OnDelivered<TContext>;
}

/** Creates the function that follows the reads of operations on one guarded schema. */
export function createAuditReads<TContext>(parts: AuditParts<TContext>): AuditPlanned<TContext> {
  return (request, planned) => {
    const { document, contextValue } = request;
    // A dry run does not refuse it before.
    if (planned.mayBeIncremental) throw new IncrementalDeliveryError();
    const takeNotes = parts.followed.follow(contextValue, planned.operation);
    const { schema } = parts;
    const selections = createSelections(schema, document, planned.operation);
    const audited = { planned, request, selections };
    return {
      record(executed, answer) {
        const notes = takeNotes(executed);
        if (!answer.data) return undefined;
        if (notes !== undefined) return recordNotes(parts, audited, { executed, answer, notes });
        if (!holdsFields(parts, audited, answer.data)) return undefined;
        const recorded = Promise.reject(new Error(notExecuted));
        return { recorded, withoutReads: (cause) => refuse(answer, cause) };
      },
    };
  };
}

const notExecuted =
  'An answer with audited fields was not executed on the guarded schema with the context of its operation.';

interface AuditedOperation<TContext> {
  readonly planned: PlannedOperation;
  readonly request: OperationRequest<TContext>;
  readonly selections: Selections;
}

/** Whether data has fields that are no introspection. */
function holdsFields<TContext>(
  { schema }: AuditParts<TContext>,
  { planned, selections }: AuditedOperation<TContext>,
  data: NonNullable<ExecutionResult['data']>,
): boolean {
  const root = schema.getRootType(planned.operation.operation);
  const fields = selections.fieldsAt(undefined, root?.name ?? '');
  return Object.keys(data).some((key) => fields.get(key)?.[0].name.value.startsWith('__') !== true);
}

interface NotedAnswer<TContext> {
  readonly executed: ExecutionResult;
  readonly answer: ExecutionResult;
  readonly notes: ReadNotes<TContext>;
}

function recordNotes<TContext>(
  { schema, places, onDelivered }: AuditParts<TContext>,
  { planned, request, selections }: AuditedOperation<TContext>,
  { executed, answer, notes }: NotedAnswer<TContext>,
): Recording | undefined {
  const { errors } = executed;
  const isCounted = createIsCounted({ errors, data: answer.data });
  const { document, operationName } = request;
  const { operation } = planned.operation;
  const withoutReads = (cause: unknown): ExecutionResult =>
    operation === 'query'
      ? refuse(answer, cause)
      : removeUnrecordedReads(answer, findUnrecorded(notes, isCounted), {
          schema,
          selections,
          cause,
        });
  try {
    const reads = toAuditedReads(notes, isCounted, places);
    if (reads.length === 0) return undefined;
    const { context } = notes;
    const delivery = { context, document, operationName, operation, reads };
    return { recorded: (async () => onDelivered(delivery))(), withoutReads };
  } catch (error) {
    return { recorded: Promise.reject(error), withoutReads };
  }
}

/** Returns an answer without any data. */
function refuse({ data: _omitted, ...rest }: ExecutionResult, cause: unknown): ExecutionResult {
  return { ...rest, errors: [new UnrecordedReadsError({ cause })] };
}
