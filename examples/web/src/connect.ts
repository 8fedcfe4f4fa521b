import { ApolloClient, ApolloLink, HttpLink } from '@apollo/client';
import { GraphQLWsLink } from '@apollo/client/link/subscriptions';
import type { GatehouseClient } from '@gatehouse/client';
import { createGatehouseLink } from '@gatehouse/client/apollo';
import { OperationTypeNode } from 'graphql';
import { createClient } from 'graphql-ws';
import { createCache } from './cache.ts';

/** The server closes a socket with this code when its session has ended. */
const sessionEnded = 4401;

/**
 * Connects to the API over HTTP, and over a WebSocket for subscriptions. The browser sends the session cookie with
 * both.
 */
export function connect(gatehouse: Pick<GatehouseClient, 'sending' | 'recover' | 'restore'>) {
  const socket = createClient({
    url: `${window.location.origin.replace('http', 'ws')}/graphql`,
    retryAttempts: Number.POSITIVE_INFINITY,
    shouldRetry: () => true,
    on: {
      closed(event) {
        if (event instanceof CloseEvent && event.code === sessionEnded) gatehouse.restore();
      },
      connected(_socket, _payload, wasRetry) {
        // Events may have been missed while the socket was closed.
        if (wasRetry) client.refetchQueries({ include: 'active' });
      },
    },
  });
  const client = new ApolloClient({
    cache: createCache(),
    link: ApolloLink.split(
      ({ operationType }) => operationType === OperationTypeNode.SUBSCRIPTION,
      new GraphQLWsLink(socket),
      ApolloLink.from([createGatehouseLink(gatehouse), new HttpLink({ uri: '/graphql' })]),
    ),
  });

  function close(): void {
    client.stop();
    socket.dispose();
  }

  return { client, close };
}
