import { type Client, createClient } from 'graphql-ws';

interface SocketOptions {
  /** Called when the subscriptions sent so far are open, also after a reconnect. Earlier events are not sent. */
  readonly onOpen: () => void;
  /** Called when the server closes the socket because a session has ended, or a group is gone. */
  readonly onRightsLost: () => void;
}

/** The close codes for a session that has ended, and for a group that a subscription needs. */
const rightsLost = [4401, 4403];

/** Creates the WebSocket for subscriptions. It opens when it is needed, with the session cookie, and reconnects. */
export function createSocket({ onOpen, onRightsLost }: SocketOptions): Client {
  const client = createClient({
    url: `${window.location.origin.replace('http', 'ws')}/graphql`,
    retryAttempts: Number.POSITIVE_INFINITY,
    shouldRetry: () => true,
    on: {
      connected(_socket, _payload, wasRetry) {
        if (wasRetry) confirm();
      },
      closed(event) {
        if (event instanceof CloseEvent && rightsLost.includes(event.code)) onRightsLost();
      },
    },
  });

  /** The protocol does not confirm a subscription, but the server answers a query after it has opened those before. */
  function confirm(): void {
    // An error of the socket ends the subscriptions too.
    const ignore = () => {};
    client.subscribe(
      { query: '{ __typename }' },
      { next: onOpen, error: ignore, complete: ignore },
    );
  }

  return {
    ...client,
    subscribe(payload, sink) {
      const unsubscribe = client.subscribe(payload, sink);
      confirm();
      return unsubscribe;
    },
  };
}
