import type { ExecutionResult, GraphQLError } from 'graphql';
import type { SubscribePayload } from 'graphql-ws';
import { anonymousPrincipalOf } from '../../context/principal.ts';
import type { Results, RunningOperation } from '../../operation/open-events.ts';
import type { Access } from '../access/access.ts';
import type { Connection } from './socket-connection.ts';
import type { OperationStart } from './start-order.ts';

export interface SocketOperation {
  /** The client's id. No other operation of the socket has it while this one runs. */
  readonly id: string;
  readonly payload: SubscribePayload;
  readonly connection: Connection;
  readonly access: Access;
  readonly start: OperationStart;
  /** Aborts when the client completes the operation or disconnects. */
  readonly left: AbortSignal;
}

/** The result of an operation: refused, answered once, or answered event by event. */
export type Outcome =
  | { readonly kind: 'refused'; readonly errors: readonly GraphQLError[] }
  | { readonly kind: 'answered'; readonly result: ExecutionResult }
  | { readonly kind: 'subscribed'; readonly running: RunningOperation; readonly results: Results };

export type RunOperation = (operation: SocketOperation) => Promise<Outcome>;

/**
 * Returns the key of an operation in the queue: the user, the API client, or the address of an anonymous viewer. With an
 * unknown address, each socket has its own key.
 */
export const queueKeyOf = ({ access, connection }: SocketOperation): string =>
  access.principal() ?? anonymousPrincipalOf(connection);
