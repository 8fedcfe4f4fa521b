import { type Authorization, createAdmit } from '@gatehouse/authorization';
import { type ExecutionResult, type GraphQLError, getOperationAST } from 'graphql';
import type { Context } from '../context/context.ts';
import type { Pricing } from '../schema/pricing.ts';
import type { Admitted, Begun, Judged } from './admitted.ts';
import { type Finished, toHead } from './answer/answer-head.ts';
import type { StatusOptions } from './answer/failed-operation.ts';
import {
  type OnOperation,
  type RecordedError,
  toOperationRecord,
} from './answer/operation-record.ts';
import type { Answer, Asked } from './asked.ts';
import { notCarried } from './carried.ts';
import { createOperationCheck } from './check-operation.ts';
import { createDecide, type DecideOptions } from './decide-operation.ts';
import { createErrorReports, type ErrorReports, withErrors } from './errors/describe-errors.ts';
import type { ErrorLogOptions, ErrorPlace } from './errors/error-log.ts';
import { asGraphQLError } from './errors/graphql-error.ts';
import { findRequestErrors } from './errors/request-errors.ts';
import { createFairTurns } from './fair-turns.ts';
import type { OperationLimits } from './limits.ts';
import { createOpenEvents, type OpenEvents, type OpenEventsOptions } from './open-events.ts';
import { createReadDocument } from './read/read-document.ts';
import { explainInvalid } from './read/validate-document.ts';

export interface OperationsOptions
  extends Omit<StatusOptions, 'realm'>,
    ErrorLogOptions,
    Pick<DecideOptions, 'hidesSchema'>,
    Pick<OpenEventsOptions, 'withinBudget'> {
  readonly authorization: Authorization<Context>;
  readonly pricing: Pricing;
  readonly limits: OperationLimits;
  /** Called when an operation has ended. */
  readonly onOperation: OnOperation;
  /** A monotonic clock, in milliseconds. */
  readonly elapsedMs: () => number;
}

/** The only way to run an operation, and its parts. None throws or rejects. */
export interface Operations {
  /** Reads, limits, authorizes, executes and records a query or mutation. */
  readonly run: (asked: Asked) => Promise<Answer>;
  readonly admit: (asked: Asked) => Promise<Admitted | Answer>;
  /** Executes an admitted query or mutation. */
  readonly complete: (admitted: Admitted) => Promise<Answer>;
  /** Answers and records an admitted operation that its host has executed. */
  readonly finish: (admitted: Admitted, result: ExecutionResult) => Answer;
  /** Answers an operation that its host has refused with these errors. `status`: for errors without one of their own. */
  readonly refuse: (asked: Asked, errors: readonly GraphQLError[], status?: number) => Answer;
  /** Records the end of an admitted subscription, once. */
  readonly end: (admitted: Admitted, errors: readonly RecordedError[]) => void;
  /** Opens an admitted subscription. */
  readonly openEvents: OpenEvents;
  readonly reports: ErrorReports;
}

