import { ApolloClient, ApolloLink, HttpLink, InMemoryCache } from '@apollo/client';
import { CombinedGraphQLErrors } from '@apollo/client/errors';
import { SetContextLink } from '@apollo/client/link/context';
import { ErrorLink } from '@apollo/client/link/error';
import { from, switchMap } from 'rxjs';
import { hasExpired, type Session } from './session.ts';

/** Apollo Client 4: sends the token. When it has expired, refreshes it and sends the request again. */
export function createApolloClient(url: string, session: Session) {
  const sendToken = new SetContextLink(({ headers }) => ({
    headers: { ...headers, ...session.headers() },
  }));
  const refreshToken = new ErrorLink(({ error, operation, forward }) => {
    if (!CombinedGraphQLErrors.is(error) || !hasExpired(error.errors)) return undefined;
    return from(session.refresh()).pipe(switchMap(() => forward(operation)));
  });
  return new ApolloClient({
    link: ApolloLink.from([refreshToken, sendToken, new HttpLink({ uri: url })]),
    cache: new InMemoryCache(),
  });
}
