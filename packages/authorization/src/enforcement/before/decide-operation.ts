import {
  type DocumentNode,
  GraphQLError,
  type GraphQLSchema,
  getVariableValues,
  isObjectType,
  type OperationDefinitionNode,
  visit,
} from 'graphql';
import { type Decision, decide, decideForRow, narrowingClauses } from '../../decision/decision.ts';
import { createPolicyAnswers } from '../../decision/policy-answers.ts';
import { IncrementalDeliveryError } from '../../plan/incremental-delivery.ts';
import type { OperationRequest } from '../../plan/operation-request.ts';
import { pathOf, type SelectedField, walkOperation } from '../../plan/operation-walk.ts';
import type { FindPlans } from '../../plan/plan-cache.ts';
import { createRowSources } from '../../plan/row-sources.ts';
import { createTouchVisitor, type TouchedCoordinate } from '../../plan/touched-coordinates.ts';
import { memberCoordinate } from '../../requirements/coordinate.ts';
import type { DenialExtensions } from '../calls/authorization-error.ts';
import type { Decider } from '../calls/decider.ts';
import { maxListedDenials } from './denied-result.ts';
import {
  type Denial,
  deniedFields,
  deniedInputs,
  type PreparedOperation,
  planForRequest,
  toErrors,
} from './operation-denials.ts';

/** The `extensions` of a refusal, and its response path. */
export interface DecidedDenial extends DenialExtensions {
  readonly path: readonly (string | number)[];
}

