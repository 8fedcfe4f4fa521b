import { type Client, createClient } from 'graphql-ws';
import { LoggedOutError, type Session } from './session.ts';

/** One WebSocket for all subscriptions, by the client of graphql-ws. */
export interface Socket extends Client {
  /**
   * Calls the listener when the subscriptions sent so far are open: after each `subscribe`, and after each reconnect.
   * The returned function removes the listener.
   */
  onOpen(listener: () => void): () => void;
}

export interface SocketOptions {
  readonly url: string;
  readonly session: Session;
  /** The class WebSocket, where none is global: in Node.js before version 22. */
  readonly webSocketImpl?: unknown;
}

/** Creates a socket that reconnects, with the next token, until the session has ended. */
export function createSocket({ url, session, webSocketImpl }: SocketOptions): Socket {
  const listeners = new Set<() => void>();
  let isExpired = false;
  let isToConfirm = false;
  const client = createClient({
    url: url.replace(/^http/, 'ws'),
    webSocketImpl,
    connectionParams: session.connectionParams,
    retryAttempts: Number.POSITIVE_INFINITY,
    shouldRetry: (error) => !(error instanceof LoggedOutError),
    // At once when the token has expired. Otherwise later and later: many clients may have lost their sockets.
    retryWait: (retries) => (isExpired && retries === 0 ? Promise.resolve() : waitToRetry(retries)),
    on: {
      connected: confirm,
      closed(event) {
        isExpired =
          event instanceof Object && 'reason' in event && event.reason === 'TOKEN_EXPIRED';
      },
    },
  });

  /** The server answers a query after it has opened the subscriptions that were sent before. */
  function confirm(): void {
    isToConfirm = false;
    client.subscribe(
      { query: '{ __typename }' },
      {
        next: () => {
          for (const listener of listeners) listener();
        },
        // Errors of the socket end the subscriptions too. An overloaded server sends a list of errors.
        error: (error) => void (Array.isArray(error) && waitToRetry(0).then(confirm)),
        complete: () => {},
      },
    );
  }

  return {
    ...client,
    subscribe(payload, sink) {
      const unsubscribe = client.subscribe(payload, sink);
      const isSubscription = /\bsubscription\b/.test(payload.query);
      if (isSubscription && !isToConfirm) {
        queueMicrotask(confirm); // once for all that are sent now
        isToConfirm = true;
      }
      return unsubscribe;
    },
    onOpen(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

/** Waits for one second at least, and for 30 seconds at most. */
export function waitToRetry(retries: number): Promise<void> {
  const waitMs = Math.min(15_000, 1_000 * 2 ** retries) * (1 + Math.random());
  return new Promise((resolve) => setTimeout(resolve, waitMs));
}
