import { IncrementalDeliveryError } from '../../plan/incremental-delivery.ts';
import type { OperationPlan } from '../../plan/operation-plan.ts';
import type { OperationRequest } from '../../plan/operation-request.ts';
import { pathOf } from '../../plan/operation-walk.ts';
import type { FindPlans, PlannedOperation } from '../../plan/plan-cache.ts';
import type { AuthorizationError } from '../calls/authorization-error.ts';
import type { Decider } from '../calls/decider.ts';
import { createExecution, toPathKey } from '../calls/execution.ts';
import type { MaybePromise } from '../calls/field-call.ts';
import type { MissingRowError } from '../calls/missing-row-error.ts';
import type { CheckReferences } from '../references/check-references.ts';
import { idsOfRows, unprovenIds } from './ids-of-rows.ts';
import {
  deniedFields,
  deniedInputs,
  firstStep,
  isByRights,
  type OperationDenials,
  planForRequest,
  toErrors,
} from './operation-denials.ts';

/**
 * Returns the refusals of one operation in document order. An empty array means that it may run. Returns a
 * promise only when policies have to be asked, or rows to be read.
 */
export type AuthorizeOperation<TContext> = (
  request: OperationRequest<TContext>,
) => MaybePromise<readonly RefusalError[]>;

/** A refusal of an operation before it runs. */
export type RefusalError = AuthorizationError | MissingRowError;

const noDenials: readonly RefusalError[] = [];

/**
 * Creates the function that authorizes an operation before it runs, by its document, its variables, the viewer's
 * groups and the policies of root fields, and then by the rows that its ids name.
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
  checkReferences: CheckReferences<TContext>,
): AuthorizeOperation<TContext> {
  return (request) => {
    try {
      const planned = findPlans(request.document, request.operationName);
      if (planned === undefined) return noDenials;
      const reading = planned.asksPlaces ? decider.readPlaces(request.contextValue) : undefined;
      return reading === undefined
        ? authorizePlanned(planned, request)
        : reading.then(() => authorizePlanned(planned, request));
    } catch (error) {
      return Promise.reject(error);
    }
  };

  function authorizePlanned(
    planned: PlannedOperation,
    request: OperationRequest<TContext>,
  ): MaybePromise<readonly RefusalError[]> {
    const { fixedPlan, hasGuardedVariables, operation } = planned;
    const { contextValue } = request;
    const now = decider.clock();
    if (
      fixedPlan !== undefined &&
      !hasGuardedVariables &&
      isByGroups(fixedPlan) &&
      decider.admitsToAll(fixedPlan.admissions, contextValue, now)
    ) {
      if (decider.requirements.demandProof) {
        decider.executions.announce(contextValue, operation, createExecution(now));
      }
      return noDenials;
    }
    return authorizeInFull({ decider, checkReferences, now }, planned, request);
  }
}

/** Whether groups and proofs alone decide the operation. */
const isByGroups = ({ withGuardedInput, withReferences, isIncremental }: OperationPlan): boolean =>
  withGuardedInput.length === 0 && withReferences.length === 0 && !isIncremental;

interface AuthorizingParts<TContext> {
  readonly decider: Decider<TContext>;
  readonly checkReferences: CheckReferences<TContext>;
  readonly now: Date;
}

function authorizeInFull<TContext>(
  { decider, checkReferences, now }: AuthorizingParts<TContext>,
  planned: PlannedOperation,
  request: OperationRequest<TContext>,
): MaybePromise<readonly RefusalError[]> {
  const { contextValue, isLenient = false } = request;
  const prepared = planForRequest(decider, planned, request);
  const { plan, variables } = prepared;
  if (plan.isIncremental && decider.report === undefined) throw new IncrementalDeliveryError();
  const inputs = [...deniedInputs(decider, prepared, now), ...unprovenIds(decider, prepared, now)];
  const isOpen = inputs.length === 0 && decider.admitsToAll(plan.admissions, contextValue, now);
  const hasReadReferences = plan.withReferences.length > 0;
  const isAnnounced =
    decider.requirements.demandProof || planned.hasGuardedVariables || hasReadReferences;
  if (isOpen && !isAnnounced) return noDenials;

  const execution = createExecution(now);
  const { report } = decider;
  function admit(errors: readonly RefusalError[], reportedPaths: ReadonlySet<string>) {
    const announced = { variables, ...execution, reportedPaths, hasReadReferences };
    decider.executions.announce(contextValue, planned.operation, announced);
    if (report === undefined) return errors;
    for (const { denial } of errors) report(denial, contextValue);
    return noDenials;
  }
  const conclude = ({ denials, failures }: OperationDenials) => {
    const found = [...denials, ...inputs];
    // Refusals take precedence over a policy's failure. With lenient handling the field reports the failure.
    const [failure] = failures;
    if (failure !== undefined && !found.some(isByRights) && !isLenient) throw failure.error;
    if (found.length > 0 && !isLenient && report === undefined) return toErrors(firstStep(found));
    const errors = toErrors(found);
    const refusedPaths = new Set(found.map(({ field }) => toPathKey(pathOf(field))));
    if (!hasReadReferences) return admit(errors, refusedPaths);
    const refused = found.map(({ field }) => field);
    const { ids, placed } = idsOfRows(decider, prepared, { refused, execution });
    return checkReferences(ids, { context: contextValue, now }, placed).then((checked) => {
      const isRefused = checked.errors.length > 0 && report === undefined;
      return isRefused ? checked.errors : admit([...errors, ...checked.errors], refusedPaths);
    });
  };
  const fields = deniedFields(decider, prepared, execution);
  return fields instanceof Promise ? fields.then(conclude) : conclude(fields);
}
