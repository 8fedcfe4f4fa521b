import { setImmediate, setTimeout } from 'node:timers/promises';
import type { Authorization } from '@graphql-gatehouse/authorization';
import type { FastifyBaseLogger, FastifyReply, FastifyRequest } from 'fastify';
import { handleProtocols } from 'graphql-ws';
import { type WebSocket, WebSocketServer } from 'ws';
import { toAddressKey } from '../../authentication/address-key.ts';
import { createCounter } from '../../authentication/counter.ts';
import type { Context } from '../../context/context.ts';
import type { Tracing } from '../../observability/tracing.ts';
import { toHttpAnswer } from '../../operation/errors/graphql-error.ts';
import { createFairQueue } from '../../operation/fair-queue.ts';
import type { OperationLimits } from '../../operation/limits.ts';
import { type AccessWatchOptions, createAccessWatch } from '../access/access.ts';
import {
  browserRequestOf,
  clientOf,
  type RequestContextOptions,
} from '../request/request-context.ts';
import { endWith } from '../transport/client-errors.ts';
import { sendAnswer } from '../transport/http-errors.ts';
import type { LoadLimits, LoadShedding } from '../transport/load-shedding.ts';
import { type Close, closeCodes } from './close-codes.ts';
import { createOperationQueue } from './operation-queue.ts';
import { createProtocol, type SocketState } from './protocol.ts';
import { createRunOperation, type OperationsOptions } from './run-operation.ts';
import { type OpenSocket, openSocket } from './socket.ts';
import { type Connection, toWatched } from './socket-connection.ts';
import {
  closeTimeoutMs,
  messageBurst,
  operationStartLimits,
  pieceLimits,
  type SocketLimits,
} from './socket-limits.ts';
import { queueKeyOf, type RunOperation } from './socket-operation.ts';
import { createStartOrder } from './start-order.ts';
import { findUpgradeRefusal, stopping } from './upgrade-refusal.ts';
import type { Upgrade } from './upgrades.ts';

export interface SubscriptionsOptions
  extends RequestContextOptions,
    Pick<AccessWatchOptions, 'membershipsOf' | 'tokenEndsAt' | 'events' | 'now'>,
    OperationsOptions {
  /** The maximum number of operations that wait for their turn. */
  readonly loadLimits: Pick<LoadLimits, 'maxConcurrentRequests'>;
  readonly authorization: Authorization<Context>;
  readonly shedding: Pick<LoadShedding, 'run'>;
  readonly logger: FastifyBaseLogger;
  /** Other origins whose pages may connect. */
  readonly allowedOrigins: readonly string[];
  readonly socketLimits: SocketLimits;
  readonly limits: OperationLimits;
  /** Absent: nothing is traced. */
  readonly tracing: Tracing | undefined;
  /** A monotonic clock, in milliseconds. */
  readonly elapsedMs: () => number;
}

export interface Subscriptions {
  /** Accepts a connection as a WebSocket, or refuses it. */
  accept(request: FastifyRequest, reply: FastifyReply, upgrade: Upgrade): Promise<FastifyReply>;
  load(): { readonly sockets: number; readonly subscriptions: number };
  /** Accepts no new operations, and closes each socket when its queries and mutations have been answered. */
  stop(): Promise<void>;
}

interface SocketEntry extends SocketState {
  readonly socket: OpenSocket;
}

