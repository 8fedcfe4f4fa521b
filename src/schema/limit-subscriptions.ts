import { isAsyncIterable } from '@graphql-gatehouse/authorization/decision';
import type { GraphQLSchema } from 'graphql';
import { createCounter } from '../authentication/counter.ts';
import type { Context } from '../context/context.ts';
import { principalOf } from '../context/principal.ts';
import { TooManySubscriptionsError } from '../errors.ts';

/**
 * Limits the open subscriptions of one principal, for every transport and host: the fields of Subscription throw a
 * {@link TooManySubscriptionsError} when it has `maxPerViewer`.
 */
export function limitSubscriptions(schema: GraphQLSchema, maxPerViewer: number): void {
  const open = createCounter();
  for (const field of Object.values(schema.getSubscriptionType()?.getFields() ?? {})) {
    const { subscribe } = field;
    if (subscribe === undefined) continue;
    field.subscribe = async (source, args, context: Context, info) => {
      const principal = principalOf(context);
      if (open.of(principal) >= maxPerViewer) throw new TooManySubscriptionsError(maxPerViewer);
      const release = open.add(principal);
      try {
        return releaseAtEnd(await subscribe(source, args, context, info), release);
      } catch (error) {
        release();
        throw error;
      }
    };
  }
}

/** Calls `release` when the iterator has ended, from either side. Another value is returned unchanged. */
function releaseAtEnd(source: unknown, release: () => void): unknown {
  if (!isAsyncIterable(source)) {
    release();
    return source;
  }
  const events = source[Symbol.asyncIterator]();
  const released: AsyncIterableIterator<unknown> = {
    async next() {
      try {
        const result = await events.next();
        if (result.done === true) release();
        return result;
      } catch (error) {
        release();
        throw error;
      }
    },
    // A generator that waits for its next event is still open: it ends when what it waits for is there.
    async return() {
      try {
        return (await events.return?.()) ?? { done: true, value: undefined };
      } finally {
        release();
      }
    },
    [Symbol.asyncIterator]: () => released,
  };
  return released;
}
