import { defaultFieldResolver, type ExecutionResult, type GraphQLSchema } from 'graphql';
import { withViewer } from '../../composition/create-context.ts';
import { principalOf } from '../../composition/principal.ts';
import { ServiceUnavailableError } from '../../errors.ts';
import type { Admitted } from '../../operation/admitted.ts';
import type { Answer } from '../../operation/asked.ts';
import { asGraphQLError } from '../../operation/graphql-error.ts';
import { type Results, toRunning } from '../../operation/open-events.ts';
import { RequestError } from '../../operation/request-error.ts';
import type { Operations } from '../../operation/run.ts';
import type { Watched } from '../access/access.ts';
import { endOnAbort } from '../access/end-on-abort.ts';
import { type Ending, endingOf } from '../access/ending.ts';
import { type HostContext, requireHostContext } from './host-context.ts';

export interface OpenStreamOptions
  extends Pick<Operations, 'finish' | 'end' | 'reports' | 'openEvents'> {
  readonly schema: GraphQLSchema;
}

/**
 * Opens an admitted subscription. Each event is authorized again, for the current viewer.
 *
 * When the right to it ends, the last result has one error with the code `UNAUTHENTICATED` or `FORBIDDEN` and the
 * reason. An error of the source also becomes the last result, and SERVICE_UNAVAILABLE when Gatehouse is closed: the
 * results never reject.
 */
export type OpenStream = (admitted: Admitted) => Promise<Results | Answer>;

export function createOpenStream(options: OpenStreamOptions): OpenStream {
  const { schema, openEvents, finish } = options;
  const opened = new WeakSet<object>();
  refuseOtherStreams(schema, opened);

  return async (admitted) => {
    const given = requireHostContext(admitted.begun.asked.context);
    const { watched, signal, last, recordEnd } = createWatched(options, admitted, given);
    const access = given.watchAccess(watched);
    try {
      const source = await openEvents(admitted, {
        viewer: access.viewer,
        contextOf(viewer) {
          const context = withViewer(given, viewer);
          opened.add(context);
          return context;
        },
        turnKey: () => access.principal() ?? principalOf(given),
        onDenied: (denials) => watched.end(endingOf(denials)),
        onEnd(error) {
          access.end();
          if (error === undefined) recordEnd(); // an error becomes the last result
        },
      });
      if (!(Symbol.asyncIterator in source)) {
        access.end();
        return finish(admitted, source);
      }
      access.recheck(); // checks are scheduled from now on
      // A server may never read the results of a client that has left while they were opened.
      if (given.signal.aborted) watched.stop();
      return endOnAbort(source, { signal, last });
    } catch (error) {
      access.end();
      return finish(admitted, { errors: [asGraphQLError(error)] });
    }
  };
}

/** Creates the part of a stream that is watched. */
function createWatched(
  { reports, end }: OpenStreamOptions,
  admitted: Admitted,
  given: HostContext,
) {
  const { requestId } = given;
  const running = toRunning(admitted);
  const place = { requestId, operationName: running.operationName };
  const ended = new AbortController();
  let ending: ExecutionResult | undefined;
  const endWith = (errors: ExecutionResult['errors']) => {
    ending ??= { errors: reports.format(errors ?? []) };
    ended.abort();
  };
  const watched: Watched = {
    requestId,
    running: () => [running],
    contextOf: (viewer) => withViewer(given, viewer),
    end: (found) => endWith([toError(found)]),
    stop: () => endWith([asGraphQLError(new ServiceUnavailableError())]),
  };
  return {
    watched,
    signal: ended.signal,
    recordEnd: () => end(admitted, ending?.errors ?? []),
    last(error: unknown): ExecutionResult {
      ending ??= { errors: reports.describe([asGraphQLError(error)], place) };
      end(admitted, ending.errors ?? []);
      return ending;
    },
  };
}

const toError = ({ code, reason }: Ending): RequestError =>
  new RequestError(code, 'The right to this subscription has ended.', { facts: { reason } });

/** Makes a schema refuse the subscriptions of other contexts: they would not end when the right to them ends. */
function refuseOtherStreams(schema: GraphQLSchema, opened: WeakSet<object>): void {
  for (const field of Object.values(schema.getSubscriptionType()?.getFields() ?? {})) {
    const { subscribe = defaultFieldResolver } = field;
    field.subscribe = (source, args, context, info) => {
      if (!opened.has(context)) throw new Error(notOpened);
      return subscribe(source, args, context, info);
    };
  }
}

const notOpened =
  'Pass `run` of createGatehouse to the server as its `subscribe`, or add envelopPlugin(): ' +
  'this subscription would not end when the right to it ends.';
