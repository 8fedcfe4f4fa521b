import type { DocumentNode, GraphQLFormattedError } from 'graphql';
import type { Context } from '../../composition/context.ts';
import { type OnOperation, toOperationRecord } from '../operation-record.ts';
import type { RequestContextOptions } from '../request-context.ts';
import { errorCodeOf } from './close-codes.ts';
import type { Connection } from './connection.ts';

export interface SocketRecordOptions extends Pick<RequestContextOptions, 'toClientError'> {
  readonly onOperation: OnOperation;
  /** A monotonic clock, in milliseconds. */
  readonly elapsedMs: () => number;
}

/** An operation of a socket. */
export interface AskedOperation {
  readonly connection: Connection;
  readonly payload: { readonly query: string; readonly operationName?: string | null | undefined };
}

/** The record of one operation of a socket. Only its first end counts. */
export interface SocketRecord {
  /** Sets the document, once it is known to be valid. */
  readonly read: (document: DocumentNode) => void;
  /** Sets the errors in the answer. Empty: success. */
  readonly answered: (errors: readonly GraphQLFormattedError[]) => void;
  /** Ends the record of an operation that was decided and did not run. */
  readonly decided: () => void;
  /** Ends the record of a subscription whose source or socket ended, or that failed. */
  readonly ended: (error: unknown) => void;
}

/** Starts the record of an operation. It is reported when the operation has ended. */
export function recordOperation(
  { onOperation, elapsedMs, toClientError }: SocketRecordOptions,
  { connection, payload: { query, operationName } }: AskedOperation,
  context: Pick<Context, 'viewer' | 'requestId'>,
): SocketRecord {
  const startedAt = elapsedMs();
  let document: DocumentNode | undefined;
  let isRecorded = false;

  function end(errors: readonly GraphQLFormattedError[], isDecideOnly = false): void {
    if (isRecorded) return;
    isRecorded = true;
    const durationMs = elapsedMs() - startedAt;
    const begun = { query, operationName, document, context, durationMs, isDecideOnly };
    onOperation(toOperationRecord(begun, errors));
  }

  return {
    answered: (errors) => end(errors),
    decided: () => end([], true),
    read(found) {
      document = found;
    },
    ended(error) {
      const close = connection.closedBy();
      const code =
        error === undefined
          ? close && errorCodeOf(close)
          : (toClientError(error)?.code ?? 'INTERNAL_SERVER_ERROR');
      end(code === undefined ? [] : [{ message: '', extensions: { code } }]);
    },
  };
}
