import type { DocumentNode, ExecutionResult, GraphQLError } from 'graphql';
import { getOperationAST, OperationTypeNode } from 'graphql';
import type { AuthorizeOperation } from './authorize-operation.ts';
import {
  hasData,
  isDenial,
  maxListedDenials,
  toDeniedResult,
  toLenientResult,
} from './denied-result.ts';
import { toDenialResponse } from './http-response.ts';
import { lenientHandling, prefersLenient } from './prefer.ts';

export interface EnvelopPluginOptions<TContext> {
  readonly authorizeOperation: AuthorizeOperation<TContext>;
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

/** A plugin for Envelop, and so for GraphQL Yoga. */
export interface EnvelopPlugin<TContext> {
  onExecute(
    start: OperationStart<TContext>,
  ): Promise<{ onExecuteDone(end: OperationEnd): void } | undefined>;
  onSubscribe(start: OperationStart<TContext>): Promise<undefined>;
}

/**
 * Decides each operation before Envelop runs it, and answers refusals without data. GraphQL Yoga makes
 * 401 or 403 and `WWW-Authenticate` of them, since it reads `extensions.http` of a result.
 */
export function createEnvelopPlugin<TContext extends object>({
  authorizeOperation,
  realm,
  preferOf = () => undefined,
}: EnvelopPluginOptions<TContext>): EnvelopPlugin<TContext> {
  return {
    async onExecute({ args, setResultAndStopExecution }) {
      const operation = getOperationAST(args.document, args.operationName);
      const isQuery = operation?.operation === OperationTypeNode.QUERY;
      const isLenient = isQuery && prefersLenient(preferOf(args.contextValue));
      const denials = await authorizeOperation({ ...args, isLenient });
      if (denials.length > 0 && !isLenient) {
        setResultAndStopExecution(toRefusal(denials, realm));
        return undefined;
      }
      if (!isQuery) return undefined;
      return {
        onExecuteDone({ result, setResult }) {
          if (Symbol.asyncIterator in result) return;
          setResult(isLenient ? tolerate(result, denials, realm) : refuseDenied(result, realm));
        },
      };
    },

    async onSubscribe({ args, setResultAndStopExecution }) {
      const denials = await authorizeOperation(args);
      if (denials.length > 0) setResultAndStopExecution(toRefusal(denials, realm));
      return undefined;
    },
  };
}

const toRefusal = (denials: readonly GraphQLError[], realm: string): ExecutionResult => ({
  errors: denials.slice(0, maxListedDenials),
  extensions: { http: toHttp(denials, realm) },
});

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
  const isRefused = denials.length > 0 && !hasData(result);
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
