import { ApolloClient, ApolloLink, gql, HttpLink, InMemoryCache } from '@apollo/client';
import { CombinedGraphQLErrors } from '@apollo/client/errors';
import { SetContextLink } from '@apollo/client/link/context';
import { ErrorLink } from '@apollo/client/link/error';
import { GraphQLWsLink } from '@apollo/client/link/subscriptions';
import { OperationTypeNode } from 'graphql';
import { from, switchMap } from 'rxjs';
import { hasExpired, RefusedError, type Session } from './session.ts';
import type { Socket } from './socket.ts';
import type { GraphQLFunctions, Sink, Variables } from './watch-entries.ts';

/**
 * Apollo Client 4: sends the token. When it has expired, refreshes it and sends the request again. Subscriptions use
 * the socket.
 */
export function createApolloClient(url: string, session: Session, socket: Socket): ApolloClient {
  const sendToken = new SetContextLink(({ headers }) => ({
    headers: { ...headers, ...session.headers() },
  }));
  const refreshToken = new ErrorLink(({ error, operation, forward }) => {
    if (!CombinedGraphQLErrors.is(error) || !hasExpired(error.errors)) return undefined;
    return from(session.refresh()).pipe(switchMap(() => forward(operation)));
  });
  return new ApolloClient({
    link: ApolloLink.split(
      ({ operationType }) => operationType === OperationTypeNode.SUBSCRIPTION,
      new GraphQLWsLink(socket),
      ApolloLink.from([refreshToken, sendToken, new HttpLink({ uri: url })]),
    ),
    cache: new InMemoryCache(),
  });
}

/** Options of a query that returns the permitted parts. The others are null, each with an error. */
export const lenient = {
  context: { headers: { prefer: 'handling=lenient' } },
  errorPolicy: 'all',
} as const;

/** The functions that `watchEntries` needs. */
export function apolloFunctions(client: ApolloClient): GraphQLFunctions {
  const toError = (error: Error) =>
    CombinedGraphQLErrors.is(error) ? new RefusedError(error.errors) : error;
  const shared = { fetchPolicy: 'no-cache', errorPolicy: 'all' } as const;
  return {
    async query<Data>(query: string, variables: Variables) {
      const { data, error } = await client.query<Data>({ ...shared, query: gql(query), variables });
      if (data === undefined || error) throw toError(error ?? new Error('No data.'));
      return data;
    },
    subscribe<Data>(query: string, variables: Variables, sink: Sink<Data>) {
      const results = client.subscribe<Data>({ ...shared, query: gql(query), variables });
      const subscription = results.subscribe(({ data, error }) => {
        if (error) sink.error(toError(error));
        else if (data) sink.next(data);
      });
      return () => subscription.unsubscribe();
    },
  };
}
