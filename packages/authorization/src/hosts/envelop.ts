import { type DocumentNode, type ExecutionResult, getOperationAST } from 'graphql';
import type { MaybePromise } from '../enforcement/calls/field-call.ts';
import { type Subscribe, subscribe } from '../enforcement/events/subscribe.ts';
import { toDenialResponse } from '../enforcement/operation/http-response.ts';
import { checkOptions } from '../options/check-options.ts';
import { type AdmitOptions, admitOptions, createHostAdmit, type FinishedResult } from './admit.ts';

interface EnvelopPluginOptions<TContext> extends AdmitOptions<TContext> {
  /** Names the protected space in `WWW-Authenticate` (RFC 9110, 11.5). */
  readonly realm: string;
  /** The `acr_values` of a challenge for more authentication factors (RFC 9470, 3). Default: none. */
  readonly acrValues?: string;
  /**
   * Returns the request's header `Prefer`, without which `decide-only` would run the operation. Absent: it is read from
   * `context.request`, where GraphQL Yoga has the request, and nothing runs with a context that has none.
   * `() => undefined` ignores the header.
   */
  readonly preferOf?: (context: TContext) => string | null | undefined;
}

/** The part of Envelop's hooks that the plugin uses. Declared here, so that Envelop need not be installed. */
interface OperationStart<TContext> {
  readonly args: {
    readonly document: DocumentNode;
    readonly operationName?: string | null | undefined;
    readonly variableValues?: Readonly<Record<string, unknown>> | null | undefined;
    readonly contextValue: TContext;
  };
  setResultAndStopExecution(result: ExecutionResult): void;
}

interface SubscriptionStart<TContext> extends OperationStart<TContext> {
  setSubscribeFn(subscribe: Subscribe): void;
}

interface OperationEnd {
  readonly result: ExecutionResult | AsyncIterable<unknown>;
  setResult(result: ExecutionResult): void;
}

/** One event of a subscription. */
interface EventEnd {
  readonly result: ExecutionResult;
  setResult(result: ExecutionResult): void;
}

/** A plugin for Envelop, which GraphQL Yoga uses. */
export interface EnvelopPlugin<TContext> {
  onExecute(
    start: OperationStart<TContext>,
  ): Promise<{ onExecuteDone(end: OperationEnd): MaybePromise<void> } | undefined>;
  onSubscribe(
    start: SubscriptionStart<TContext>,
  ): Promise<{ onSubscribeResult(): { onNext(end: EventEnd): MaybePromise<void> } } | undefined>;
}

/**
 * Creates the plugin that authorizes each operation before Envelop runs it, and answers refusals without data.
 * GraphQL Yoga reads `extensions.http` of the result and sends 401 or 403 with `WWW-Authenticate`.
 */
export function createEnvelopPlugin<TContext extends object>(
  options: EnvelopPluginOptions<TContext>,
): EnvelopPlugin<TContext> {
  checkOptions('createEnvelopPlugin', options, {
    ...admitOptions,
    realm: 'string',
    acrValues: 'string?',
    preferOf: 'function?',
  });
  const { preferOf = preferOfYoga } = options;
  const admit = createHostAdmit(options);
  /** Envelop's arguments are more than the operation. */
  const admitStarted = ({
    document,
    operationName,
    variableValues,
    contextValue,
  }: OperationStart<TContext>['args']) =>
    admit({
      document,
      operationName,
      variableValues,
      contextValue,
      prefer: preferOf(contextValue),
    });

  return {
    async onExecute({ args, setResultAndStopExecution: answer }) {
      const admission = await admitStarted(args);
      if (admission.kind === 'answered') return stop(() => answer(toAnswer(admission, options)));
      if (!getOperationAST(args.document, args.operationName)) return undefined;
      return {
        async onExecuteDone({ result, setResult }) {
          if (!(Symbol.asyncIterator in result)) {
            return setResult(toAnswer(await admission.finish(result), options));
          }
          // The parts cannot be filtered, and would show what the viewer may not see.
          if (admission.introspects) {
            throw new Error('Introspection does not support incremental delivery.');
          }
        },
      };
    },

    async onSubscribe({ args, setResultAndStopExecution: answer, setSubscribeFn }) {
      const admission = await admitStarted(args);
      if (admission.kind === 'answered') return stop(() => answer(toAnswer(admission, options)));
      setSubscribeFn(subscribe);
      return {
        onSubscribeResult: () => ({
          async onNext({ result, setResult }) {
            setResult((await admission.finish(result)).result);
          },
        }),
      };
    },
  };
}

/** Reads the header of the request that Yoga adds to contexts. @throws {Error} for a context without one. */
function preferOfYoga(context: object): string | null {
  if (!('request' in context) || !isFetchRequest(context.request)) {
    throw new Error(
      'The header Prefer cannot be read from the context: pass `preferOf` to createEnvelopPlugin.',
    );
  }
  return context.request.headers.get('prefer');
}

/** The used part of a request of the Fetch standard. */
interface FetchRequest {
  readonly headers: { get(name: string): string | null };
}

const isFetchRequest = (value: unknown): value is FetchRequest =>
  isObject(value) &&
  'headers' in value &&
  isObject(value.headers) &&
  'get' in value.headers &&
  typeof value.headers.get === 'function';

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;

/** Answers, and returns undefined: Envelop expects no hooks from a plugin that has answered. */
function stop(answer: () => void): undefined {
  answer();
}

/** Adds the status and headers to `extensions.http`, from which Yoga reads them. */
function toAnswer(
  { result, denials, headers, status }: FinishedResult,
  { realm, acrValues }: Pick<EnvelopPluginOptions<never>, 'realm' | 'acrValues'>,
): ExecutionResult {
  const isPlain = denials.length === 0 && status === undefined;
  if (isPlain && Object.keys(headers).length === 0) return result;
  const refusal = denials.length === 0 ? undefined : toDenialResponse(denials, realm, acrValues);
  const challenge = refusal?.challenge && { 'www-authenticate': refusal.challenge };
  const decided = refusal?.status ?? status;
  const http = {
    ...(decided === undefined ? {} : { status: decided }),
    headers: { ...challenge, ...headers },
  };
  return { ...result, extensions: { ...result.extensions, http } };
}
