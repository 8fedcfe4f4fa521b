import {
  type DocumentNode,
  type ExecutionArgs,
  type ExecutionResult,
  GraphQLError,
  type GraphQLSchema,
  type ValidationRule,
} from 'graphql';
import { anonymous } from '../../authentication/viewer.ts';
import type { Answer } from '../../operation/asked.ts';
import { toSyntaxError } from '../../operation/errors/syntax-error.ts';
import { unknownOperation } from '../../operation/gate.ts';
import { validateForEveryone } from '../../operation/read/validate-document.ts';
import { type HostOperation, toAsked } from './host-operation.ts';
import type { PluginHost } from './plugin-parts.ts';

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
  onExecute(
    start: ExecuteStart,
  ): Promise<{ onExecuteDone(end: ExecuteEnd): Promise<void> } | undefined>;
  onSubscribe(start: { setSubscribeFn(subscribe: (args: HostOperation) => unknown): void }): void;
}

interface ParseEnd {
  readonly result: unknown;
  replaceParseResult(result: GraphQLError): void;
}

interface ExecuteStart {
  readonly args: HostOperation;
  setExecuteFn(execute: (args: ExecutionArgs) => unknown): void;
  setResultAndStopExecution(result: ExecutionResult): void;
}

interface ExecuteEnd {
  readonly result: ExecutionResult | AsyncIterable<unknown>;
  setResult(result: ExecutionResult): void;
}

/**
 * Creates the one plugin that a GraphQL Yoga or another Envelop server needs. It admits operations before they run, and
 * gives answers the same form and status as in Gatehouse's own server. Envelop executes, so that its other plugins see
 * what they always see.
 */
export function envelopPlugin({ pluginParts }: PluginHost): EnvelopHostPlugin {
  const { admit, finish, gate, authorization, hidesSchema, maxErrors, subscribe } = pluginParts;
  return {
    onParse:
      () =>
      ({ result, replaceParseResult }) => {
        if (!(result instanceof GraphQLError)) return;
        replaceParseResult(gate.isClosed ? unknownOperation() : toSyntaxError(result));
      },

    // Validation does not know the viewer.
    onValidate: ({ setValidationFn }) =>
      setValidationFn((schema, document, rules) => {
        // Refused by `admit`, or validated there for a viewer who may send any.
        if (gate.isClosed && !gate.isKnown(document)) return [];
        const visible = hidesSchema ? authorization.visibleTo(anonymous('TOKEN_MISSING')) : schema;
        return validateForEveryone(document, { schema, visible, rules, maxErrors });
      }),

    async onExecute({ args, setExecuteFn, setResultAndStopExecution }) {
      const admission = await admit(toAsked(args));
      if (admission.kind !== 'admitted') {
        setResultAndStopExecution(withHead(admission));
        return undefined;
      }
      setExecuteFn(authorization.execute);
      return {
        async onExecuteDone({ result, setResult }) {
          if (Symbol.asyncIterator in result) return;
          setResult(withHead(await finish(admission, result)));
        },
      };
    },

    onSubscribe: ({ setSubscribeFn }) =>
      setSubscribeFn(async (operation) => {
        const opened = await subscribe(operation);
        return 'kind' in opened ? withHead(opened) : opened;
      }),
  };
}

/** Yoga takes status and headers from `extensions.http` of a result. */
function withHead({ status, headers, result }: Answer): ExecutionResult {
  if (status === 200 && Object.keys(headers).length === 0) return result;
  const http = { ...(status === 200 ? {} : { status }), headers };
  return { ...result, extensions: { ...result.extensions, http } };
}
