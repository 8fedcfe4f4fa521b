import { ApolloLink } from '@apollo/client/link';
import { concatMap, from, type Observable, of } from 'rxjs';
import { isDone, type Sending } from './answers.ts';
import type { GatehouseClient } from './gatehouse-client.ts';

/** An operation is sent again once for each cause: an expired token, and a proof that is too old. */
const maxRetries = 2;

/**
 * Creates a link of Apollo Client 4, to be put before the HttpLink. It sends the session, refreshes an expired token
 * once for all operations that notice this, asks once for a proof that is too old (`onReauthenticate`), and sends each of
 * them again, once: no mutation that took effect, or may have. Refusals update the viewer.
 */
export const createGatehouseLink = ({
  sending,
  recover,
}: Pick<GatehouseClient, 'sending' | 'recover'>): ApolloLink =>
  new ApolloLink((operation, forward) => {
    function attempt(refused?: Sending): Observable<ApolloLink.Result> {
      const sent = sending(refused);
      operation.setContext(({ headers }: { readonly headers?: object }) => ({
        headers: { ...headers, ...sent.headers },
        credentials: sent.credentials,
      }));
      return forward(operation).pipe(
        concatMap((result) => {
          if (!result.errors?.length || sent.after.length === maxRetries) return of(result);
          return from(recover(result.errors, sent)).pipe(
            concatMap((isRecovered) =>
              isRecovered && !isDone(result, operation.operationType === 'mutation')
                ? attempt(sent)
                : of(result),
            ),
          );
        }),
      );
    }
    return attempt();
  });