/** The decision about an operation that is sent with `Prefer: decide-only`, and so does not run. */
export interface OperationDecision {
  /** Whether it would run. */
  readonly allowed: boolean;
  /** The refusals before it runs, in document order. At most 20. */
  readonly denials: readonly DecidedDenial[];
  /**
   * The coordinates that data can still deny while it runs, each once and in document order: fields below the root
   * with policies, and what depends on the run-time type or on the enum value of a result. Empty: nothing can.
   */
  readonly depends: readonly string[];
  /** The coordinates of fields that would return only the rows that a policy admits, each once and in document order. */
  readonly narrowed: readonly string[];
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
 * Creates the function that decides an operation without running it. It asks the policies of root fields. A dry run
 * (`report`) is ignored: the decision is that of the guards, and nothing is reported.
 *
 * @throws {OperationTooComplexError | IncrementalDeliveryError} by rejecting, and what `onPolicyError` throws.
 */
export function createDecideOperation<TContext>(
  decider: Decider<TContext>,
  findPlans: FindPlans,
): DecideOperation<TContext> {
  return async (request) => {
    const planned = findPlans(request.document, request.operationName);
    if (planned === undefined) return { kind: 'invalid', errors: [unknownOperation()] };
    const { operation } = planned;
    const prepared = planForRequest(decider, planned, request);
    if (prepared.plan.isIncremental) throw new IncrementalDeliveryError();
    const { denials, failures } = await deniedFields(decider, prepared, createPolicyAnswers());
    const refusals = toErrors([...denials, ...deniedInputs(decider, prepared)]);
    if (refusals.length === 0) {
      if (failures.length > 0) throw failures[0];
      const errors = variableErrors(decider, operation, request);
      if (errors.length > 0) return { kind: 'invalid', errors };
    }
    const denied = refusals
      .slice(0, maxListedDenials)
      .map(({ denial, path = [] }) => ({ ...denial, path }));
    const found = findConditions(decider, { ...prepared, ...request, operation, denials });
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
  { variableDefinitions = [] }: OperationDefinitionNode,
  { variableValues }: OperationRequest<TContext>,
): readonly GraphQLError[] {
  const { errors = [] } = getVariableValues(schema, variableDefinitions, { ...variableValues });
  return errors.map(({ message, nodes }) => {
    const definitions = [nodes].flat().filter((node) => node !== undefined);
    return new GraphQLError(message, {
      nodes: definitions,
      extensions: { code: 'BAD_USER_INPUT' },
    });
  });
}

type DecidedRequest<TContext> = PreparedOperation<TContext> &
  OperationRequest<TContext> & {
    readonly operation: OperationDefinitionNode;
    readonly denials: readonly Denial[];
  };

/**
 * Finds the coordinates that are decided while the operation runs, unless groups admit the viewer to them, and those
 * that are narrowed.
 */
function findConditions<TContext>(
  decider: Decider<TContext>,
  { document, operation, coerced, variables, contextValue, denials }: DecidedRequest<TContext>,
): Pick<OperationDecision, 'depends' | 'narrowed'> {
  const { schema, requirements } = decider;
  const viewer = decider.viewerOf(contextValue);
  const toShown = createToShown(schema, document);
  const sourcesOf = createRowSources(schema);
  const refused = new Set(denials.map(({ field }) => pathOf(field).join('.')));
  const depends = new Set<string>();
  const narrowed = new Set<string>();

  /** Whether the viewer may get the object that a field is selected on. */
  const isReached = ({ above }: SelectedField): boolean =>
    above === undefined || (isReached(above) && !isRefused(above));
  const isRefused = (field: SelectedField): boolean =>
    refused.has(pathOf(field).join('.')) || isNegative(decide(field.requirement, viewer));

  const report = (touched: TouchedCoordinate): void => {
    const shown = toShown(touched);
    const { coordinate, dependsOn, field } = touched;
    if (!isReached(field) || refused.has(touched.path.join('.'))) return;
    const requirement = requirements.at(coordinate);
    const source = sourcesOf(field).flatMap((each) => each.requirement);
    const decision = decideForRow(requirement, viewer, source);
    const isByPolicy = decision.outcome === 'depends' && !field.isRoot;
    if (isByPolicy || (isOpen(decision) && dependsOn.length > 0)) depends.add(shown);
    if (isNegative(decision)) return;
    if (narrowingClauses(requirement, viewer).length > 0) narrowed.add(shown);
  };
  walkOperation(
    { schema, requirements, document, operation, variableValues: coerced },
    createTouchVisitor({ schema, requirements, variables, report }),
  );
  return { depends: [...depends], narrowed: [...narrowed] };
}

const isNegative = ({ outcome }: Decision): boolean =>
  outcome === 'unauthenticated' || outcome === 'forbidden';

/** Whether the decision is not yet positive. */
const isOpen = ({ outcome }: Decision): boolean => outcome !== 'allowed' && outcome !== 'narrowed';

/**
 * Creates the function that replaces a coordinate which the client has not selected by name: with the field at that
 * path, the same field of an interface that the document names, or else the nearest field above. A type or enum value
 * that introspection hides must not be revealed.
 */
function createToShown(
  schema: GraphQLSchema,
  document: DocumentNode,
): (touched: TouchedCoordinate) => string {
  const fieldAt = new Map<string, string>();
  let named: ReadonlySet<string> | undefined;

  function namedInterfaceField(coordinate: string): string | undefined {
    const [typeName = '', member] = coordinate.split('.');
    const type = schema.getType(typeName);
    if (member === undefined || !isObjectType(type)) return undefined;
    const [fieldName = ''] = member.split('(');
    const found = type
      .getInterfaces()
      .find((each) => named?.has(each.name) && each.getFields()[fieldName] !== undefined);
    return found && memberCoordinate(found.name, fieldName);
  }

  return ({ path, coordinate, dependsOn }) => {
    if (dependsOn.length > 0) named ??= typeConditions(document);
    const key = path.join('.');
    if (dependsOn.some((name) => named?.has(name) !== true)) {
      const keys = path.map((_, index) => path.slice(0, index + 1).join('.'));
      const nearest = keys.reduce((shown, each) => fieldAt.get(each) ?? shown, coordinate);
      return fieldAt.get(key) ?? namedInterfaceField(coordinate) ?? nearest;
    }
    if (!fieldAt.has(key)) fieldAt.set(key, coordinate);
    return coordinate;
  };
}

/** Returns the types that the fragments of a document name. */
function typeConditions(document: DocumentNode): ReadonlySet<string> {
  const names = new Set<string>();
  visit(document, { NamedType: ({ name }) => void names.add(name.value) });
  return names;
}
