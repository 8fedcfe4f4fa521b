import {
  defaultFieldResolver,
  type ExecutionResult,
  type GraphQLError,
  type GraphQLSchema,
} from 'graphql';
import { withViewer } from '../../context/create-context.ts';
import { principalOf } from '../../context/principal.ts';
import { ServiceUnavailableError } from '../../errors.ts';
import type { Admitted } from '../../operation/admitted.ts';
import type { Answer } from '../../operation/asked.ts';
import type { Operations } from '../../operation/create-operations.ts';
import { asGraphQLError } from '../../operation/errors/graphql-error.ts';
import { RequestError } from '../../operation/errors/request-error.ts';
import { type Results, toRunning } from '../../operation/open-events.ts';
import type { Watched } from '../access/access.ts';
import { endOnAbort } from '../access/end-on-abort.ts';
import { type Ending, endingOf } from '../access/ending.ts';
import { abortWith } from '../request/request-signal.ts';
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
    const hostContext = requireHostContext(admitted.begun.asked.context);
    // Aborts when the stream has ended for any reason, also because its client has left while it was opened.
    const ended = abortWith(hostContext.signal);
    const { signal } = ended;
    const { watched, last, end } = createWatched(options, { admitted, hostContext, ended });
    const access = hostContext.watchAccess(watched);
    const refuse = async (result: ExecutionResult): Promise<Answer> => {
      access.end();
      ended.abort();
      return finish(admitted, last() ?? result);
    };
    try {
      const source = await openEvents(admitted, {
        viewer: access.viewer,
        contextOf(viewer) {
          const context = Object.assign(withViewer(hostContext, viewer), { signal });
          opened.add(context);
          return context;
        },
        queueKey: () => access.principal() ?? principalOf(hostContext),
        onDenied: (denials) => watched.end(endingOf(denials)),
        onEnd(error) {
          access.end();
          end(error);
        },
      });
      if (!(Symbol.asyncIterator in source)) return await refuse(source);
      access.recheck(); // checks are scheduled from now on
      return endOnAbort(source, { signal, last });
    } catch (error) {
      return refuse({ errors: [asGraphQLError(error)] });
    }
  };
}

interface Stream {
  readonly admitted: Admitted;
  readonly hostContext: HostContext;
  readonly ended: AbortController;
}

/** Creates the part of a stream that is watched, and its end. */
function createWatched(
  { reports, end }: OpenStreamOptions,
  { admitted, hostContext, ended }: Stream,
) {
  const { requestId } = hostContext;
  const running = toRunning(admitted);
  const place = { requestId, operationName: running.operationName };
  let last: ExecutionResult | undefined;
  const endWith = (error: GraphQLError) => {
    last ??= { errors: reports.format([error]) };
    ended.abort();
  };
  const watched: Watched = {
    requestId,
    running: () => [running],
    contextOf: (viewer) => withViewer(hostContext, viewer),
    end: (found) => endWith(toError(found)),
    stop: () => endWith(asGraphQLError(new ServiceUnavailableError())),
  };
  return {
    watched,
    last: () => last,
    /** Records the end, and makes an error of the source the last result. */
    end(error: unknown) {
      if (error !== undefined)
        last ??= { errors: reports.describe([asGraphQLError(error)], place) };
      end(admitted, last?.errors ?? []);
      ended.abort();
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
  'Pass `run` of createGatehouse to the server as its `subscribe`, or add envelopPlugin: ' +
  'this subscription would not end when the right to it ends.';
