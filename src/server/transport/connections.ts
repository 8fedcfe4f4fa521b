import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';

/** The connections by HTTP, with what has been asked on each and not been answered yet. */
export interface Connections {
  /** The requests of a connection, in the order in which they came. */
  requestsOf(connection: Duplex): readonly IncomingMessage[];
  /**
   * Ends those on which no answer is awaited, for a server that is closing: what has been asked is answered
   * first, and what is still arriving has `arrivalMs`. Goes on until the function that it gives is called.
   */
  end(arrivalMs: number): () => void;
}

/**
 * Watches the connections of a server.
 *
 * When Node.js closes a server it ends the connections that are idle at that moment, and looks no more for
 * clients that are slow: any other that stays open, as those of proxies do, would keep the server from its end.
 */
export function watchConnections(server: Server): Connections {
  const connections = new Map<Duplex, Set<ServerResponse>>();

  server.on('connection', (connection: Duplex) => {
    connections.set(connection, connections.get(connection) ?? new Set());
    connection.once('close', () => connections.delete(connection));
  });
  server.on('request', ({ socket }, response) => {
    const unanswered = connections.get(socket);
    unanswered?.add(response);
    response.once('close', () => unanswered?.delete(response));
  });
  // Then it is one by HTTP no longer, unless it is given back.
  server.on('upgrade', (_request, connection) => connections.delete(connection));

  return {
    requestsOf: (connection) => [...(connections.get(connection) ?? [])].map(({ req }) => req),
    end(arrivalMs) {
      for (const unanswered of connections.values()) sayLast([...unanswered].at(-1));
      const timer = setInterval(() => {
        for (const [connection, unanswered] of connections) {
          if (![...unanswered].some(({ req }) => req.complete)) connection.destroy();
        }
      }, arrivalMs).unref();
      return () => clearInterval(timer);
    },
  };
}

/** Has Node.js end the connection once this has been sent. */
function sayLast(response: ServerResponse | undefined): void {
  if (response?.headersSent === false) response.setHeader('connection', 'close');
}
