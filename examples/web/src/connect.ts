import { ApolloClient, ApolloLink, HttpLink } from '@apollo/client';
import { GraphQLWsLink } from '@apollo/client/link/subscriptions';
import type { GatehouseClient } from '@graphql-gatehouse/client';
import { createGatehouseLink } from '@graphql-gatehouse/client/apollo';
import { OperationTypeNode } from 'graphql';
import { createCache } from './cache.ts';
import { createSocket } from './socket.ts';

/**
 * Connects to the API over HTTP, and over a WebSocket for subscriptions. The browser sends the session cookie with
 * both.
 */
export function connect(gatehouse: Pick<GatehouseClient, 'sending' | 'recover' | 'restore'>) {
  const socket = createSocket({
    // What happened before the subscriptions were open is read.
    onOpen: () => client.refetchQueries({ include: 'active' }),
    onRightsLost: () => gatehouse.restore(),
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
