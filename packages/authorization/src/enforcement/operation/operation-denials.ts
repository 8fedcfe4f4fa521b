import { decide, type Refusal } from '../../decision/decision.ts';
import type { Unproven } from '../../decision/unproven.ts';
import {
  argumentValues,
  coerceVariables,
  type ExecutionVariables,
} from '../../graphql-js/variables.ts';
import type { OperationPlan, PlannedField } from '../../plan/operation-plan.ts';
import type { OperationRequest } from '../../plan/operation-request.ts';
import { pathOf } from '../../plan/operation-walk.ts';
import type { PlannedOperation } from '../../plan/plan-cache.ts';
import {
  type SuppliedVariables,
  suppliedCoordinates,
  variablesOfRequest,
} from '../../plan/supplied-input.ts';
import { joinDemands } from '../../requirements/requirement.ts';
import {
  type AuthorizationError,
  createAuthorizationError,
  toDenialExtensions,
} from '../calls/authorization-error.ts';
import type { Decider } from '../calls/decider.ts';
import type { Execution } from '../calls/execution.ts';
import type { MaybePromise } from '../calls/field-call.ts';

/** One operation with the variables of its request, and the plan for them. */
export interface PreparedOperation<TContext> {
  readonly plan: OperationPlan;
  readonly contextValue: TContext;
  readonly coerced: ExecutionVariables | undefined;
  readonly variables: SuppliedVariables;
}

/** Coerces the variables of a request, and finds the plan for them. */
export function planForRequest<TContext>(
  { schema }: Pick<Decider<TContext>, 'schema'>,
  { operation, planFor }: PlannedOperation,
  { variableValues, contextValue }: OperationRequest<TContext>,
): PreparedOperation<TContext> {
  const raw = variableValues ?? {};
  const { variables: coerced } = coerceVariables(schema, operation, raw, { maxErrors: 1 });
  const variables = variablesOfRequest(operation, raw);
  return { plan: planFor(coerced), contextValue, coerced, variables };
}

/** A refusal at one selected field, or at an input supplied to it. */
export interface Denial {
  readonly field: PlannedField;
  readonly coordinate: string;
  readonly refusal: Refusal;
  /** Replaces the reason of the refusal. */
  readonly reason?: 'POLICY_FAILED';
}

/** A root field whose policy failed, and so admits no one: what `onPolicyError` threw, and the refusal of the field. */
export interface PolicyFailure {
  readonly error: unknown;
  readonly denial: Denial;
}

/** The refusals of selected fields, and the policies that failed. */
export interface OperationDenials {
  readonly denials: readonly Denial[];
  readonly failures: readonly PolicyFailure[];
}

/** The part of an execution that decides: its policy answers, and when it began. */
export type DecidingExecution = Pick<Execution, 'answers' | 'now'>;

/**
 * Returns the refusals of selected fields by groups, by the policies of root fields, and by proofs of identity. Returns a
 * promise only when policies have to be asked.
 */
export function deniedFields<TContext>(
  decider: Decider<TContext>,
  prepared: PreparedOperation<TContext>,
  execution: DecidingExecution,
): MaybePromise<OperationDenials> {
  const denials: Denial[] = [];
  const waiting: Promise<OperationDenials>[] = [];
  const request = { ...prepared, execution };
  for (const [requirement, fields] of prepared.plan.byRequirement) {
    const decision = decide(requirement, decider.viewerOf(prepared.contextValue), execution.now);
    if (decision.outcome === 'allowed' || decision.outcome === 'narrowed') continue;
    for (const field of fields) {
      if (decision.outcome !== 'depends') denials.push(toDenial(field, decision));
      else if (field.isRoot) {
        const onFailure = failureAt(field, { outcome: 'forbidden', unmet: decision.clauses });
        waiting.push(decideRootField(decider, field, request).then(toDenials, onFailure));
      } else if (decision.unproven !== undefined) {
        denials.push(toDenial(field, decision.unproven));
      }
    }
  }
  const decided = { denials, failures: [] };
  return waiting.length === 0 ? decided : Promise.all([decided, ...waiting]).then(joined);
}

const toDenials = (denial: Denial | undefined): OperationDenials => ({
  denials: denial === undefined ? [] : [denial],
  failures: [],
});

