import { type Exchange, makeOperation, type Operation, type OperationResult } from '@urql/core';
import { filter, fromPromise, makeSubject, map, merge, mergeMap, pipe } from 'wonka';
import type { Sending } from './answers.ts';
import type { GatehouseClient } from './gatehouse-client.ts';

/**
 * Creates an exchange of urql, to be put before the fetchExchange. It sends the session, refreshes an expired token
 * once for all operations that notice this, and sends each of them again, once. Refusals update the viewer.
 */
export const gatehouseExchange =
  ({ sending, recover }: Pick<GatehouseClient, 'sending' | 'recover'>): Exchange =>
  ({ forward }) =>
  (operations$) => {
    const retries = makeSubject<Operation>();
    /** What each operation was sent with, by its key; and those that are sent again. */
    const sent = new Map<number, Sending>();
    const retried = new Set<number>();

    function prepare(operation: Operation): Operation {
      const { kind, key, context } = operation;
      if (kind === 'teardown') {
        sent.delete(key);
        retried.delete(key);
        return operation;
      }
      const proof = sending();
      sent.set(key, proof);
      const { fetchOptions } = context;
      const options = (typeof fetchOptions === 'function' ? fetchOptions() : fetchOptions) ?? {};
      return makeOperation(kind, operation, {
        ...context,
        fetchOptions: {
          ...options,
          credentials: proof.credentials,
          headers: { ...Object.fromEntries(new Headers(options.headers)), ...proof.headers },
        },
      });
    }

    /** Returns undefined for a result that the operation's second one replaces. */
    async function settle(result: OperationResult): Promise<OperationResult | undefined> {
      const { operation, error } = result;
      const { key } = operation;
      const proof = sent.get(key);
      const isRetry = retried.delete(key);
      if (!error?.graphQLErrors.length || proof === undefined || isRetry) return result;
      if (!(await recover(error.graphQLErrors, proof)) || !sent.has(key)) return result;
      retried.add(key);
      retries.next(operation);
      return undefined;
    }

    return pipe(
      merge([operations$, retries.source]),
      map(prepare),
      forward,
      mergeMap((result) => fromPromise(settle(result))),
      filter((result) => result !== undefined),
    );
  };
