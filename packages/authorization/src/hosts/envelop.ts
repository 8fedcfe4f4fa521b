import type { DocumentNode, ExecutionResult, GraphQLError } from 'graphql';
import { getOperationAST, OperationTypeNode } from 'graphql';
import type { AuthorizeOperation } from '../enforcement/authorize-operation.ts';
import { toDenialResponse } from '../enforcement/http-response.ts';
import { lenientHandling, prefersLenient } from '../enforcement/prefer.ts';
import type { IntrospectOperation } from '../visibility/introspect-operation.ts';
import { createAdmit, type FinishedResult } from './admit.ts';

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
  const { realm, preferOf = () => undefined } = options;
  const admit = createAdmit(options);

  return {
    async onExecute({ args, setResultAndStopExecution: answer }) {
      const operation = getOperationAST(args.document, args.operationName);
      const isQuery = operation?.operation === OperationTypeNode.QUERY;
      const isLenient = isQuery && prefersLenient(preferOf(args.contextValue));
      const admission = await admit({ ...args, isLenient });
      if (admission.kind === 'answered') return stop(() => answer(toAnswer(admission, realm)));
      if (!operation) return undefined;
      return {
        onExecuteDone({ result, setResult }) {
          if (!(Symbol.asyncIterator in result)) {
            return setResult(toAnswer(admission.finish(result), realm, { isLenient }));
          }
          // It cannot be mended, and would show what the viewer may not know.
          if (admission.introspects) {
            throw new Error('Introspection does not support incremental delivery.');
          }
        },
      };
    },

    async onSubscribe({ args, setResultAndStopExecution: answer }) {
      const admission = await admit(args);
      if (admission.kind === 'answered') return stop(() => answer(toAnswer(admission, realm)));
      return {
        onSubscribeResult: () => ({
          onNext: ({ result, setResult }) => setResult(admission.finish(result).result),
        }),
      };
    },
  };
}

/** Envelop wants nothing back from a hook that has answered. */
function stop(answer: () => void): undefined {
  answer();
}

/** What Yoga answers: status and headers are taken from `extensions.http`. */
function toAnswer(
  { result, denials }: FinishedResult,
  realm: string,
  { isLenient = false } = {},
): ExecutionResult {
  if (denials.length === 0 && !isLenient) return result;
  const refusal = denials.length === 0 ? { headers: {} } : toHttp(denials, realm);
  const preference = isLenient ? { 'preference-applied': lenientHandling } : {};
  const http = { ...refusal, headers: { ...refusal.headers, ...preference } };
  return { ...result, extensions: { ...result.extensions, http } };
}

function toHttp(denials: readonly GraphQLError[], realm: string) {
  const { status, challenge } = toDenialResponse(denials, realm);
  return { status, headers: { 'www-authenticate': challenge } };
}
