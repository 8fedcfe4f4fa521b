import type { DocumentNode, ExecutionResult, GraphQLError } from 'graphql';
import { getOperationAST, OperationTypeNode } from 'graphql';
import type { AuthorizeOperation } from '../enforcement/authorize-operation.ts';
import {
  hasData,
  isDenial,
  limitDenials,
  maxListedDenials,
  toDeniedResult,
  toLenientResult,
} from '../enforcement/denied-result.ts';
import { toDenialResponse } from '../enforcement/http-response.ts';
import { lenientHandling, prefersLenient } from '../enforcement/prefer.ts';
import type { IntrospectOperation } from '../visibility/introspect-operation.ts';
import { showIntrospection } from '../visibility/introspected-result.ts';
import { type IntrospectionAnswer, IntrospectionError } from '../visibility/introspection.ts';

export interface EnvelopPluginOptions<TContext> {
  readonly authorizeOperation: AuthorizeOperation<TContext>;
  readonly introspect: IntrospectOperation<TContext>;
  /** Names the protected space in `WWW-Authenticate` (RFC 9110, 11.5). */
  readonly realm: string;
  /** The request's header `Prefer`. In Yoga: `({ request }) => request.headers.get('prefer')`. */
  readonly preferOf?: (context: TContext) => string | null | undefined;
}

/** What the plugin uses of Envelop's hooks; written out, so that Envelop need not be installed. */
interface OperationStart<TContext> {
  readonly args: {
    readonly document: DocumentNode;
    readonly operationName?: string | null | undefined;
    readonly variableValues?: Readonly<Record<string, unknown>> | null | undefined;
    readonly contextValue: TContext;
  };
  setResultAndStopExecution(result: ExecutionResult): void;
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

/** A plugin for Envelop, and so for GraphQL Yoga. */
export interface EnvelopPlugin<TContext> {
  onExecute(
    start: OperationStart<TContext>,
  ): Promise<{ onExecuteDone(end: OperationEnd): void } | undefined>;
  onSubscribe(
    start: OperationStart<TContext>,
  ): Promise<{ onSubscribeResult(): { onNext(end: EventEnd): void } } | undefined>;
}

/**
 * Decides each operation before Envelop runs it, and answers refusals without data. GraphQL Yoga makes
 * 401 or 403 and `WWW-Authenticate` of them, since it reads `extensions.http` of a result.
 */
export function createEnvelopPlugin<TContext extends object>(
  options: EnvelopPluginOptions<TContext>,
): EnvelopPlugin<TContext> {
  const { authorizeOperation, introspect, realm, preferOf = () => undefined } = options;

  return {
    async onExecute({ args, setResultAndStopExecution: answer }) {
      const operation = getOperationAST(args.document, args.operationName);
      const isQuery = operation?.operation === OperationTypeNode.QUERY;
      const isLenient = isQuery && prefersLenient(preferOf(args.contextValue));
      const introspection = tryIntrospect(introspect, args);
      if (introspection instanceof IntrospectionError) {
        return stop(() => answer({ errors: [introspection] }));
      }
      const denials = await authorizeOperation({ ...args, isLenient });
      if (denials.length > 0 && !isLenient) return stop(() => answer(toRefusal(denials, realm)));
      const whole = denials.length === 0 ? introspection?.whole : undefined;
      if (whole !== undefined) return stop(() => answer({ data: { ...whole } }));
      if (!operation) return undefined;
      return {
        onExecuteDone({ result, setResult }) {
          if (Symbol.asyncIterator in result) {
            if (introspection === undefined) return;
            // It cannot be mended, and would show what the viewer may not know.
            throw new Error('Introspection does not support incremental delivery.');
          }
          // First, for a type that is hidden is no data: the status would tell that it exists.
          const shown = introspection === undefined ? result : show(result, introspection);
          if (isQuery)
            return setResult(
              isLenient ? tolerate(shown, denials, realm) : refuseDenied(shown, realm),
            );
          return setResult(limit(shown));
        },
      };
    },

    async onSubscribe({ args, setResultAndStopExecution: answer }) {
      const introspection = tryIntrospect(introspect, args);
      if (introspection instanceof IntrospectionError) {
        return stop(() => answer({ errors: [introspection] }));
      }
      const denials = await authorizeOperation(args);
      if (denials.length > 0) return stop(() => answer(toRefusal(denials, realm)));
      return {
        onSubscribeResult: () => ({
          onNext: ({ result, setResult }) => setResult(limit(result)),
        }),
      };
    },
  };
}

/** Envelop wants nothing back from a hook that has answered. */
function stop(answer: () => void): undefined {
  answer();
}

function tryIntrospect<TContext>(
  introspect: IntrospectOperation<TContext>,
  args: OperationStart<TContext>['args'],
): IntrospectionAnswer | IntrospectionError | undefined {
  try {
    return introspect(args);
  } catch (error) {
    if (error instanceof IntrospectionError) return error;
    throw error;
  }
}

function show(result: ExecutionResult, answer: IntrospectionAnswer): ExecutionResult {
  const { errors, data, ...rest } = result;
  return { ...rest, ...showIntrospection({ errors, data }, answer) };
}

const toRefusal = (denials: readonly GraphQLError[], realm: string): ExecutionResult => ({
  errors: denials.slice(0, maxListedDenials),
  extensions: { http: toHttp(denials, realm) },
});

const limit = (result: ExecutionResult): ExecutionResult =>
  result.errors === undefined ? result : { ...result, errors: limitDenials(result.errors) };

function refuseDenied(result: ExecutionResult, realm: string): ExecutionResult {
  const refused = toDeniedResult(result);
  return refused === undefined
    ? result
    : { ...refused, extensions: { ...result.extensions, http: toHttp(refused.errors, realm) } };
}

function tolerate(
  result: ExecutionResult,
  told: readonly GraphQLError[],
  realm: string,
): ExecutionResult {
  const { errors = [], data } = toLenientResult<GraphQLError>(result, told);
  const denials = errors.filter(isDenial);
  const isRefused = denials.length > 0 && !hasData(data);
  const http = isRefused ? toHttp(denials, realm) : { headers: {} };
  return {
    ...result,
    ...(errors.length > 0 ? { errors, data: isRefused ? null : data } : {}),
    extensions: {
      ...result.extensions,
      http: { ...http, headers: { ...http.headers, 'preference-applied': lenientHandling } },
    },
  };
}

function toHttp(denials: readonly GraphQLError[], realm: string) {
  const { status, challenge } = toDenialResponse(denials, realm);
  return { status, headers: { 'www-authenticate': challenge } };
}
