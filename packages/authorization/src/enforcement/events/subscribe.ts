import type { ExecutionArgs, ExecutionResult, GraphQLError } from 'graphql';
import { execute } from 'graphql';
import { openSourceStream } from '../../graphql-js/source-stream.ts';
import { keepEvent, SourceEvent } from '../calls/source-events.ts';

/** An operation to subscribe to. */
export interface SubscribeArgs extends ExecutionArgs {
  /** Returns the context of one event, with the viewer as it is then. Default: the context of the subscription. */
  readonly eventContext?: () => unknown;
}

/** The results of a subscription, one for each event that exists for the viewer. */
export type SubscriptionResults = AsyncIterableIterator<ExecutionResult, void, undefined>;

/**
 * Executes a subscription as `subscribe` of graphql-js does, without the events that the rule of a type hides. It ends with
 * the first result that is refused because the proof of the viewer's identity is too old.
 */
export type Subscribe = (args: SubscribeArgs) => Promise<SubscriptionResults | ExecutionResult>;

/** Executes the operation of a subscription for one event, its root value. Undefined: a rule hides the event. */
export type ExecuteEvent = (args: ExecutionArgs) => Promise<ExecutionResult | undefined>;

export const executeEvent: ExecuteEvent = async ({ rootValue, ...args }) => {
  const event = new SourceEvent(rootValue);
  const result = await execute({ ...args, rootValue: event });
  keepEvent(event, result);
  return event.isHidden ? undefined : result;
};

export const subscribe: Subscribe = async ({ eventContext, ...args }) => {
  const source = await openSourceStream(args);
  if (!(Symbol.asyncIterator in source)) return source;
  return answerEvents(source[Symbol.asyncIterator](), async (rootValue) => {
    const contextValue = eventContext === undefined ? args.contextValue : await eventContext();
    return executeEvent({ ...args, contextValue, rootValue });
  });
};

const isTooOld = ({ extensions }: GraphQLError): boolean =>
  extensions.coordinate !== undefined && extensions.reason === 'AUTHENTICATION_TOO_OLD';

/** Answers events one by one. Ending the answers ends the source at once, also while it waits for an event. */
function answerEvents(
  events: AsyncIterator<unknown>,
  answer: (event: unknown) => Promise<ExecutionResult | undefined>,
): SubscriptionResults {
  const ended = { done: true, value: undefined } as const;
  let isEnded = false;
  async function end(): Promise<void> {
    isEnded = true;
    await events.return?.();
  }
  async function next(): Promise<IteratorResult<ExecutionResult, void>> {
    for (;;) {
      if (isEnded) return ended;
      const event = await events.next();
      if (event.done === true) return ended;
      const result = await answer(event.value).catch(async (error: unknown) => {
        await end();
        throw error;
      });
      if (result === undefined) continue;
      if (result.errors?.some(isTooOld)) await end();
      return { done: false, value: result };
    }
  }
  return {
    next,
    async return() {
      await end();
      return ended;
    },
    async throw(error: unknown) {
      await end();
      throw error;
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}
