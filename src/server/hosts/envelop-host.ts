import { AuthorizationError } from '@gatehouse/authorization';
import { createEnvelopPlugin, type EnvelopPlugin } from '@gatehouse/authorization/envelop';
import {
  type DocumentNode,
  type ExecutionResult,
  GraphQLError,
  type GraphQLSchema,
  getOperationAST,
  type OperationDefinitionNode,
  type ValidationRule,
  validate,
} from 'graphql';
import { withCurrentViewer } from '../../composition/create-context.ts';
import { createErrorLog } from '../error-log-plugin.ts';
import { type StatusOptions, toFailedAnswer } from '../failed-operation.ts';
import { causeOf, createFormatError } from '../format-error.ts';
import { asGraphQLError } from '../graphql-error.ts';
import type { HostPluginOptions } from './apollo-host.ts';
import type { HostContext } from './host-context.ts';

type Validate = (
  schema: GraphQLSchema,
  document: DocumentNode,
  rules?: readonly ValidationRule[],
) => readonly GraphQLError[];

/** A plugin for Envelop, and so for GraphQL Yoga. Envelop's types are written out, so that it need not be installed. */
export interface EnvelopHostPlugin {
  onParse(): (end: ParseEnd) => void;
  onValidate(start: { setValidationFn(validate: Validate): void }): void;
  readonly onExecute: EnvelopPlugin<HostContext>['onExecute'];
  onSubscribe(
    start: Parameters<EnvelopPlugin<HostContext>['onSubscribe']>[0],
  ): Promise<{ onSubscribeResult(end: SubscribeEnd): { onNext(end: EventEnd): void } } | undefined>;
}

interface ParseEnd {
  readonly result: unknown;
  replaceParseResult(result: GraphQLError): void;
}

interface SubscribeEnd {
  readonly result: ExecutionResult | AsyncIterable<unknown>;
  setResult(result: ExecutionResult): void;
}

interface EventEnd {
  readonly result: ExecutionResult;
  setResult(result: ExecutionResult): void;
}

/**
 * Makes the one plugin that a GraphQL Yoga or another Envelop server needs: it decides operations before they
 * run, gives errors the form and the status that they have in Gatehouse's own server, and masks and logs all
 * others.
 */
export function createEnvelopHostPlugin(options: HostPluginOptions): EnvelopHostPlugin {
  const { authorization, maxErrors, realm } = options;
  const guard = createEnvelopPlugin<HostContext>({
    ...authorization,
    realm,
    preferOf: ({ prefer }) => prefer,
  });
  const tell = createTell(options);

  return {
    onParse:
      () =>
      ({ result, replaceParseResult }) => {
        if (result instanceof GraphQLError) replaceParseResult(tell.one(result, parseFailed));
      },

    onValidate: ({ setValidationFn }) =>
      setValidationFn((schema, document, rules) =>
        validate(schema, document, rules, { hideSuggestions: true, maxErrors }).map((error) =>
          tell.one(error, validationFailed),
        ),
      ),

    onExecute: createOnExecute({ ...options, guard, tell }),
    onSubscribe: createOnSubscribe({ ...options, guard, tell }),
  };
}

interface HookParts extends HostPluginOptions {
  readonly guard: EnvelopPlugin<HostContext>;
  readonly tell: ReturnType<typeof createTell>;
}

type Start = Parameters<EnvelopPlugin<HostContext>['onExecute']>[0];

/** Checks an operation; answers and returns false when it is refused. */
async function isWithinLimits(
  { args, setResultAndStopExecution: answer }: Start,
  { checkOperation, tell, ...options }: HookParts,
): Promise<boolean> {
  try {
    await checkOperation(args);
    return true;
  } catch (error) {
    const { document, operationName } = args;
    const operation = getOperationAST(document, operationName);
    const told = tell.one(asGraphQLError(error), unexpected);
    answer(withStatus({ errors: [told] }, { document, operation }, options));
    return false;
  }
}