/** Creates the way to run operations, for every door. */
export function createOperations(options: OperationsOptions): Operations {
  const { authorization, elapsedMs, hidesSchema, limits, withinBudget } = options;
  const { schema, execute, visibleTo, authorizeOperation, introspect } = authorization;
  const { maxErrors, maxTokens } = limits;
  const decideOperation = createDecide({ authorization, hidesSchema, maxErrors });
  const authorize = createAdmit({ decideOperation, authorizeOperation, introspect });
  const checkOperation = createOperationCheck(options);
  const readDocument = createReadDocument({ schema, maxTokens, maxErrors });
  const reports = createErrorReports(options, maxTokens);
  const shownTo = hidesSchema ? visibleTo : () => schema;
  const inAnswerTurn = createFairTurns(answerTurns);
  const openEvents = createOpenEvents({ authorization, withinBudget, inAnswerTurn }, reports);

  function begin(asked: Asked): Begun {
    const { document } = asked;
    const startedAtMs = elapsedMs();
    return document === undefined ? { asked, startedAtMs } : { asked, startedAtMs, document };
  }

  /** Reads the document, unless the host has. */
  function read(begun: Begun): readonly GraphQLError[] {
    if (begun.document !== undefined) return [];
    const { query, context } = begun.asked;
    const result = readDocument(query, () => shownTo(context.viewer));
    if ('errors' in result) return result.errors;
    begun.document = result.document;
    begun.queryHash = result.hash;
    return [];
  }

  function refuse(begun: Begun, errors: readonly GraphQLError[], status?: number): Answer {
    return answer(begun, {
      result: { errors: reports.describe(errors, placeOf(begun)) },
      denials: [],
      headers: {},
      status,
    });
  }

  /** A host validates by the whole schema, whose hidden types its errors can name. */
  function explain({ document, asked }: Begun, errors: readonly GraphQLError[]) {
    if (document === undefined || !errors.some(isOfValidation)) return errors;
    return explainInvalid(document, { visible: shownTo(asked.context.viewer), maxErrors });
  }

  /** Creates the answer, and records the operation. */
  function answer(begun: Begun, finished: Finished): Answer {
    const { asked, document } = begun;
    const operation = document && getOperationAST(document, asked.operationName);
    const statuses = { realm, errorStatuses: options.errorStatuses };
    const { status, headers, result } = toHead(finished, { document, operation }, statuses);
    const cookie = asked.context.browserSession.setCookie();
    record(begun, result.errors ?? [], result.extensions?.decision !== undefined);
    return {
      kind: result.errors !== undefined && result.data === undefined ? 'refused' : 'answered',
      status,
      headers: cookie === undefined ? headers : Object.assign({ 'set-cookie': cookie }, headers),
      result,
    };
  }

  function record(begun: Begun, errors: readonly RecordedError[], isDecideOnly = false) {
    if (begun.isRecorded) return;
    begun.isRecorded = true;
    const { asked, startedAtMs, document, queryHash } = begun;
    const { query, operationName, context } = asked;
    const durationMs = elapsedMs() - startedAtMs;
    const facts = { query, queryHash, document, operationName, context, durationMs, isDecideOnly };
    const isGivenUp = context.isGivenUp?.() === true;
    options.onOperation(toOperationRecord(facts, isGivenUp ? [givenUp] : errors));
  }

  /** Answers with a result whose errors are still those that were thrown. */
  const settle = (begun: Begun, judged: Judged): Answer => {
    const { result, denials, headers, status } = judged;
    return answer(begun, { result: withErrors(result, reports.format), denials, headers, status });
  };

  async function tryToAdmit(begun: Begun): Promise<Admitted | Answer> {
    const unread = read(begun);
    const { document, asked } = begun;
    if (document === undefined) return refuse(begun, unread);
    const { operationName, variables: variableValues, context: contextValue, prefer } = asked;
    const operation = getOperationAST(document, operationName);
    await asked.beforeStart?.(operation ?? undefined);
    const request = { document, operationName, variableValues, contextValue };
    await checkOperation(request);
    const admission = await authorize(Object.assign({ prefer }, request));
    if (admission.kind === 'answered') return settle(begun, admission);
    const visible = () => shownTo(contextValue.viewer);
    const errors = findRequestErrors(request, { schema, visible, maxErrors });
    if (errors.length > 0) return refuse(begun, errors);
    if (!operation) throw new Error('A document without the operation has an error.');
    const refusal = notCarried(operation.operation, asked.carries);
    if (refusal !== undefined) return refuse(begun, [refusal]);
    return { kind: 'admitted', begun, document, operation, judge: admission.finish };
  }

  async function admitBegun(begun: Begun): Promise<Admitted | Answer> {
    try {
      return await tryToAdmit(begun);
    } catch (error) {
      return Object.assign(refuse(begun, [asGraphQLError(error)]), { isFailure: true });
    }
  }

  function finish({ begun, judge }: Admitted, result: ExecutionResult): Answer {
    try {
      // Logged before the guards replace some of them.
      if (result.errors !== undefined) reports.log(result.errors, placeOf(begun));
      return settle(begun, judge(result));
    } catch (error) {
      return refuse(begun, [asGraphQLError(error)]);
    }
  }

  async function complete(admitted: Admitted): Promise<Answer> {
    const { document, begun } = admitted;
    const { operationName, variables: variableValues, context: contextValue } = begun.asked;
    const request = { schema, document, operationName, variableValues, contextValue };
    try {
      return finish(admitted, await execute(request));
    } catch (error) {
      return refuse(begun, [asGraphQLError(error)]);
    }
  }

  async function run(asked: Asked): Promise<Answer> {
    const admitted = await admitBegun(begin(asked));
    return admitted.kind === 'admitted' ? complete(admitted) : admitted;
  }

  return {
    run,
    admit: (asked) => admitBegun(begin(asked)),
    complete,
    finish,
    reports,
    openEvents,
    end: ({ begun }, errors) => record(begun, errors),
    refuse(asked, errors, status) {
      const begun = begin(asked);
      // What is wrong with the document comes first.
      const unread = asked.query === '' ? [] : read(begun);
      if (unread.length > 0) return refuse(begun, unread);
      return refuse(begun, explain(begun, errors), status);
    },
  };
}

/** Names the protected space in `WWW-Authenticate` (RFC 9110, 11.5). */
export const realm = 'gatehouse';

/** An event starts as many answers as there are subscribers. Each takes a part of a millisecond. */
const answerTurns = { startsPerTurn: 4, maxRunning: 64, maxRunningPerKey: 16 };

/** Apollo Server gives such errors this code. */
const isOfValidation = ({ extensions }: GraphQLError): boolean =>
  extensions.code === 'GRAPHQL_VALIDATION_FAILED';

/** The error that is recorded for an operation whose client already got a timeout. */
const givenUp: RecordedError = { extensions: { code: 'SERVICE_UNAVAILABLE' } };

function placeOf({ asked: { context, operationName }, document }: Begun): ErrorPlace {
  const operation = document && getOperationAST(document, operationName);
  return {
    requestId: context.requestId,
    operationName: operation?.name?.value ?? operationName ?? undefined,
  };
}
