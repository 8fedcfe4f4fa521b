import { GraphQLError, type OperationDefinitionNode } from 'graphql';
import { coerceVariables } from '../../graphql-js/variables.ts';
import { IncrementalDeliveryError } from '../../plan/incremental-delivery.ts';
import type { OperationRequest } from '../../plan/operation-request.ts';
import type { FindPlans } from '../../plan/plan-cache.ts';
import type { DenialExtensions } from '../calls/authorization-error.ts';
import type { Decider } from '../calls/decider.ts';
import { createExecution } from '../calls/execution.ts';
import { maxListedDenials } from '../calls/max-listed-denials.ts';
import type { MissingRowExtensions } from '../calls/missing-row-error.ts';
import type { CheckReferences } from '../references/check-references.ts';
import { type Conditions, findConditions } from './find-conditions.ts';
import { idsOfRows, unprovenIds } from './ids-of-rows.ts';
import {
  deniedFields,
  deniedInputs,
  firstStep,
  isByRights,
  planForRequest,
  toErrors,
} from './operation-denials.ts';

/** The `extensions` of a refusal, and its response path. */
export type DecidedDenial = (DenialExtensions | MissingRowExtensions) & {
  readonly path: readonly (string | number)[];
};

/** The decision about an operation that is sent with `Prefer: decide-only`, and so does not run. */
export interface OperationDecision extends Conditions {
  /** Whether it would run: false with any denial. */
  readonly allowed: boolean;
  /** The refusals before it runs, in document order. At most 20. */
  readonly denials: readonly DecidedDenial[];
}

/** A decision, or the errors of an operation that cannot run: it does not exist, or its variables do not match. */
export type DecidedOperation =
  | { readonly kind: 'decided'; readonly decision: OperationDecision }
  | { readonly kind: 'invalid'; readonly errors: readonly GraphQLError[] };

/** Decides one operation as `authorizeOperation` does, for an operation that will not run. */
export type DecideOperation<TContext> = (
  request: OperationRequest<TContext>,
) => Promise<DecidedOperation>;

/**
 * Creates the function that decides an operation without running it. It asks the policies of root fields, and reads the rows
 * that its ids name. A dry run
 * (`report`) is ignored: the decision is that of the guards, and nothing is reported.
 *
 * @throws {OperationTooComplexError | IncrementalDeliveryError} by rejecting, and what `onPolicyError` throws.
 */
export function createDecideOperation<TContext>(
  decider: Decider<TContext>,
  findPlans: FindPlans,
  checkReferences: CheckReferences<TContext>,
): DecideOperation<TContext> {
  return async (request) => {
    const planned = findPlans(request.document, request.operationName);
    if (planned === undefined) return { kind: 'invalid', errors: [unknownOperation()] };
    if (planned.asksPlaces) await decider.readPlaces(request.contextValue);
    const { operation } = planned;
    const prepared = planForRequest(decider, planned, request);
    if (prepared.plan.isIncremental) throw new IncrementalDeliveryError();
    const execution = createExecution(decider.clock());
    const { denials, failures } = await deniedFields(decider, prepared, execution);
    const inputs = [
      ...deniedInputs(decider, prepared, execution.now),
      ...unprovenIds(decider, prepared, execution.now),
    ];
    const [failure] = failures;
    if (failure !== undefined && ![...denials, ...inputs].some(isByRights)) throw failure.error;
    if (denials.length + inputs.length === 0) {
      const errors = variableErrors(decider, operation, request);
      if (errors.length > 0) return { kind: 'invalid', errors };
    }
    // Besides a refusal, a policy that failed is one more of them.
    const fields = [...denials, ...failures.map(({ denial }) => denial)];
    const refusals = toErrors(firstStep([...fields, ...inputs]));
    const { ids, placed } =
      refusals.length > 0
        ? { ids: [], placed: [] }
        : idsOfRows(decider, prepared, { refused: [], execution });
    const call = { context: request.contextValue, now: execution.now };
    const { errors } = await checkReferences(ids, call, placed);
    const denied = [...refusals, ...errors]
      .slice(0, maxListedDenials)
      .map(({ extensions, path = [] }) => ({ ...extensions, path }));
    const decided = { ...prepared, ...request, operation, denials: fields, now: execution.now };
    const found = findConditions(decider, decided);
    return {
      kind: 'decided',
      decision: { allowed: denied.length === 0, denials: denied, ...found },
    };
  };
}

const unknownOperation = (): GraphQLError =>
  new GraphQLError('The document does not have the requested operation.', {
    extensions: { code: 'OPERATION_RESOLUTION_FAILURE' },
  });

/** Returns the errors of the executor, with the code that Apollo Server gives them. */
function variableErrors<TContext>(
  { schema }: Decider<TContext>,
  operation: OperationDefinitionNode,
  { variableValues }: OperationRequest<TContext>,
): readonly GraphQLError[] {
  const { errors = [] } = coerceVariables(schema, operation, variableValues ?? {});
  return errors.map(({ message, nodes }) => {
    const definitions = [nodes].flat().filter((node) => node !== undefined);
    return new GraphQLError(message, {
      nodes: definitions,
      extensions: { code: 'BAD_USER_INPUT' },
    });
  });
}
