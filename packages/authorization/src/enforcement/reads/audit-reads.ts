import type { ExecutionResult } from 'graphql';
import type { OperationRequest } from '../../plan/operation-request.ts';

/** The record of audited values in one answer. */
export interface Recording {
  /** Rejects when the values must not be delivered. */
  readonly recorded: Promise<void>;
  /** Returns the answer without these values, and an error in the place of each. */
  withhold(answer: ExecutionResult, cause: unknown): ExecutionResult;
}

/** Follows the reads of one admitted operation. */
export interface ReadAudit {
  /** Records the audited values in an answer to be sent. Undefined: it holds none. */
  record(executed: ExecutionResult, answer: ExecutionResult): Recording | undefined;
}

/** Begins to follow the reads of an operation before it runs. Undefined: it selects no audited coordinate. */
export type AuditReads<TContext> = (request: OperationRequest<TContext>) => ReadAudit | undefined;
