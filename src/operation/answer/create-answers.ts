import type { ExecutionResult, GraphQLError } from 'graphql';
import type { Admitted, Begun, Judged } from '../admitted.ts';
import type { Answer, Asked } from '../asked.ts';
import { type ErrorReports, withErrors } from '../errors/describe-errors.ts';
import type { ErrorPlace } from '../errors/error-log.ts';
import { type Finished, type StatusOptions, toHead } from './answer-head.ts';
import { type OnOperation, type RecordedError, toOperationRecord } from './operation-record.ts';

export interface AnswersOptions extends StatusOptions {
  readonly onOperation: OnOperation;
  /** A monotonic clock, in milliseconds. */
  readonly elapsedMs: () => number;
}

export type Answers = ReturnType<typeof createAnswers>;

/** Creates the answers of operations, and records each operation once. */
export function createAnswers(options: AnswersOptions, reports: ErrorReports) {
  /** Records the end of an operation, also of one without an answer. */
  function record(begun: Begun, errors: readonly RecordedError[], isDecideOnly = false): void {
    if (begun.isRecorded) return;
    begun.isRecorded = true;
    const durationMs = options.elapsedMs() - begun.startedAtMs;
    const isGivenUp = begun.asked.context.isGivenUp?.() === true;
    const answered = isGivenUp ? [givenUp] : errors;
    options.onOperation(toOperationRecord(begun, { errors: answered, durationMs, isDecideOnly }));
  }

  function answer(begun: Begun, finished: Finished): Answer {
    const { status, headers, result } = toHead(finished, begun, options);
    const cookie = begun.asked.context.browserSession.setCookie();
    // What is left undone because the client has left is no failure.
    const { errors = [] } = begun.asked.context.hasEnded() ? {} : result;
    record(begun, errors, result.extensions?.decision !== undefined);
    return {
      kind: result.errors !== undefined && result.data === undefined ? 'refused' : 'answered',
      status,
      headers: cookie === undefined ? headers : Object.assign({ 'set-cookie': cookie }, headers),
      result,
    };
  }

  /** Answers with a result whose errors are still those that were thrown. */
  const settle = (begun: Begun, { result, denials, headers, status }: Judged): Answer =>
    answer(begun, { result: withErrors(result, reports.format), denials, headers, status });

  return {
    /** Answers with errors alone. `status`: for errors without one of their own. */
    refuse: (begun: Begun, errors: readonly GraphQLError[], status?: number): Answer =>
      answer(begun, {
        result: { errors: reports.describe(errors, placeOf(begun)) },
        denials: [],
        headers: {},
        status,
      }),
    settle,
    /** Answers with a result of the execution. */
    finish({ begun, judge, ran }: Admitted, result: ExecutionResult): Answer | Promise<Answer> {
      // Logged before the guards replace some of them.
      if (result.errors !== undefined) reports.log(result.errors, placeOf(begun));
      const early = createEarlyBody(begun.asked);
      const conclude = (judged: Judged): Answer => {
        reports.logUnrecorded(judged.result.errors ?? [], placeOf(begun));
        // Without data, nothing ran.
        if (result.data !== undefined && judged.denials.length === 0) ran?.();
        return early.addTo(settle(begun, judged));
      };
      const judging = judge(result, early.make);
      return judging instanceof Promise ? judging.then(conclude) : conclude(judging);
    },
    record,
  };
}

/**
 * Makes the body of an answer without errors while its reads are recorded: the result is still in the cache of the
 * processor. The body is outside of the heap, where a long text that waits costs more than it saves.
 */
function createEarlyBody({ toText }: Asked) {
  let made: Pick<Answer, 'result' | 'body'> | undefined;
  return {
    make({ result }: Judged): void {
      if (toText === undefined || result.errors !== undefined) return;
      try {
        made = { result, body: Buffer.from(toText(result)) };
      } catch {
        // It cannot be written, which the door finds again.
      }
    },
    addTo: (answer: Answer): Answer =>
      made?.result === answer.result ? Object.assign(answer, { body: made.body }) : answer,
  };
}

/** The error that is recorded for an operation whose client already got a timeout. */
const givenUp: RecordedError = { extensions: { code: 'SERVICE_UNAVAILABLE' } };

const placeOf = ({ asked: { context, operationName }, operation }: Begun): ErrorPlace => ({
  requestId: context.requestId,
  operationName: operation?.name?.value ?? operationName ?? undefined,
});
