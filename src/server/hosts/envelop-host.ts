import { AuthorizationError } from '@gatehouse/authorization';
import { createEnvelopPlugin, type EnvelopPlugin } from '@gatehouse/authorization/envelop';
import {
  type DocumentNode,
  type ExecutionResult,
  GraphQLError,
  type GraphQLSchema,
  getOperationAST,
  type ValidationRule,
} from 'graphql';
import type { RequestError } from '../../admission/request-error.ts';
import { findRequestErrors } from '../../admission/request-errors.ts';
import { toSyntaxError } from '../../admission/syntax-error.ts';
import { validateDocument } from '../../admission/validate-document.ts';
import { withCurrentViewer } from '../../composition/create-context.ts';
import { createErrorLog } from '../error-log-plugin.ts';
import { causeOf, createFormatError } from '../format-error.ts';
import { asGraphQLError } from '../graphql-error.ts';
import type { HostPluginOptions } from './apollo-host.ts';
import { withCookie, withStatus } from './envelop-answer.ts';
import type { HostContext } from './host-context.ts';

type Validate = (
  schema: GraphQLSchema,
  document: DocumentNode,
  rules?: readonly ValidationRule[],
) => readonly GraphQLError[];

/**
 * A plugin for Envelop, which GraphQL Yoga uses. The types of Envelop are declared here, so that it need not be
 * installed.
 */
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
 * Creates the one plugin that a GraphQL Yoga or another Envelop server needs. It authorizes operations before they
 * run, gives errors the same form and status as in Gatehouse's own server, and masks and logs all other errors.
 */
export function createEnvelopHostPlugin(options: HostPluginOptions): EnvelopHostPlugin {
  const { authorization, hidesSchema, maxErrors, realm } = options;
  const guard = createEnvelopPlugin<HostContext>({
    ...authorization,
    realm,
    preferOf: ({ prefer }) => prefer,
  });
  const shownTo = hidesSchema ? authorization.visibleTo : () => authorization.schema;
  const parts: HookParts = {
    ...options,
    guard,
    format: createErrorFormat(options),
    findErrors: (args: Start['args']) =>
      findRequestErrors(args, {
        ...{ schema: authorization.schema, maxErrors },
        visible: () => shownTo(args.contextValue.viewer),
      }),
  };

  return {
    onParse:
      () =>
      ({ result, replaceParseResult }) => {
        if (result instanceof GraphQLError) replaceParseResult(toSyntaxError(result));
      },

    // Validation does not know the viewer.
    onValidate: ({ setValidationFn }) =>
      setValidationFn((schema, document, rules) =>
        validateDocument(document, { schema, rules, maxErrors, namesSchema: !hidesSchema }),
      ),

    onExecute: createOnExecute(parts),
    onSubscribe: createOnSubscribe(parts),
  };
}

interface HookParts extends HostPluginOptions {
  readonly guard: EnvelopPlugin<HostContext>;
  readonly format: ReturnType<typeof createErrorFormat>;
  readonly findErrors: (args: Start['args']) => readonly RequestError[];
}

type Start = Parameters<EnvelopPlugin<HostContext>['onExecute']>[0];

/** Checks an operation. If it is refused, sends the answer and returns false. */
async function isWithinLimits(
  { args, setResultAndStopExecution: answer }: Start,
  { checkOperation, format, ...options }: HookParts,
): Promise<boolean> {
  try {
    await checkOperation(args);
    return true;
  } catch (error) {
    const { document, operationName } = args;
    const operation = getOperationAST(document, operationName);
    const refusal = format.one(asGraphQLError(error));
    answer(withStatus({ errors: [refusal] }, { document, operation }, options));
    return false;
  }
}

/** Authorizes a query or mutation before it runs, and formats its errors. */
const createOnExecute =
  (parts: HookParts): EnvelopHostPlugin['onExecute'] =>
  async (start) => {
    const { document, operationName } = start.args;
    // Envelop copies what the context builder returns.
    const contextValue = withCurrentViewer(start.args.contextValue);
    const operation = getOperationAST(document, operationName);
    if (!operation) {
      const errors = parts.findErrors(start.args);
      start.setResultAndStopExecution({ errors, extensions: badRequest });
      return undefined;
    }
    if (!(await isWithinLimits(start, parts))) return undefined;
    const errors = parts.findErrors(start.args);
    const guarding = await parts.guard.onExecute(start);
    if (guarding === undefined) return undefined;
    return {
      onExecuteDone({ result, setResult }) {
        const place = { requestId: contextValue.requestId, operationName };
        // The executor has rejected it too, with its own messages.
        let answer = errors.length > 0 ? { errors } : result;
        if (!(Symbol.asyncIterator in answer)) parts.format.log(answer, place);
        guarding.onExecuteDone({
          result: answer,
          setResult: (guarded) => {
            answer = guarded;
          },
        });
        if (Symbol.asyncIterator in answer) return;
        const formatted = parts.format.result(answer);
        const response = withStatus(formatted, { document, operation }, parts);
        setResult(withCookie(response, contextValue));
      },
    };
  };

/** Authorizes a subscription before it opens, and formats the errors of its events. */
const createOnSubscribe =
  (parts: HookParts): EnvelopHostPlugin['onSubscribe'] =>
  async (start) => {
    if (!(await isWithinLimits(start, parts))) return undefined;
    const { guard, format, findErrors } = parts;
    const guarding = await guard.onSubscribe(start);
    if (guarding === undefined) return undefined;
    const { contextValue, operationName } = start.args;
    const errors = findErrors(start.args);
    const place = { requestId: contextValue.requestId, operationName };
    return {
      onSubscribeResult({ result: opened, setResult }) {
        if (!(Symbol.asyncIterator in opened)) {
          format.log(opened, place);
          setResult(errors.length > 0 ? { errors } : format.result(opened));
        }
        const events = guarding.onSubscribeResult();
        return {
          onNext: ({ result, setResult: setEvent }) => {
            format.log(result, place);
            events.onNext({ result, setResult: (event) => setEvent(format.result(event)) });
          },
        };
      },
    };
  };

/** Yoga takes the status of a refusal from this extension. */
const badRequest = { http: { status: 400 } };

/** Creates the functions that convert errors to those for clients, and log masked errors. */
function createErrorFormat({ toClientError, logger }: HostPluginOptions) {
  const formatError = createFormatError(toClientError);
  const logErrors = createErrorLog({ logger, toClientError });

  /** Returns a refusal unchanged: the guards look for it. */
  function one(error: GraphQLError): GraphQLError {
    if (causeOf(error) instanceof AuthorizationError) return error;
    const { message, extensions } = formatError(error.toJSON(), error);
    const { nodes = null, source = null, positions = null, path = null } = error;
    const place = { nodes, source, positions, path };
    return new GraphQLError(message, { ...place, extensions: extensions ?? null });
  }
  return {
    one,
    /** Logs the errors before the guard replaces some of them. */
    log({ errors = [] }: ExecutionResult, place: Parameters<typeof logErrors>[1]): void {
      logErrors(errors, place);
    },
    result: (result: ExecutionResult): ExecutionResult =>
      result.errors === undefined ? result : { ...result, errors: result.errors.map(one) },
  };
}