/** Decides before a query or mutation runs, and gives its errors their form and status. */
const createOnExecute =
  (parts: HookParts): EnvelopHostPlugin['onExecute'] =>
  async (start) => {
    const { document, operationName } = start.args;
    // Envelop copies what the context builder returns.
    const contextValue = withCurrentViewer(start.args.contextValue);
    if (!(await isWithinLimits(start, parts))) return undefined;
    const guarding = await parts.guard.onExecute(start);
    if (guarding === undefined) return undefined;
    return {
      onExecuteDone({ result, setResult }) {
        const place = { requestId: contextValue.requestId, operationName };
        let answer = Symbol.asyncIterator in result ? result : parts.tell.result(result, place);
        guarding.onExecuteDone({
          result: answer,
          setResult: (guarded) => {
            answer = guarded;
          },
        });
        if (Symbol.asyncIterator in answer) return;
        const operation = getOperationAST(document, operationName);
        setResult(withStatus(answer, { document, operation }, parts));
      },
    };
  };

/** Decides before a subscription opens, and gives the errors of its events their form. */
const createOnSubscribe =
  (parts: HookParts): EnvelopHostPlugin['onSubscribe'] =>
  async (start) => {
    if (!(await isWithinLimits(start, parts))) return undefined;
    const { guard, tell } = parts;
    const guarding = await guard.onSubscribe(start);
    if (guarding === undefined) return undefined;
    const { contextValue, operationName } = start.args;
    const place = { requestId: contextValue.requestId, operationName };
    return {
      onSubscribeResult({ result: opened, setResult }) {
        if (!(Symbol.asyncIterator in opened)) setResult(tell.result(opened, place));
        const events = guarding.onSubscribeResult();
        return {
          onNext: ({ result, setResult: setEvent }) => {
            const told = tell.result(result, place);
            setEvent(told);
            events.onNext({ result: told, setResult: setEvent });
          },
        };
      },
    };
  };

/** Codes that Apollo Server gives to errors without one, and Envelop does not. */
const parseFailed = 'GRAPHQL_PARSE_FAILED';
const validationFailed = 'GRAPHQL_VALIDATION_FAILED';
const unexpected = 'INTERNAL_SERVER_ERROR';

/** Turns errors into what clients may be told of them, and logs the others. */
function createTell({ toClientError, logger }: HostPluginOptions) {
  const formatError = createFormatError(toClientError);
  const logErrors = createErrorLog({ logger, toClientError });

  /** A refusal stays what it is: the guards look for it. */
  function one(error: GraphQLError, code: string): GraphQLError {
    if (causeOf(error) instanceof AuthorizationError) return error;
    const coded = { ...error.toJSON(), extensions: { code, ...error.extensions } };
    const { message, extensions } = formatError(coded, error);
    const { nodes = null, source = null, positions = null, path = null } = error;
    const place = { nodes, source, positions, path };
    return new GraphQLError(message, { ...place, extensions: extensions ?? null });
  }
  return {
    one,
    result(result: ExecutionResult, place: Parameters<typeof logErrors>[1]): ExecutionResult {
      if (result.errors === undefined) return result;
      logErrors(result.errors, place);
      return { ...result, errors: result.errors.map((error) => one(error, unexpected)) };
    },
  };
}

interface StatusFacts {
  readonly document: DocumentNode;
  readonly operation: OperationDefinitionNode | null | undefined;
}

/** Yoga takes status and headers from `extensions.http` of a result. */
function withStatus(
  result: ExecutionResult,
  facts: StatusFacts,
  options: StatusOptions,
): ExecutionResult {
  const { data, ...rest } = result;
  const failed = toFailedAnswer({ errors: result.errors, data, ...facts }, options);
  if (failed === undefined) return result;
  const { status, headers, omitsData } = failed;
  const answer = omitsData || data === undefined ? rest : { ...rest, data };
  if (status === undefined) return answer;
  const given = rest.extensions?.http;
  const http = {
    status,
    headers: { ...headers, ...headersOf(given) },
  };
  return { ...answer, extensions: { ...rest.extensions, http } };
}

/** Those that the guards have set, such as the challenge of a refusal. */
function headersOf(http: unknown): object {
  const isObject = typeof http === 'object' && http !== null && 'headers' in http;
  return isObject && typeof http.headers === 'object' && http.headers !== null ? http.headers : {};
}
