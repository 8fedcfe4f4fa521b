import type { Authorization } from '@gatehouse/authorization';
import type { Context } from '../context/context.ts';
import { createRequestBudget } from '../database/time/request-budget.ts';
import { createDenialReport } from '../observability/denial-report.ts';
import type { OnOperation } from '../operation/answer/operation-record.ts';
import { createOperations, type Operations } from '../operation/run.ts';
import type { AppOptions, Parts } from './parts.ts';

/** The parts that run operations, for every door. */
export interface OperationParts extends ReturnType<typeof createRequestBudget> {
  readonly authorization: Authorization<Context>;
  readonly operations: Operations;
  /** Whether errors name only the part of the schema that the viewer can see. */
  readonly hidesSchema: boolean;
}

/** Composes the guarded schema, and the way to run its operations. */
export function createOperationParts(
  { config, logger, connection }: AppOptions,
  parts: Parts,
  onOperation: OnOperation,
): OperationParts {
  const reportDenial = createDenialReport(logger);
  const { operationLimits: limits, introspection } = config;
  const authorization = parts.composeSchema({
    toClientError: parts.toClientError,
    introspection,
    onPolicyError: (error, policy, { requestId }) =>
      logger.error({ err: error, policy, requestId }, 'a policy threw an error'),
    ...(config.reportsOnly
      ? { report: (denial, { requestId }) => reportDenial(denial, requestId) }
      : {}),
  });
  const { requestTimeoutMs: totalMs } = config.databaseLimits;
  const times = createRequestBudget(connection, { totalMs, deadlineMs: limits.timeoutMs });
  const hidesSchema = introspection !== 'full';
  const operations = createOperations({
    authorization,
    limits,
    hidesSchema,
    onOperation,
    logger,
    pricing: parts.pricing,
    toClientError: parts.toClientError,
    errorStatuses: parts.errorStatuses,
    withinBudget: times.withinBudget,
    elapsedMs: () => performance.now(),
  });
  return { authorization, operations, hidesSchema, ...times };
}
