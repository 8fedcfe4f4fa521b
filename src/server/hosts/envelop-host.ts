import { createEnvelopPlugin, type EnvelopPlugin } from '@gatehouse/authorization/envelop';
import {
  type DocumentNode,
  GraphQLError,
  type GraphQLSchema,
  getOperationAST,
  type ValidationRule,
} from 'graphql';
import type { RequestError } from '../../admission/request-error.ts';
import { toSyntaxError } from '../../admission/syntax-error.ts';
import { validateForEveryone } from '../../admission/validate-document.ts';
import { anonymous } from '../../authentication/viewer.ts';
import { withCurrentViewer } from '../../composition/create-context.ts';
import { asGraphQLError } from '../graphql-error.ts';
import type { HostPluginOptions } from './apollo-host.ts';
import { withCookie, withStatus } from './envelop-answer.ts';
import type { ErrorFormat } from './error-format.ts';
import type { HostContext } from './host-context.ts';
import type { Finish, HostOperation, OpenStream } from './open-stream.ts';

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
  onSubscribe(start: SubscribeStart): Promise<undefined>;
}

type SubscribeStart = Parameters<EnvelopPlugin<HostContext>['onSubscribe']>[0] & {
  setSubscribeFn(subscribe: (operation: HostOperation) => ReturnType<OpenStream>): void;
};

interface ParseEnd {
  readonly result: unknown;
  replaceParseResult(result: GraphQLError): void;
}

export interface EnvelopHostOptions extends HostPluginOptions {
  readonly format: ErrorFormat;
  readonly findErrors: (operation: HostOperation) => readonly RequestError[];
  readonly openStream: OpenStream;
}

/**
 * Creates the one plugin that a GraphQL Yoga or another Envelop server needs. It authorizes operations before they
 * run, gives errors the same form and status as in Gatehouse's own server, and masks and logs all other errors.
 */
export function createEnvelopHostPlugin(options: EnvelopHostOptions): EnvelopHostPlugin {
  const { authorization, hidesSchema, maxErrors, realm } = options;
  const guard = createEnvelopPlugin<HostContext>({
    ...authorization,
    realm,
    preferOf: ({ prefer }) => prefer,
  });
  const parts: HookParts = { ...options, guard };

  return {
    onParse:
      () =>
      ({ result, replaceParseResult }) => {
        if (result instanceof GraphQLError) replaceParseResult(toSyntaxError(result));
      },

    // Validation does not know the viewer.
    onValidate: ({ setValidationFn }) =>
      setValidationFn((schema, document, rules) => {
        const visible = hidesSchema ? authorization.visibleTo(anonymous('TOKEN_MISSING')) : schema;
        return validateForEveryone(document, { schema, visible, rules, maxErrors });
      }),

    onExecute: createOnExecute(parts),
    onSubscribe: createOnSubscribe(parts),
  };
}

interface HookParts extends EnvelopHostOptions {
  readonly guard: EnvelopPlugin<HostContext>;
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

/** Authorizes a subscription before it opens. */
const createOnSubscribe =
  (parts: HookParts): EnvelopHostPlugin['onSubscribe'] =>
  async (start) => {
    if (!(await isWithinLimits(start, parts))) return;
    const guarding = await parts.guard.onSubscribe(start);
    if (guarding === undefined) return;
    const events = guarding.onSubscribeResult();
    const finish: Finish = (result) => {
      let finished = result;
      events.onNext({
        result,
        setResult: (guarded) => {
          finished = guarded;
        },
      });
      return finished;
    };
    start.setSubscribeFn((operation) => parts.openStream(operation, finish));
  };

/** Yoga takes the status of a refusal from this extension. */
const badRequest = { http: { status: 400 } };
