import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';

/** The connections by HTTP, with what has been asked on each and not been answered yet. */
export interface Connections {
  /** The requests of a connection, in the order in which they came. */
  requestsOf(connection: Duplex): readonly IncomingMessage[];
  /** Whether the request that is still arriving on it has had its answer already, as a refusal by its headers. */
  isAnsweredEarly(connection: Duplex): boolean;
  /** Forgets a connection that is one by HTTP no longer, unless it is given back. */
  release(connection: Duplex): void;
  /**
   * Ends those on which no answer is awaited, for a server that is closing: what has been asked is answered
   * first, what is still arriving has `arrivalMs`, and so has a client that takes nothing of its answer. Goes on
   * until the function that it gives is called.
   */
  end(arrivalMs: number): () => void;
}

/**
 * How many requests of one connection may wait for their answers. Clients that send the next before they have
 * the last answer are rare, and what is answered out of turn is kept until its turn comes.
 */
const maxUnanswered = 20;

/**
 * Watches the connections of a server, and ends one on which too much has been asked at once.
 *
 * When Node.js closes a server it ends the connections that are idle at that moment, and looks no more for
 * clients that are slow: any other that stays open, as those of proxies do, would keep the server from its end.
 */
export function watchConnections(server: Server): Connections {
  const connections = new Map<Duplex, Set<ServerResponse>>();
  const answeredEarly = new WeakMap<Duplex, IncomingMessage>();

  server.on('connection', (connection: Duplex) => {
    connections.set(connection, connections.get(connection) ?? new Set());
    connection.once('close', () => {
      for (const response of connections.get(connection) ?? []) tellOfEnd(response);
      connections.delete(connection);
    });
  });
  // Node.js tells of a request with the header Expect in another way.
  for (const event of ['request', 'checkExpectation']) {
    server.on(event, ({ socket }: IncomingMessage, response: ServerResponse) => {
      const unanswered = connections.get(socket);
      unanswered?.add(response);
      response.once('close', () => {
        unanswered?.delete(response);
        if (!response.req.complete) answeredEarly.set(socket, response.req);
      });
      if (unanswered !== undefined && unanswered.size > maxUnanswered) socket.destroy();
    });
  }

  return {
    release: (connection) => connections.delete(connection),
    requestsOf: (connection) => [...(connections.get(connection) ?? [])].map(({ req }) => req),
    isAnsweredEarly: (connection) =>
      answeredEarly.get(connection)?.complete === false ||
      [...(connections.get(connection) ?? [])].some(
        (each) => each.headersSent && !each.req.complete,
      ),
    end(arrivalMs) {
      for (const unanswered of connections.values()) sayLast([...unanswered].at(-1));
      const lastSeen = new WeakMap<Duplex, string>();
      const timer = setInterval(() => {
        for (const [connection, unanswered] of connections) {
          const isAwaited = [...unanswered].some(({ req }) => req.complete);
          const seen = lastSeen.get(connection);
          const now = stateOfOutput(connection);
          if (!isAwaited || (seen === now && connection.writableLength > 0)) connection.destroy();
          lastSeen.set(connection, now);
        }
      }, arrivalMs).unref();
      return () => clearInterval(timer);
    },
  };
}

/**
 * Node.js tells the end of a connection to the answer whose turn it is alone. Those behind it would never let
 * go of what they were to send, such as open files.
 */
function tellOfEnd(response: ServerResponse): void {
  if (response.socket !== null) return;
  response.destroy();
  response.emit('close');
}

/** Stays the same while what is waiting to be sent does not move. */
const stateOfOutput = (connection: Duplex): string =>
  `${connection instanceof Socket ? connection.bytesWritten : 0} ${connection.writableLength}`;

/** Has Node.js end the connection once this has been sent. */
function sayLast(response: ServerResponse | undefined): void {
  if (response?.headersSent === false) response.setHeader('connection', 'close');
}
