import { IncrementalDeliveryError } from '../../plan/incremental-delivery.ts';
import type { OperationPlan } from '../../plan/operation-plan.ts';
import type { OperationRequest } from '../../plan/operation-request.ts';
import { pathOf } from '../../plan/operation-walk.ts';
import type { FindPlans, PlannedOperation } from '../../plan/plan-cache.ts';
import type { AuthorizationError } from '../calls/authorization-error.ts';
import type { Decider } from '../calls/decider.ts';
import { createExecution, toPathKey } from '../calls/execution.ts';
import type { MaybePromise } from '../calls/field-call.ts';
import {
  deniedFields,
  deniedInputs,
  type OperationDenials,
  planForRequest,
  toErrors,
} from './operation-denials.ts';

/**
 * Returns the refusals of one operation in document order. An empty array means that it may run. Returns a
 * promise only when policies have to be asked.
 */
export type AuthorizeOperation<TContext> = (
  request: OperationRequest<TContext>,
) => MaybePromise<readonly AuthorizationError[]>;

const noDenials: readonly AuthorizationError[] = [];

/**
 * Creates the function that authorizes an operation before it runs, by its document, its variables, the viewer's
 * groups and the policies of root fields.
 *
 * Plans are cached by document, which a host parses once and keeps; decisions are never cached. An operation
 * that cannot be found, or whose variables cannot be coerced, returns no refusals: the executor rejects it before
 * it calls any resolver.
 *
 * @throws {OperationTooComplexError | IncrementalDeliveryError} by rejecting, and what `onPolicyError` throws.
 */
export function createAuthorizeOperation<TContext>(
  decider: Decider<TContext>,
  findPlans: FindPlans,
): AuthorizeOperation<TContext> {
  return (request) => {
    try {
      const planned = findPlans(request.document, request.operationName);
      if (planned === undefined) return noDenials;
      const { fixedPlan, hasGuardedVariables } = planned;
      if (
        fixedPlan !== undefined &&
        !hasGuardedVariables &&
        isOpenByGroups(decider, fixedPlan, request.contextValue)
      ) {
        return noDenials;
      }
      return authorizeInFull(decider, planned, request);
    } catch (error) {
      return Promise.reject(error);
    }
  };
}

/** Whether groups alone decide the operation, and admit the viewer to every field. */
const isOpenByGroups = <TContext>(
  decider: Decider<TContext>,
  { admissions, withGuardedInput, isIncremental }: OperationPlan,
  context: TContext,
): boolean =>
  withGuardedInput.length === 0 && !isIncremental && decider.admitsToAll(admissions, context);

function authorizeInFull<TContext>(
  decider: Decider<TContext>,
  planned: PlannedOperation,
  request: OperationRequest<TContext>,
): MaybePromise<readonly AuthorizationError[]> {
  const { contextValue, isLenient = false } = request;
  const prepared = planForRequest(decider, planned, request);
  const { plan, variables } = prepared;
  if (plan.isIncremental && decider.report === undefined) throw new IncrementalDeliveryError();
  const inputs = deniedInputs(decider, prepared);
  const isOpen = inputs.length === 0 && decider.admitsToAll(plan.admissions, contextValue);
  if (isOpen && !planned.hasGuardedVariables) return noDenials;

  const execution = createExecution();
  const conclude = ({ denials, failures }: OperationDenials) => {
    const found = [...denials, ...inputs];
    // Refusals take precedence over a policy's failure. With lenient handling the field reports the failure.
    if (failures.length > 0 && found.length === 0 && !isLenient) throw failures[0];
    const errors = toErrors(found);
    const { report } = decider;
    if (errors.length > 0 && !isLenient && report === undefined) return errors;
    const reportedPaths = new Set(found.map(({ field }) => toPathKey(pathOf(field))));
    decider.executions.announce(contextValue, planned.operation, {
      variables,
      ...execution,
      reportedPaths,
    });
    if (report === undefined) return errors;
    for (const { denial } of errors) report(denial, contextValue);
    return noDenials;
  };
  const fields = deniedFields(decider, prepared, execution.answers);
  return fields instanceof Promise ? fields.then(conclude) : conclude(fields);
}
