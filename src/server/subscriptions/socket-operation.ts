import type { Authorization, createAdmit } from '@gatehouse/authorization';
import type { ExecutionResult, GraphQLError, GraphQLSchema } from 'graphql';
import type { SubscribePayload } from 'graphql-ws';
import type { CheckOperation } from '../../admission/check-operation.ts';
import type { OperationLimits } from '../../admission/limits.ts';
import type { ReadDocument } from '../../admission/read-document.ts';
import type { Viewer } from '../../authentication/viewer.ts';
import type { Context } from '../../composition/context.ts';
import { anonymousPrincipalOf } from '../../composition/principal.ts';
import type { ErrorPlace } from '../error-log-plugin.ts';
import type { StatusOptions } from '../failed-operation.ts';
import type { FairTurns } from '../limits/fair-turns.ts';
import type { RequestContextOptions } from '../request-context.ts';
import type { Access } from './access.ts';
import type { ClientFacingError } from './client-facing-error.ts';
import type { Connection, RunningOperation } from './connection.ts';
import type { SocketRecord, SocketRecordOptions } from './socket-record.ts';
import type { OperationStart } from './start-order.ts';

/** Converts errors to those for clients, and logs masked ones. */
export type DescribeErrors = (
  errors: readonly GraphQLError[],
  place: ErrorPlace,
) => readonly ClientFacingError[];

export interface OperationsOptions
  extends Pick<RequestContextOptions, 'createContext' | 'withinBudget'>,
    StatusOptions,
    SocketRecordOptions {
  readonly authorization: Pick<Authorization<Context>, 'schema'> &
    Parameters<typeof createAdmit<Context>>[0];
  readonly readDocument: ReadDocument;
  /** Returns the part of the schema that errors may name. */
  readonly visibleTo: (viewer: Viewer) => GraphQLSchema;
  readonly checkOperation: CheckOperation;
  readonly describeErrors: DescribeErrors;
  readonly limits: Pick<OperationLimits, 'maxErrors'>;
  /** Runs the answer to one event when it is the turn of its principal. */
  readonly inAnswerTurn: FairTurns;
}

/** One operation of a socket. */
export interface SocketOperation {
  /** The client's id. No other operation of the socket has it while this one runs. */
  readonly id: string;
  readonly payload: SubscribePayload;
  readonly connection: Connection;
  readonly access: Access;
  readonly start: OperationStart;
}

type Answers = AsyncIterableIterator<ExecutionResult, undefined, undefined>;

/** The result of an operation: refused, answered once, or answered event by event. */
export type Outcome =
  | { readonly kind: 'refused'; readonly errors: readonly GraphQLError[] }
  | {
      readonly kind: 'answered';
      readonly running: RunningOperation;
      readonly result: ExecutionResult;
    }
  | { readonly kind: 'subscribed'; readonly running: RunningOperation; readonly results: Answers };

export type RunOperation = (operation: SocketOperation) => Promise<Outcome>;

/** The steps of one operation, and their shared state. */
export interface Steps {
  readonly options: OperationsOptions;
  readonly operation: SocketOperation;
  readonly record: SocketRecord;
  /** Aborted, with the reason, when the operation's time is over. */
  readonly givenUp: AbortSignal;
  /** Aborted when the operation has ended, for any reason. */
  readonly ended: AbortController;
  /** Sends errors to the client, and ends the record. */
  readonly refuse: (errors: readonly GraphQLError[]) => Outcome;
}

/**
 * Returns whose turn an operation takes: the user, the API client, or the address of an anonymous viewer. With an unknown
 * address, each socket has its own turns.
 */
export const turnKeyOf = ({ access, connection }: SocketOperation): string =>
  access.principal() ?? anonymousPrincipalOf(connection);

/** Returns the place of an operation's errors, for the log. */
export const placeOf = ({
  connection: { requestId },
  payload: { operationName },
}: SocketOperation): ErrorPlace => ({ requestId, operationName });
