import { getArgumentValues, getVariableValues } from 'graphql';
import type { Refusal } from '../decision/decision.ts';
import type { PolicyAnswers } from '../decision/policy-answers.ts';
import { IncrementalDeliveryError } from '../plan/incremental-delivery.ts';
import type { OperationPlan, PlannedField } from '../plan/operation-plan.ts';
import type { OperationRequest } from '../plan/operation-request.ts';
import { pathOf } from '../plan/operation-walk.ts';
import {
  type CoercedVariables,
  createPlanCache,
  type PlannedOperation,
} from '../plan/plan-cache.ts';
import {
  type SuppliedVariables,
  suppliedCoordinates,
  variablesOfRequest,
} from '../plan/supplied-input.ts';
import {
  type AuthorizationError,
  createAuthorizationError,
  toDenialExtensions,
} from './authorization-error.ts';
import type { Decider, MaybePromise } from './decider.ts';
import { createExecution, toPathKey } from './execution.ts';
import { markHandled } from './mark-handled.ts';

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
): AuthorizeOperation<TContext> {
  const findPlans = createPlanCache(decider.schema, decider.requirements);

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
  { operation, hasGuardedVariables, planFor }: PlannedOperation,
  request: OperationRequest<TContext>,
): MaybePromise<readonly AuthorizationError[]> {
  const { variableValues, contextValue, isLenient = false } = request;
  const raw = variableValues ?? {};
  const definitions = operation.variableDefinitions ?? [];
  const { coerced } = getVariableValues(decider.schema, definitions, { ...raw }, { maxErrors: 1 });
  const plan = planFor(coerced);
  if (plan.isIncremental && decider.report === undefined) throw new IncrementalDeliveryError();
  const variables = variablesOfRequest(operation, raw);
  const inputs = deniedInputs(decider, plan, { contextValue, variables });
  const isOpen = inputs.length === 0 && decider.admitsToAll(plan.admissions, contextValue);
  if (isOpen && !hasGuardedVariables) return noDenials;

  const execution = createExecution();
  const rootRequest = { contextValue, coerced, answers: execution.answers };
  const { denials: denied, waiting } = deniedFields(decider, plan, rootRequest);
  const conclude = ({ denials, failures }: Awaited<ReturnType<typeof settle>>) => {
    const found = [...denied, ...denials, ...inputs];
    // Refusals take precedence over a policy's failure. With lenient handling the field reports the failure.
    if (failures.length > 0 && found.length === 0 && !isLenient) throw failures[0];
    const errors = inDocumentOrder(found);
    const { report } = decider;
    if (errors.length > 0 && !isLenient && report === undefined) return errors;
    const reportedPaths = new Set(found.map(({ field }) => toPathKey(pathOf(field))));
    decider.executions.announce(contextValue, operation, {
      ...execution,
      reportedPaths,
      variables,
    });
    if (report === undefined) return errors;
    for (const { denial } of errors) report(denial, contextValue);
    return noDenials;
  };
  return waiting.length === 0
    ? conclude({ denials: [], failures: [] })
    : settle(waiting).then(conclude);
}

interface Denial {
  readonly field: PlannedField;
  readonly coordinate: string;
  readonly refusal: Refusal;
}

/** Returns the denials by groups, and the pending decisions of root fields with policies. */
function deniedFields<TContext>(
  decider: Decider<TContext>,
  plan: OperationPlan,
  request: RootRequest<TContext>,
) {
  const denials: Denial[] = [];
  const waiting: Promise<Denial | undefined>[] = [];
  for (const [requirement, fields] of plan.byRequirement) {
    const decision = decider.decideByGroups(requirement, request.contextValue);
    if (decision.outcome === 'allowed') continue;
    for (const field of fields) {
      if (decision.outcome !== 'depends') denials.push(toDenial(field, decision));
      else if (field.isRoot) waiting.push(markHandled(decideRootField(decider, field, request)));
    }
  }
  return { denials, waiting };
}

async function settle(waiting: readonly Promise<Denial | undefined>[]) {
  const settled = await Promise.allSettled(waiting);
  return {
    denials: settled.flatMap((each) =>
      each.status === 'fulfilled' && each.value !== undefined ? [each.value] : [],
    ),
    failures: settled.filter((each) => each.status === 'rejected').map(({ reason }) => reason),
  };
}

/** The input of a root field's policies. */
interface RootRequest<TContext> {
  readonly contextValue: TContext;
  readonly coerced: CoercedVariables;
  readonly answers: PolicyAnswers;
}

/** Ignores arguments that cannot be coerced: the executor rejects them before it calls the field's resolver. */
async function decideRootField<TContext>(
  decider: Decider<TContext>,
  field: PlannedField,
  request: RootRequest<TContext>,
): Promise<Denial | undefined> {
  const args = tryArgumentValues(field, request.coerced);
  if (args === undefined) return undefined;
  const call = { source: undefined, args, context: request.contextValue };
  const refusal = await decider.decideField(field.requirement, call, () => request.answers);
  return refusal === undefined ? undefined : toDenial(field, refusal);
}

function tryArgumentValues(field: PlannedField, coerced: CoercedVariables) {
  if (coerced === undefined) return undefined;
  try {
    return getArgumentValues(field.definition, field.nodes[0], coerced);
  } catch {
    return undefined;
  }
}

function deniedInputs<TContext>(
  decider: Decider<TContext>,
  plan: OperationPlan,
  { contextValue, variables }: { contextValue: TContext; variables: SuppliedVariables },
): Denial[] {
  return plan.withGuardedInput.flatMap((field) => {
    const supplied = suppliedCoordinates(decider.requirements, {
      node: field.nodes[0],
      field: field.definition,
      coordinate: field.coordinate,
      variables,
    });
    return supplied.flatMap((coordinate) => {
      const requirement = decider.requirements.at(coordinate);
      const refusal = decider.refusalByGroups(requirement, contextValue);
      return refusal === undefined ? [] : [toDenial(field, refusal, coordinate)];
    });
  });
}

function toDenial(
  field: PlannedField,
  refusal: Refusal,
  coordinate: string = field.coordinate,
): Denial {
  return { field, coordinate, refusal };
}

/** Sorts by field. The sort is stable, so a field's own denial stays before those of its inputs. */
function inDocumentOrder(denials: readonly Denial[]): AuthorizationError[] {
  return [...denials]
    .sort((left, right) => left.field.order - right.field.order)
    .map(({ field, coordinate, refusal }) =>
      createAuthorizationError(toDenialExtensions(coordinate, refusal), {
        path: pathOf(field),
        nodes: field.nodes,
      }),
    );
}
