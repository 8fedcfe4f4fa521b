import { type ExecutionResult, type GraphQLError, getOperationAST } from 'graphql';
import type { OperationGate } from '../schema/packages/operation-gate.ts';
import type { Admitted, Begun } from './admitted.ts';
import { type AnswersOptions, createAnswers } from './answer/create-answers.ts';
import type { RecordedError } from './answer/operation-record.ts';
import type { Answer, Asked } from './asked.ts';
import { type AdmissionOptions, createAdmission } from './create-admission.ts';
import {
  createErrorReports,
  type ErrorReports,
  type ErrorReportsOptions,
} from './errors/describe-errors.ts';
import { asGraphQLError } from './errors/graphql-error.ts';
import { createFairQueue } from './fair-queue.ts';
import { createGateSteps, type GateSteps } from './gate.ts';
import { createOpenEvents, type OpenEvents, type OpenEventsOptions } from './open-events.ts';

export interface OperationsOptions
  extends AdmissionOptions,
    AnswersOptions,
    ErrorReportsOptions,
    Pick<OpenEventsOptions, 'withinBudget'> {
  /** Decides which operations are read at all. Undefined: all of them. */
  readonly gate: OperationGate | undefined;
}

/** The only way to run an operation, and its parts. None throws or rejects. */
export interface Operations {
  /** Reads, limits, authorizes, executes and records a query or mutation. */
  readonly run: (asked: Asked) => Promise<Answer>;
  readonly admit: (asked: Asked) => Promise<Admitted | Answer>;
  /** Executes an admitted query or mutation. */
  readonly complete: (admitted: Admitted) => Promise<Answer>;
  /** Answers and records an admitted operation that its host has executed. Returns a promise if it has audited values. */
  readonly finish: (admitted: Admitted, result: ExecutionResult) => Answer | Promise<Answer>;
  /** Answers an operation that its host has refused with these errors. `status`: for errors without one of their own. */
  readonly refuse: (asked: Asked, errors: readonly GraphQLError[], status?: number) => Answer;
  /** Records the end of an admitted subscription, once. */
  readonly end: (admitted: Admitted, errors: readonly RecordedError[]) => void;
  /** Opens an admitted subscription. */
  readonly openEvents: OpenEvents;
  readonly reports: ErrorReports;
  readonly gate: GateSteps;
  /** Reads and plans an operation before it is sent. Returns false if it is not valid. */
  readonly prepare: (query: string) => boolean;
}

/** Creates the way to run operations, for every door. */
export function createOperations(options: OperationsOptions): Operations {
  const { authorization, elapsedMs, limits, withinBudget } = options;
  const gate = createGateSteps(options.gate);
  const { schema, execute } = authorization;
  const reports = createErrorReports(options, limits.maxTokens);
  const answers = createAnswers(options, reports);
  const { read, explain, admit, observeRun, prepare } = createAdmission(options, gate, answers);
  const answerQueue = createFairQueue(answerStartLimits);
  const begin = (asked: Asked): Begun => toBegun(asked, elapsedMs());

  const fail = (begun: Begun, error: unknown): Answer =>
    answers.refuse(begun, [asGraphQLError(error)]);

  async function admitBegun(begun: Begun): Promise<Admitted | Answer> {
    try {
      return await admit(begun);
    } catch (error) {
      return Object.assign(fail(begun, error), { isFailure: true });
    }
  }

  function finish(admitted: Admitted, result: ExecutionResult): Answer | Promise<Answer> {
    const failed = (error: unknown) => fail(admitted.begun, error);
    try {
      const answer = answers.finish(admitted, result);
      return answer instanceof Promise ? answer.catch(failed) : answer;
    } catch (error) {
      return failed(error);
    }
  }

  async function complete(admitted: Admitted): Promise<Answer> {
    const { document, begun } = admitted;
    const { operationName, variables: variableValues, context: contextValue } = begun.asked;
    const request = { schema, document, operationName, variableValues, contextValue };
    try {
      return await finish(admitted, await execute(request));
    } catch (error) {
      return fail(begun, error);
    }
  }

  return {
    async run(asked) {
      const admitted = await admitBegun(begin(asked));
      return admitted.kind === 'admitted' ? complete(admitted) : admitted;
    },
    admit: (asked) => admitBegun(begin(asked)),
    complete,
    finish,
    reports,
    gate,
    prepare,
    openEvents: createOpenEvents({ authorization, withinBudget, answerQueue, observeRun }, reports),
    end: ({ begun }, errors) => answers.record(begun, errors),
    refuse(asked, errors, status) {
      const begun = begin(asked);
      // What is wrong with the document comes first.
      const unread = asked.query === '' ? [] : read(begun);
      if (unread.length > 0) return answers.refuse(begun, unread);
      return answers.refuse(begun, explain(begun, errors), status);
    },
  };
}

function toBegun(asked: Asked, startedAtMs: number): Begun {
  const { document, operationName } = asked;
  if (document === undefined) return { asked, startedAtMs };
  const operation = getOperationAST(document, operationName) ?? undefined;
  return { asked, startedAtMs, document, operation };
}

/** An event starts as many answers as there are subscribers. Each takes a part of a millisecond. */
const answerStartLimits = { startsPerTurn: 4, maxRunning: 64, maxRunningPerKey: 16 };
