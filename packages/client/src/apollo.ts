import { ApolloLink } from '@apollo/client/link';
import { concatMap, from, type Observable, of } from 'rxjs';
import type { GatehouseClient } from './gatehouse-client.ts';

/**
 * Creates a link of Apollo Client 4, to be put before the HttpLink. It sends the session, refreshes an expired token
 * once for all operations that notice this, and sends each of them again, once. Refusals update the viewer.
 */
export const createGatehouseLink = ({
  sending,
  recover,
}: Pick<GatehouseClient, 'sending' | 'recover'>): ApolloLink =>
  new ApolloLink((operation, forward) => {
    function attempt(isRetry: boolean): Observable<ApolloLink.Result> {
      const sent = sending();
      operation.setContext(({ headers }: { readonly headers?: object }) => ({
        headers: { ...headers, ...sent.headers },
        credentials: sent.credentials,
      }));
      return forward(operation).pipe(
        concatMap((result) => {
          if (isRetry || !result.errors?.length) return of(result);
          return from(recover(result.errors, sent)).pipe(
            concatMap((isRecovered) => (isRecovered ? attempt(true) : of(result))),
          );
        }),
      );
    }
    return attempt(false);
  });
