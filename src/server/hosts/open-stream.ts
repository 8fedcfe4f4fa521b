import type { Authorization } from '@gatehouse/authorization';
import {
  createSourceEventStream,
  type DocumentNode,
  defaultFieldResolver,
  type ExecutionResult,
  execute,
  GraphQLError,
  type GraphQLSchema,
} from 'graphql';
import type { RequestError } from '../../admission/request-error.ts';
import type { Context } from '../../composition/context.ts';
import { withViewer } from '../../composition/create-context.ts';
import { ServiceUnavailableError } from '../../errors.ts';
import { asGraphQLError } from '../graphql-error.ts';
import type { Access, Watched } from '../subscriptions/access.ts';
import type { RunningOperation } from '../subscriptions/connection.ts';
import { endOnAbort } from '../subscriptions/end-on-abort.ts';
import { type Ending, endingOf } from '../subscriptions/ending.ts';
import { answerEvents } from '../subscriptions/event-stream.ts';
import type { ErrorFormat } from './error-format.ts';
import type { HostContext } from './host-context.ts';

/** One operation of a host. */
export interface HostOperation {
  readonly document: DocumentNode;
  readonly operationName?: string | null | undefined;
  readonly variableValues?: Readonly<Record<string, unknown>> | null | undefined;
  readonly contextValue: HostContext;
}

/** Converts the result of one event to the answer, as the admission of the operation does. */
export type Finish = (result: ExecutionResult) => ExecutionResult;

/** The results of a subscription. */
export type Results = AsyncIterableIterator<ExecutionResult, undefined, undefined>;

export interface OpenStreamOptions {
  readonly authorization: Pick<Authorization<Context>, 'schema' | 'authorizeOperation'>;
  readonly format: ErrorFormat;
  readonly findErrors: (operation: HostOperation) => readonly RequestError[];
}

/**
 * Opens an admitted subscription. Each event is authorized again, for the current viewer.
 *
 * When the right to it ends, the last result has one error with the code `UNAUTHENTICATED` or `FORBIDDEN` and the
 * reason. An error of the source also becomes the last result, and SERVICE_UNAVAILABLE when Gatehouse is closed: the
 * results never reject.
 */
export type OpenStream = (
  operation: HostOperation,
  finish: Finish,
) => Promise<Results | ExecutionResult>;

export function createOpenStream(options: OpenStreamOptions): OpenStream {
  const { authorization, format, findErrors } = options;
  const { schema } = authorization;
  const opened = new WeakSet<object>();
  refuseOtherStreams(schema, opened);

  return async ({ contextValue: given, document, operationName, variableValues }, finish) => {
    const running: RunningOperation = { document, operationName, variableValues };
    const errors = findErrors({ ...running, contextValue: given });
    if (errors.length > 0) return { errors };
    const { watched, signal, last } = createWatched(options, given, running);
    const access = given.watchAccess(watched);
    try {
      const contextValue = withViewer(given, await access.viewer());
      opened.add(contextValue);
      const source = await createSourceEventStream({ schema, ...running, contextValue });
      if (!(Symbol.asyncIterator in source)) {
        access.end();
        format.log(source, placeOf(given, running));
        return format.result(source);
      }
      access.recheck(); // checks are scheduled from now on
      const answer = createAnswer(options, { given, running, access, finish, end: watched.end });
      const answers = answerEvents({ source, answer, onEnd: access.end });
      // A server may never read the results of a client that has left while they were opened.
      if (given.signal.aborted) watched.stop();
      return endOnAbort(answers, { signal, last });
    } catch (error) {
      access.end();
      return last(error);
    }
  };
}

/** Creates the part of a stream that is watched. */
function createWatched(
  { format }: OpenStreamOptions,
  given: HostContext,
  running: RunningOperation,
) {
  const ended = new AbortController();
  let ending: ExecutionResult | undefined;
  const watched: Watched = {
    requestId: given.requestId,
    running: () => [running],
    contextOf: (viewer) => withViewer(given, viewer),
    end(found) {
      ending ??= { errors: [toError(found)] };
      ended.abort();
    },
    stop() {
      ending ??= format.result({ errors: [asGraphQLError(new ServiceUnavailableError())] });
      ended.abort();
    },
  };
  return {
    watched,
    signal: ended.signal,
    last(error: unknown): ExecutionResult {
      if (ending !== undefined) return ending;
      const result = { errors: [asGraphQLError(error)] };
      format.log(result, placeOf(given, running));
      return format.result(result);
    },
  };
}

interface Stream {
  readonly given: HostContext;
  readonly running: RunningOperation;
  readonly access: Access;
  readonly finish: Finish;
  readonly end: Watched['end'];
}

/** Creates the function that answers one event. It returns undefined when the viewer lost access. */
const createAnswer =
  ({ authorization, format }: OpenStreamOptions, { given, running, access, finish, end }: Stream) =>
  async (rootValue: unknown): Promise<ExecutionResult | undefined> => {
    const { schema, authorizeOperation } = authorization;
    const contextValue = withViewer(given, await access.viewer());
    const denials = await authorizeOperation({ ...running, contextValue });
    if (denials.length > 0) {
      end(endingOf(denials));
      return undefined;
    }
    const result = await execute({ schema, ...running, rootValue, contextValue });
    format.log(result, placeOf(given, running));
    return format.result(finish(result));
  };

const placeOf = ({ requestId }: HostContext, { operationName }: RunningOperation) => ({
  requestId,
  operationName,
});

const toError = ({ code, reason }: Ending): GraphQLError =>
  new GraphQLError('The right to this subscription has ended.', { extensions: { code, reason } });

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
