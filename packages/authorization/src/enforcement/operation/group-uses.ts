import { type GraphQLError, type GraphQLSchema, isInterfaceType, isObjectType } from 'graphql';
import { createMayPass } from '../../decision/decision.ts';
import { groupBy } from '../../decision/group-by.ts';
import { type GroupNeeds, groupNeeds } from '../../decision/group-needs.ts';
import type { AuthenticatedViewer } from '../../decision/viewer.ts';
import { coerceVariables, variablesFrom } from '../../graphql-js/variables.ts';
import type { OperationPlan } from '../../plan/operation-plan.ts';
import type { OperationRequest } from '../../plan/operation-request.ts';
import { OperationTooComplexError } from '../../plan/operation-too-complex-error.ts';
import { pathOf, type SelectedField, type WalkedOperation } from '../../plan/operation-walk.ts';
import type { FindPlans, PlannedOperation } from '../../plan/plan-cache.ts';
import {
  suppliedCoordinates,
  suppliesGuardedInput,
  variablesOfRequest,
} from '../../plan/supplied-input.ts';
import { type UsedCoordinate, walkUses } from '../../plan/used-coordinates.ts';
import { typeNameOf } from '../../requirements/coordinate.ts';
import { noRequirement, type Requirement } from '../../requirements/requirement.ts';
import type { Requirements } from '../../requirements/requirements.ts';
import type { Decider } from '../calls/decider.ts';
import { toPathKey } from '../calls/execution.ts';

/** The use of groups at coordinates that have one requirement. */
export interface GroupUse extends GroupNeeds {
  /** Those of the operation that have this requirement, without repetition. */
  readonly coordinates: readonly string[];
}

/** The use of groups in one operation. */
export interface GroupUses {
  /** The groups that are used anywhere. */
  readonly groups: readonly string[];
  readonly uses: readonly GroupUse[];
}

/** An operation that ran, and the groups and refusals of its viewer. */
export interface GroupUsesRequest<TContext> extends OperationRequest<TContext> {
  /** The groups of the viewer that are looked for, such as those it was granted itself. Absent: all of its groups. */
  readonly held?: readonly string[] | undefined;
  /** The refusals in spite of which it ran. They stand for what is selected at and below their paths. */
  readonly refusals?: readonly Pick<GraphQLError, 'path'>[] | undefined;
}

/**
 * Returns which groups of the viewer admitted it to the coordinates of an operation that ran: those that it selects and
 * supplies, and the guarded types and enum values that its result can contain. Coordinates whose groups do not admit the
 * viewer are left out, with all that is selected below.
 *
 * Equal operations of viewers with equal groups mostly get the same object, so that it can be counted by identity.
 */
export type FindGroupUses<TContext> = (request: GroupUsesRequest<TContext>) => GroupUses;

/** The coordinates of one plan, and the uses that were found for it. */
interface PlanUses {
  readonly used: readonly Used[];
  /** The fields whose arguments can hold guarded input. */
  readonly withInput: readonly SelectedField[];
  readonly found: Map<string, GroupUses>;
}

type Used = Pick<UsedCoordinate, 'coordinate' | 'requirement' | 'field'>;

/** The maximum number of sets of groups, with the input that was supplied, for which uses of one plan are kept. */
const maxUsesOfPlan = 16;

const noUses: GroupUses = { groups: [], uses: [] };

/** Creates the function that finds the use of groups in operations of one schema. */
export function createGroupUses<TContext>(
  decider: Decider<TContext>,
  findPlans: FindPlans,
): FindGroupUses<TContext> {
  const { schema, requirements } = decider;
  const known = new WeakMap<OperationPlan, PlanUses>();

  function usedBy(planned: PlannedOperation, request: OperationRequest<TContext>): PlanUses {
    const { operation, fixedPlan } = planned;
    const variables =
      fixedPlan === undefined
        ? coerceVariables(schema, operation, request.variableValues ?? {}).variables
        : variablesFrom({});
    const plan = fixedPlan ?? planned.planFor(variables);
    const found = known.get(plan);
    if (found !== undefined) return found;
    const { document } = request;
    const walked = { schema, requirements, document, operation, variableValues: variables };
    const added = { ...findUsed(walked, plan), found: new Map() };
    known.set(plan, added);
    return added;
  }

  return (request) => {
    const viewer = decider.viewerOf(request.contextValue);
    if (!viewer.isAuthenticated) return noUses;
    const { held = [...viewer.groups], refusals = [] } = request;
    const planned =
      held.length === 0 ? undefined : findPlans(request.document, request.operationName);
    if (planned === undefined) return noUses;
    const { used, withInput, found } = usedBy(planned, request);
    const supplied = suppliedTo(withInput, { schema, requirements, planned, request });
    const groups = held.filter((group) => viewer.groups.has(group));
    const find = (): GroupUses => findUses([...used, ...supplied], { viewer, groups, refusals });
    if (refusals.length > 0) return find();
    const key = keyOf(viewer, groups, supplied);
    const known = found.get(key);
    if (known !== undefined) return known;
    const added = find();
    if (found.size >= maxUsesOfPlan) found.clear();
    found.set(key, added);
    return added;
  };
}

