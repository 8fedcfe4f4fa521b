import { type ExecutionResult, type GraphQLError, getOperationAST } from 'graphql';
import type { Begun, Judged } from '../admitted.ts';
import type { Answer } from '../asked.ts';
import { type ErrorReports, withErrors } from '../errors/describe-errors.ts';
import type { ErrorPlace } from '../errors/error-log.ts';
import { type Finished, toHead } from './answer-head.ts';
import type { StatusOptions } from './failed-operation.ts';
import { type OnOperation, type RecordedError, toOperationRecord } from './operation-record.ts';

export interface AnswersOptions extends StatusOptions {
  /** Called when an operation has ended. */
  readonly onOperation: OnOperation;
  /** A monotonic clock, in milliseconds. */
  readonly elapsedMs: () => number;
}

/** Creates the answers of operations, and records each operation once. */
export interface Answers {
  /** Answers with errors alone. `status`: for errors without one of their own. */
  refuse(begun: Begun, errors: readonly GraphQLError[], status?: number): Answer;
  /** Answers with a result whose errors are still those that were thrown. */
  settle(begun: Begun, judged: Judged): Answer;
  /** Answers with a result of the execution. */
  finish(begun: Begun, result: ExecutionResult, judge: (result: ExecutionResult) => Judged): Answer;
  /** Records the end of an operation without an answer. */
  record(begun: Begun, errors: readonly RecordedError[]): void;
}

export function createAnswers(options: AnswersOptions, reports: ErrorReports): Answers {
  function record(begun: Begun, errors: readonly RecordedError[], isDecideOnly = false): void {
    if (begun.isRecorded) return;
    begun.isRecorded = true;
    const { asked, startedAtMs, document, queryHash } = begun;
    const { query, operationName, context } = asked;
    const durationMs = options.elapsedMs() - startedAtMs;
    const facts = { query, queryHash, document, operationName, context, durationMs, isDecideOnly };
    const isGivenUp = context.isGivenUp?.() === true;
    options.onOperation(toOperationRecord(facts, isGivenUp ? [givenUp] : errors));
  }

  function answer(begun: Begun, finished: Finished): Answer {
    const { asked, document } = begun;
    const operation = document && getOperationAST(document, asked.operationName);
    const { status, headers, result } = toHead(finished, { document, operation }, options);
    const cookie = asked.context.browserSession.setCookie();
    record(begun, result.errors ?? [], result.extensions?.decision !== undefined);
    return {
      kind: result.errors !== undefined && result.data === undefined ? 'refused' : 'answered',
      status,
      headers: cookie === undefined ? headers : Object.assign({ 'set-cookie': cookie }, headers),
      result,
    };
  }

  const settle: Answers['settle'] = (begun, { result, denials, headers, status }) =>
    answer(begun, { result: withErrors(result, reports.format), denials, headers, status });

  return {
    refuse: (begun, errors, status) =>
      answer(begun, {
        result: { errors: reports.describe(errors, placeOf(begun)) },
        denials: [],
        headers: {},
        status,
      }),
    settle,
    finish(begun, result, judge) {
      // Logged before the guards replace some of them.
      if (result.errors !== undefined) reports.log(result.errors, placeOf(begun));
      return settle(begun, judge(result));
    },
    record,
  };
}

/** The error that is recorded for an operation whose client already got a timeout. */
const givenUp: RecordedError = { extensions: { code: 'SERVICE_UNAVAILABLE' } };

function placeOf({ asked: { context, operationName }, document }: Begun): ErrorPlace {
  const operation = document && getOperationAST(document, operationName);
  return {
    requestId: context.requestId,
    operationName: operation?.name?.value ?? operationName ?? undefined,
  };
}