const failureAt =
  (field: PlannedField, refusal: Refusal) =>
  (error: unknown): OperationDenials => {
    const { coordinate } = field;
    const denial: Denial = { field, coordinate, refusal, reason: 'POLICY_FAILED' };
    return { denials: [], failures: [{ error, denial }] };
  };

const joined = (parts: readonly OperationDenials[]): OperationDenials => ({
  denials: parts.flatMap(({ denials }) => denials),
  failures: parts.flatMap(({ failures }) => failures),
});

/** The input of a root field's policies. */
interface RootRequest<TContext> {
  readonly contextValue: TContext;
  readonly coerced: ExecutionVariables | undefined;
  readonly execution: DecidingExecution;
}

/** Ignores arguments that cannot be coerced: the executor rejects them before it calls the field's resolver. */
async function decideRootField<TContext>(
  decider: Decider<TContext>,
  field: PlannedField,
  request: RootRequest<TContext>,
): Promise<Denial | undefined> {
  const args = tryArgumentValues(field, request.coerced);
  if (args === undefined) return undefined;
  const { coordinate, requirement } = field;
  const question = { coordinate, source: undefined, args, context: request.contextValue };
  const refusal = await decider.decideField(requirement, question, () => request.execution);
  return refusal === undefined ? undefined : toDenial(field, refusal);
}

/** Returns the arguments of a field, or undefined when the executor would reject them. */
export function tryArgumentValues(field: PlannedField, coerced: ExecutionVariables | undefined) {
  if (coerced === undefined) return undefined;
  try {
    return argumentValues(field.definition, field.nodes[0], coerced);
  } catch {
    return undefined;
  }
}

/** Returns the refusals of supplied input. Groups and proofs of identity alone decide them. */
export function deniedInputs<TContext>(
  decider: Decider<TContext>,
  {
    plan,
    contextValue,
    variables,
  }: Pick<PreparedOperation<TContext>, 'plan' | 'contextValue' | 'variables'>,
  now: Date,
): readonly Denial[] {
  return plan.withGuardedInput.flatMap((field) => {
    const supplied = suppliedCoordinates(decider.requirements, {
      node: field.nodes[0],
      field: field.definition,
      coordinate: field.coordinate,
      variables,
    });
    return supplied.flatMap((coordinate) => {
      const requirement = decider.requirements.at(coordinate);
      const refusal = decider.refusalByGroups(requirement, contextValue, now);
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

/**
 * What is decided before an operation runs, in this order, as far as no row has to be read: `CheckReferences` is the
 * last step. The first step that refuses anything gives all errors.
 */
const steps: readonly ((refusal: Refusal) => boolean)[] = [
  /* identity */ ({ outcome }) => outcome === 'unauthenticated',
  /* groups, and policies of root fields */ ({ outcome }) => outcome === 'forbidden',
  /* proofs that the viewer can never give */ (refusal) => isUnproven(refusal) && refusal.isFinal,
  /* proofs of identity */ isUnproven,
];

/** Returns the refusals of the first step that refuses. */
export const firstStep = (denials: readonly Denial[]): readonly Denial[] =>
  steps
    .map((refuses) => denials.filter(({ refusal }) => refuses(refusal)))
    .find(({ length }) => length > 0) ?? [];

/** Whether a refusal is by groups or policies, which go before proofs of identity. */
export const isByRights = ({ refusal }: Pick<Denial, 'refusal'>): boolean => !isUnproven(refusal);

function isUnproven(refusal: Refusal): refusal is Unproven {
  return refusal.outcome === 'unproven';
}

/**
 * Converts refusals to errors in document order. The sort is stable, so a field's own denial stays before those of its
 * inputs. Each refusal by a proof has what the whole operation asks for: one new proof is then enough.
 */
export function toErrors(denials: readonly Denial[]): AuthorizationError[] {
  const demanded = joinDemands(
    denials.flatMap(({ refusal }) => (isUnproven(refusal) ? [refusal] : [])),
  );
  return [...denials]
    .sort((left, right) => left.field.order - right.field.order)
    .map(({ field, coordinate, refusal: own, reason }) => {
      const refusal = isUnproven(own) ? { ...own, ...demanded } : own;
      const extensions = toDenialExtensions(coordinate, refusal);
      return createAuthorizationError(
        reason === undefined ? extensions : Object.assign(extensions, { reason }),
        { path: pathOf(field), nodes: field.nodes },
      );
    });
}