/** Names what decides about the uses in a plan. */
function keyOf(
  { withheld }: AuthenticatedViewer,
  groups: readonly string[],
  supplied: readonly Used[],
): string {
  const names = groups.join(' ');
  if (withheld === undefined && supplied.length === 0) return names;
  const coordinates = supplied.map(({ field, coordinate }) => `${field.order} ${coordinate}`);
  return [names, [...(withheld?.groups ?? [])].join(' '), ...coordinates].join('\n');
}

/**
 * Returns the same field or argument of the interfaces of its type, whose clauses it inherits, and of the types that
 * implement it, whose values it can return.
 */
function relatedOf(
  { coordinate, field }: Used,
  { schema, requirements }: Pick<WalkedOperation, 'schema' | 'requirements'>,
): readonly Used[] {
  if (!coordinate.startsWith(field.coordinate)) return [];
  const typeName = typeNameOf(coordinate);
  const type = schema.getType(typeName);
  if (!isObjectType(type) && !isInterfaceType(type)) return [];
  const possible = isInterfaceType(type) ? schema.getImplementations(type) : undefined;
  const types = [
    ...type.getInterfaces(),
    ...(possible === undefined ? [] : [...possible.objects, ...possible.interfaces]),
  ];
  return types.map(({ name }) => {
    const related = `${name}${coordinate.slice(typeName.length)}`;
    return { coordinate: related, requirement: requirements.at(related), field };
  });
}

/** Finds all that an operation can reach. One that is too large for that is taken as it is planned. */
function findUsed(
  walked: WalkedOperation,
  { byRequirement, withGuardedInput }: OperationPlan,
): Omit<PlanUses, 'found'> {
  const used: Used[] = [];
  const withInput: SelectedField[] = [];
  const report = ({ coordinate, requirement, field }: UsedCoordinate): void => {
    const found = { coordinate, requirement, field };
    const guarded = [found, ...relatedOf(found, walked)].filter(
      (each) => each.requirement.length > 0,
    );
    used.push(...guarded);
  };
  const enter = (field: SelectedField): void => {
    if (suppliesGuardedInput(walked.requirements, field)) withInput.push(field);
  };
  try {
    walkUses(walked, { variables: () => undefined, report, enter });
    return { used, withInput };
  } catch (error) {
    if (!(error instanceof OperationTooComplexError)) throw error;
    const planned = [...byRequirement.values()].flat();
    return { used: planned.map((field) => ({ ...field, field })), withInput: withGuardedInput };
  }
}

interface SuppliedOptions<TContext> {
  readonly schema: GraphQLSchema;
  readonly requirements: Requirements;
  readonly planned: PlannedOperation;
  readonly request: OperationRequest<TContext>;
}

function suppliedTo<TContext>(
  fields: readonly SelectedField[],
  { schema, requirements, planned, request }: SuppliedOptions<TContext>,
): readonly Used[] {
  const variables = variablesOfRequest(planned.operation, request.variableValues ?? {});
  return fields.flatMap((field) =>
    suppliedCoordinates(requirements, {
      node: field.nodes[0],
      field: field.definition,
      coordinate: field.coordinate,
      variables,
    }).flatMap((coordinate) => {
      const found = { coordinate, requirement: requirements.at(coordinate), field };
      return [found, ...relatedOf(found, { schema, requirements })];
    }),
  );
}

interface UsingViewer {
  readonly viewer: AuthenticatedViewer;
  readonly groups: readonly string[];
  readonly refusals: NonNullable<GroupUsesRequest<never>['refusals']>;
}

/** Of a coordinate with two requirements, as an enum value that is supplied and returned can have, the longer one counts. */
function findUses(used: readonly Used[], { viewer, groups, refusals }: UsingViewer): GroupUses {
  const refused = new Set(refusals.map(({ path = [] }) => toPathKey(path)));
  const admits = createMayPass(viewer);
  const isReached = (field: SelectedField): boolean =>
    !refused.has(toPathKey(pathOf(field))) &&
    (field.parentField === undefined ||
      (admits(field.parentField.requirement) && isReached(field.parentField)));

  const requirementAt = new Map<string, Requirement>();
  for (const { coordinate, requirement, field } of used) {
    const { length } = requirementAt.get(coordinate) ?? noRequirement;
    if (requirement.length >= length && admits(requirement) && isReached(field)) {
      requirementAt.set(coordinate, requirement);
    }
  }
  const byRequirement = groupBy(requirementAt, ([, requirement]) => requirement);
  const uses = [...byRequirement].flatMap(([requirement, alike]) => {
    const needs = groupNeeds(requirement, groups);
    const isUsed = needs.alone.length + needs.amongOthers.length > 0;
    return isUsed ? [{ coordinates: alike.map(([coordinate]) => coordinate), ...needs }] : [];
  });
  const usedGroups = new Set(uses.flatMap(({ alone, amongOthers }) => [...alone, ...amongOthers]));
  return { groups: [...usedGroups], uses };
}
