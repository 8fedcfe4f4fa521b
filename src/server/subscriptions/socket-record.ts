import type { DocumentNode, GraphQLFormattedError } from 'graphql';
import type { Context } from '../../composition/context.ts';
import { type OnOperation, toOperationRecord } from '../operation-record.ts';
import type { RequestContextOptions } from '../request-context.ts';
import { closeCodes } from './close-codes.ts';
import type { Connection } from './connection.ts';

export interface SocketRecordOptions extends Pick<RequestContextOptions, 'toClientError'> {
  readonly onOperation: OnOperation;
  /** Milliseconds of a clock that never goes back. */
  readonly elapsedMs: () => number;
}

/** What is asked over a socket. */
export interface AskedOperation {
  readonly connection: Connection;
  readonly payload: { readonly query: string; readonly operationName?: string | null | undefined };
}

/** The record of one operation of a socket. Only its first end counts. */
export interface SocketRecord {
  /** The document, once it is known to be valid. */
  readonly read: (document: DocumentNode) => void;
  /** The errors that the client got; none for a success. */
  readonly answered: (errors: readonly GraphQLFormattedError[]) => void;
  /** A subscription ended: its source did, its socket did, or it failed. */
  readonly ended: (error: unknown) => void;
}

/** Begins the record of an operation, which is handed on when the operation has ended. */
export function recordOperation(
  { onOperation, elapsedMs, toClientError }: SocketRecordOptions,
  { connection, payload: { query, operationName } }: AskedOperation,
  context: Pick<Context, 'viewer' | 'requestId'>,
): SocketRecord {
  const startedAt = elapsedMs();
  let document: DocumentNode | undefined;
  let isRecorded = false;

  function answered(errors: readonly GraphQLFormattedError[]): void {
    if (isRecorded) return;
    isRecorded = true;
    const durationMs = elapsedMs() - startedAt;
    const begun = { query, operationName, document, context, durationMs };
    onOperation(toOperationRecord(begun, errors));
  }

  return {
    answered,
    read(found) {
      document = found;
    },
    ended(error) {
      const code =
        error === undefined
          ? codeOfClose(connection.closedBy())
          : (toClientError(error)?.code ?? 'INTERNAL_SERVER_ERROR');
      answered(code === undefined ? [] : [{ message: '', extensions: { code } }]);
    },
  };
}

/** Why this server has closed a socket, as an error code; undefined: for no fault. */
const codeOfClose = (closeCode: number | undefined): string | undefined =>
  closeCode === closeCodes.unauthenticated
    ? 'UNAUTHENTICATED'
    : closeCode === closeCodes.forbidden
      ? 'FORBIDDEN'
      : closeCode === closeCodes.tryAgainLater
        ? 'SERVICE_UNAVAILABLE'
        : undefined;