export function createSubscriptions(options: SubscriptionsOptions): Subscriptions {
  const webSockets = createWebSockets(options.limits);
  const sockets = new Set<SocketEntry>();
  const byAddress = createCounter();
  let isStopping = false;
  const { protocol, stopWatching } = joinProtocol(options, () => isStopping);

  function open(webSocket: WebSocket, request: FastifyRequest, sessionCookie?: string): void {
    const close = (code: number, reason: string) => entry.socket.close(code, reason);
    const state = createState(request, sessionCookie, close);
    const { client } = state.connection;
    const entry: SocketEntry = Object.assign(state, {
      socket: openSocket({
        webSocket,
        open: (end) => protocol.opened(state.queue.join(end), state),
        onProblem: (error) =>
          request.log.info({ err: error }, 'a WebSocket client violated the protocol'),
        elapsedMs: options.elapsedMs,
      }),
    });
    const release = client.ip === undefined ? () => {} : byAddress.add(toAddressKey(client.ip));
    sockets.add(entry);
    void entry.socket.closed.then(() => {
      release();
      sockets.delete(entry);
    });
  }

  return {
    async accept(request, reply, upgrade) {
      const refusal = isStopping
        ? stopping
        : findUpgradeRefusal(request, options, { all: sockets.size, ofAddress: byAddress.of });
      if (refusal !== undefined) return sendAnswer(reply, toHttpAnswer(refusal));
      const sessionCookie = options.cookies.credentialsOf(
        { authorization: [], hasCookies: request.headers.cookie !== undefined },
        () => browserRequestOf(request),
      ).sessionCookie;
      reply.hijack();
      const { socket, head } = upgrade.take();
      webSockets.handleUpgrade(request.raw, socket, head, (webSocket) =>
        open(webSocket, request, sessionCookie),
      );
      return reply;
    },
    load: () => ({
      sockets: sockets.size,
      subscriptions: [...sockets].reduce((sum, { connection }) => sum + connection.running.size, 0),
    }),
    async stop() {
      isStopping = true;
      await Promise.all([...sockets].map(endOnceAnswered));
      stopWatching();
    },
  };
}

function createWebSockets({ maxBodyBytes }: Pick<OperationLimits, 'maxBodyBytes'>) {
  const webSockets = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    maxPayload: maxBodyBytes,
    ...pieceLimits(maxBodyBytes),
    handleProtocols,
    // Documented, but missing in @types/ws 8.18. Pongs for one read are sent together, so a burst may wait.
    ...{ closeTimeout: closeTimeoutMs, maxPendingAutoPongs: messageBurst + 1 },
  });
  // Handles invalid handshakes, such as one without a key. Without a listener ws answers with its own text.
  webSockets.on('wsClientError', (_error, connection) =>
    endWith(connection, { status: 400, message: handshakeMessage }),
  );
  return webSockets;
}

function createState(
  request: FastifyRequest,
  sessionCookie: string | undefined,
  close: Connection['close'],
): SocketState {
  let closedBy: Close | undefined;
  return {
    connection: {
      client: clientOf(request),
      sessionCookie,
      requestId: request.id,
      running: new Map(),
      close(code, reason) {
        closedBy ??= { code, reason };
        close(code, reason);
      },
      closedBy: () => closedBy,
    },
    queue: createOperationQueue(),
    startOrder: createStartOrder(),
    unanswered: new Set(),
    access: undefined,
  };
}

function joinProtocol(options: SubscriptionsOptions, isStopping: () => boolean) {
  const { authorization, operations, socketLimits, tracing } = options;
  const watch = createAccessWatch(options);
  const run = createRunOperation(options);
  const maxWaiting = options.loadLimits.maxConcurrentRequests;
  const runFairly = createFairQueue({ ...operationStartLimits, maxWaiting });
  const runOperation: RunOperation = (operation) =>
    tracing === undefined ? run(operation) : tracing.operation(() => run(operation));
  const protocol = createProtocol({
    schema: authorization.schema,
    watch: (connection, credentials) => watch.watch(toWatched(connection, options), credentials),
    runOperation: (operation) =>
      runFairly(queueKeyOf(operation), () => options.shedding.run(() => runOperation(operation))),
    describe: operations.reports.describe,
    hasTooManySockets: (principal) => watch.countOf(principal) > socketLimits.maxSocketsPerViewer,
    isStopping,
  });
  return { protocol, stopWatching: watch.stop };
}

const handshakeMessage = 'The request is not a valid WebSocket handshake, version 13 (RFC 6455).';

/** The interval of checks whether a socket has been answered, when the server stops. */
const answeredPollMs = 20;

async function endOnceAnswered({ socket, unanswered }: SocketEntry): Promise<void> {
  while (unanswered.size > 0) await setTimeout(answeredPollMs);
  await setImmediate(); // sends the last answers first
  socket.close(closeCodes.goingAway, 'GOING_AWAY');
  await socket.closed;
}
