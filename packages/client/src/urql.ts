import { type Exchange, makeOperation, type Operation, type OperationResult } from '@urql/core';
import { filter, fromPromise, makeSubject, map, merge, mergeMap, pipe } from 'wonka';
import { isDone, type Sending } from './answers.ts';
import type { GatehouseClient } from './gatehouse-client.ts';

/** An operation is sent again once for each cause: an expired token, and a proof that is too old. */
const maxRetries = 2;

/**
 * Creates an exchange of urql, to be put before the fetchExchange. It sends the session, refreshes an expired token
 * once for all operations that notice this, asks once for a proof that is too old (`onReauthenticate`), and sends each of
 * them again, once: no mutation that took effect, or may have. Refusals update the viewer.
 */
export const gatehouseExchange =
  ({ sending, recover }: Pick<GatehouseClient, 'sending' | 'recover'>): Exchange =>
  ({ forward }) =>
  (operations$) => {
    const retries = makeSubject<Operation>();
    /** What each operation was sent with, by its key; and what those that are sent again were refused with. */
    const sent = new Map<number, Sending>();
    const refused = new Map<number, Sending>();

    function prepare(operation: Operation): Operation {
      const { kind, key, context } = operation;
      if (kind === 'teardown') {
        sent.delete(key);
        refused.delete(key);
        return operation;
      }
      const next = sending(refused.get(key));
      refused.delete(key);
      sent.set(key, next);
      const { fetchOptions } = context;
      const options = (typeof fetchOptions === 'function' ? fetchOptions() : fetchOptions) ?? {};
      return makeOperation(kind, operation, {
        ...context,
        fetchOptions: {
          ...options,
          credentials: next.credentials,
          headers: { ...Object.fromEntries(new Headers(options.headers)), ...next.headers },
        },
      });
    }

    /** Returns undefined for a result that the operation's second one replaces. */
    async function settle(result: OperationResult): Promise<OperationResult | undefined> {
      const { operation, error } = result;
      const { key } = operation;
      const used = sent.get(key);
      if (!error?.graphQLErrors.length || used === undefined) return result;
      if (used.after.length === maxRetries) return result;
      if (!(await recover(error.graphQLErrors, used)) || !sent.has(key)) return result;
      if (isDone(result, operation.kind === 'mutation')) return result;
      refused.set(key, used);
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
