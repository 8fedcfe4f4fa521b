import {
  type Authorization,
  AuthorizationError,
  type RefusalError,
  UnrecordedReadsError,
} from '@graphql-gatehouse/authorization';
import { createSourceEventStream, type ExecutionResult, type GraphQLError } from 'graphql';
import type { Viewer } from '../authentication/viewer.ts';
import type { Context } from '../context/context.ts';
import { EventsLostError } from '../errors.ts';
import type { WithinDeadline } from '../values/within-deadline.ts';
import type { Admitted } from './admitted.ts';
import { answerEvents } from './answer-events.ts';
import { type ErrorReports, withErrors } from './errors/describe-errors.ts';
import { asGraphQLError } from './errors/graphql-error.ts';
import type { FairQueue } from './fair-queue.ts';
import type { ObserveRun } from './observe-runs.ts';

export interface OpenEventsOptions {
  readonly authorization: Pick<
    Authorization<Context>,
    'schema' | 'authorizeOperation' | 'executeEvent'
  >;
  /** Undefined: nothing observes operations. */
  readonly observeRun: ObserveRun | undefined;
  /** Runs the answer to one event when it is the turn of its viewer. */
  readonly answerQueue: FairQueue;
  /** Runs the answer to one event until its deadline. */
  readonly withinBudget: WithinDeadline;
}

/** The viewer of a subscription, and its end. */
export interface Subscriber {
  /** Reads the current viewer. */
  viewer(): Promise<Viewer>;
  /** Creates the context of the subscription, or of one event. */
  contextOf(viewer: Viewer): Context;
  /** Returns the key of an event in the queue: the user, the API client, or the address of an anonymous viewer. */
  queueKey(): string;
  /** Called when the viewer has lost access. No further event is answered. */
  onDenied(denials: readonly RefusalError[]): void;
  /** Called when the subscription has ended, from either side, with its error if any. */
  onEnd(error?: unknown): void;
}

/** The results of a subscription. */
export type Results = AsyncIterableIterator<ExecutionResult, undefined, undefined>;

/**
 * Opens the source of an admitted subscription. Each event is authorized again, for the current viewer. Returns a result
 * with errors, as they were thrown, when the source cannot be opened.
 */
export type OpenEvents = (
  admitted: Admitted,
  subscriber: Subscriber,
) => Promise<Results | ExecutionResult>;

/** Creates the function that opens subscriptions, for every door. The viewers take turns. */
export function createOpenEvents(
  { authorization, answerQueue, withinBudget, observeRun }: OpenEventsOptions,
  reports: ErrorReports,
): OpenEvents {
  const { schema, authorizeOperation, executeEvent } = authorization;

  return async (admitted, subscriber) => {
    const running = toRunning(admitted);
    const { requestId } = admitted.begun.asked.context;
    const place = { requestId, operationName: running.operationName };
    const contextValue = subscriber.contextOf(await subscriber.viewer());
    if (haveBeenRead(admitted)) await contextValue.readPlaces();
    const source = await createSourceEventStream({ schema, ...running, contextValue });
    if (!(Symbol.asyncIterator in source)) return source;
    admitted.ran?.();
    let isOver = false;

    async function answer(rootValue: unknown): Promise<ExecutionResult | null | undefined> {
      if (isOver) return undefined; // it waited for its turn
      const contextValue = subscriber.contextOf(await subscriber.viewer());
      const denials = await authorizeOperation({ ...running, contextValue });
      if (denials.length > 0) {
        subscriber.onDenied(denials);
        return undefined;
      }
      const ran = observeRun?.({ ...running, contextValue });
      const result = await executeEvent({ schema, ...running, rootValue, contextValue });
      if (result === undefined) return null; // hidden by the rule of its type
      const tooOld = (result.errors ?? []).flatMap(toTooOld);
      if (tooOld.length > 0) {
        subscriber.onDenied(tooOld);
        return undefined;
      }
      if (result.data !== undefined) ran?.();
      reports.log(result.errors ?? [], place);
      return result;
    }

    return answerEvents({
      source,
      answer: (event) =>
        answerQueue(subscriber.queueKey(), () => withinBudget(() => answer(event))),
      deliver: createDeliver(admitted, reports, place),
      onEnd(error) {
        isOver = true;
        subscriber.onEnd(error);
      },
      onReleaseError: (error) => reports.log([asGraphQLError(error)], place),
    });
  };
}

/** Creates the delivery of an answer, outside of its turn: subscribers that wait for the record of their reads share one write. */
const createDeliver =
  ({ judge }: Admitted, reports: ErrorReports, place: Parameters<ErrorReports['log']>[1]) =>
  async (executed: ExecutionResult): Promise<ExecutionResult> => {
    try {
      const { result } = await judge(executed);
      return withErrors(result, reports.format);
    } catch (error) {
      if (!(error instanceof UnrecordedReadsError)) throw error;
      reports.logUnrecorded([error], place);
      throw new EventsLostError();
    }
  };

/**
 * Returns the refusal for a proof that has become too old since the subscription began: that of a field which is known
 * only with the type of its object, or of one that became too old after the event was authorized.
 */
function toTooOld(error: GraphQLError): readonly AuthorizationError[] {
  const found = error instanceof AuthorizationError ? error : error.originalError;
  const isTooOld =
    found instanceof AuthorizationError && found.denial.reason === 'AUTHENTICATION_TOO_OLD';
  return isTooOld ? [found] : [];
}

/** Whether the guards of a subscription are asked in places: these were then read for the viewer who was admitted. */
function haveBeenRead({ begun }: Admitted): boolean {
  const { viewer } = begun.asked.context;
  return viewer.isAuthenticated && viewer.placesOf !== undefined;
}

/** A running subscription, to be authorized and executed again. */
export interface RunningOperation extends Pick<Admitted, 'document'> {
  readonly operationName: string | null | undefined;
  readonly variableValues: Readonly<Record<string, unknown>> | null | undefined;
}

export const toRunning = ({ document, begun }: Admitted): RunningOperation => {
  const { operationName, variables: variableValues } = begun.asked;
  return { document, operationName, variableValues };
};
