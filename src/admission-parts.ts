import { type CheckOperation, createOperationCheck } from './admission/check-operation.ts';
import { createDecide } from './admission/decide-operation.ts';
import { createDenialReport } from './observability/denial-report.ts';
import type { AppOptions, Parts } from './parts.ts';

/** The parts that decide about operations before they run, for every transport and host. */
export interface AdmissionParts {
  readonly authorization: ReturnType<Parts['composeSchema']>;
  readonly checkOperation: CheckOperation;
}

/** Composes the guarded schema, and the check of operations against the limits. */
export function createAdmission({ config, logger }: AppOptions, parts: Parts): AdmissionParts {
  const reportDenial = createDenialReport(logger);
  const guards = parts.composeSchema({
    toClientError: parts.toClientError,
    introspection: config.introspection,
    onPolicyError: (error, policy, { requestId }) =>
      logger.error({ err: error, policy, requestId }, 'a policy threw an error'),
    ...(config.reportsOnly
      ? { report: (denial, { requestId }) => reportDenial(denial, requestId) }
      : {}),
  });
  const { operationLimits: limits, introspection } = config;
  const decideOperation = createDecide({
    authorization: guards,
    hidesSchema: introspection !== 'full',
    maxErrors: limits.maxErrors,
  });
  const authorization = { ...guards, decideOperation };
  const checkOperation = createOperationCheck({ authorization, limits, pricing: parts.pricing });
  return { authorization, checkOperation };
}
