import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';

/** The HTTP connections, with their unanswered requests. */
export interface Connections {
  /** Returns the unanswered requests of a connection, in order. */
  requestsOf(connection: Duplex): readonly IncomingMessage[];
  /**
   * Resolves when the requests before this one have been answered. Undefined: they have. Absent: waits for all
   * requests of the connection.
   */
  earlierAnswered(connection: Duplex, request?: IncomingMessage): Promise<unknown> | undefined;
  /** Continues the response that waits until the connection can send more. */
  drained(connection: Duplex): void;
  /** Whether the request that is still arriving was already answered, such as a refusal by its headers. */
  isAnsweredEarly(connection: Duplex): boolean;
  /** Forgets a connection that no longer uses HTTP. */
  release(connection: Duplex): void;
  /**
   * Ends idle connections of a server that is closing. Received requests are answered first. Requests that are still
   * arriving, and clients that do not read their answer, have `arrivalMs`. Continues until the returned function is
   * called.
   */
  end(arrivalMs: number): () => void;
}

/**
 * The maximum number of unanswered requests of one connection. Few clients send a request before they have the last
 * answer, and answers are kept until their turn.
 */
const maxUnanswered = 20;

/**
 * Watches the connections of a server, and ends one with too many unanswered requests.
 *
 * When Node.js closes a server, it ends only the connections that are idle at that moment, and does not check for
 * slow clients any more. Other open connections, such as those of proxies, would prevent the server from closing.
 */
export function watchConnections(server: Server): Connections {
  /**
   * Arrays, which hold one response in most cases: a `Set` that lives long and is changed by each request keeps requests
   * in memory until the next whole garbage collection.
   */
  const connections = new Map<Duplex, ServerResponse[]>();
  const answeredEarly = new WeakMap<Duplex, IncomingMessage>();

  server.on('connection', (connection: Duplex) => {
    if (connections.has(connection)) return; // passed to Node.js again after an ignored upgrade
    connections.set(connection, []);
    connection.once('close', () => connections.delete(connection));
  });
  // Node.js has a separate event for requests with the header Expect.
  for (const event of ['request', 'checkExpectation']) {
    server.on(event, ({ socket }: IncomingMessage, response: ServerResponse) => {
      const unanswered = connections.get(socket) ?? [];
      unanswered.push(response);
      response.once('close', () => {
        unanswered.splice(unanswered.indexOf(response), 1);
        if (!response.req.complete) answeredEarly.set(socket, response.req);
      });
      if (unanswered.length > maxUnanswered) socket.destroy();
    });
  }

  return {
    release: (connection) => connections.delete(connection),
    requestsOf: (connection) => (connections.get(connection) ?? []).map(({ req }) => req),
    earlierAnswered(connection, request) {
      let earlier: ServerResponse | undefined;
      for (const response of connections.get(connection) ?? []) {
        if (response.req === request) break;
        earlier = response;
      }
      return earlier && new Promise((resolve) => earlier.once('close', resolve));
    },
    drained(connection) {
      const [current] = connections.get(connection) ?? [];
      current?.emit('drain');
    },
    isAnsweredEarly: (connection) =>
      answeredEarly.get(connection)?.complete === false ||
      (connections.get(connection) ?? []).some((each) => each.headersSent && !each.req.complete),
    end(arrivalMs) {
      for (const unanswered of connections.values()) sayLast(unanswered.at(-1));
      const lastSeen = new WeakMap<Duplex, string>();
      const timer = setInterval(() => {
        for (const [connection, unanswered] of connections) {
          const isAwaited = unanswered.some(({ req }) => req.complete);
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

/** Returns a text that stays the same while no output is sent. */
const stateOfOutput = (connection: Duplex): string =>
  `${connection instanceof Socket ? connection.bytesWritten : 0} ${connection.writableLength}`;

/** Makes Node.js end the connection after this response. */
function sayLast(response: ServerResponse | undefined): void {
  if (response?.headersSent === false) response.setHeader('connection', 'close');
}
