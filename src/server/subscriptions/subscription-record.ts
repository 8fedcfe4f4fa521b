import type { GraphQLFormattedError } from 'graphql';
import type { Context } from '../../composition/context.ts';
import { type OnOperation, toOperationRecord } from '../operation-record.ts';
import type { RequestContextOptions } from '../request-context.ts';
import { closeCodes } from './close-codes.ts';
import type { Connection } from './connection.ts';
import type { AdmittedOperation } from './plugin.ts';

export interface SubscriptionRecordOptions extends Pick<RequestContextOptions, 'toClientError'> {
  readonly onOperation: OnOperation;
  /** Milliseconds of a clock that never goes back. */
  readonly elapsedMs: () => number;
}

/** What runs, and for whom. */
export interface RunningSubscription {
  readonly admitted: AdmittedOperation;
  readonly contextValue: Pick<Context, 'viewer' | 'requestId'>;
}

/** Records a subscription that was let in, once, when it ends. */
export function recordSubscription(
  { onOperation, elapsedMs, toClientError }: SubscriptionRecordOptions,
  { connection, payload }: { connection: Connection; payload: { readonly query: string } },
  { admitted, contextValue: context }: RunningSubscription,
) {
  const startedAt = elapsedMs();
  let isRecorded = false;

  function refuse(errors: readonly GraphQLFormattedError[]): void {
    if (isRecorded) return;
    isRecorded = true;
    const durationMs = elapsedMs() - startedAt;
    onOperation(toOperationRecord({ ...payload, ...admitted, context, durationMs }, errors));
  }

  return {
    refuse,
    /** It has ended by itself, with its socket, or by an error. */
    end(error: unknown): void {
      const code =
        error === undefined
          ? codeOfClose(connection.closedBy())
          : (toClientError(error)?.code ?? 'INTERNAL_SERVER_ERROR');
      refuse(code === undefined ? [] : [{ message: '', extensions: { code } }]);
    },
  };
}

/** Why this server has closed a socket, in the words of errors; undefined: for no fault. */
const codeOfClose = (closeCode: number | undefined): string | undefined =>
  closeCode === closeCodes.unauthenticated
    ? 'UNAUTHENTICATED'
    : closeCode === closeCodes.forbidden
      ? 'FORBIDDEN'
      : closeCode === closeCodes.tryAgainLater
        ? 'SERVICE_UNAVAILABLE'
        : undefined;
