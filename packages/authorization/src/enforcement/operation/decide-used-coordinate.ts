import type { GraphQLSchema, OperationTypeNode } from 'graphql';
import { type Decision, leftForRow, narrowingClauses } from '../../decision/decision.ts';
import type { Viewer } from '../../decision/viewer.ts';
import { createHiddenValues } from '../../plan/hidden-values.ts';
import type { SelectedField } from '../../plan/operation-walk.ts';
import { createRowSources } from '../../plan/row-sources.ts';
import type { UsedCoordinate } from '../../plan/used-coordinates.ts';
import { typeNameOf } from '../../requirements/coordinate.ts';
import type { NarrowingClause, Requirement } from '../../requirements/requirement.ts';
import type { Requirements } from '../../requirements/requirements.ts';

/** The decision about one coordinate of an operation, without asking its policies. */
export interface UsedDecision<TDecision extends Decision> {
  readonly decision: TDecision;
  /** The rules that can hide what the field returns, or rows of it, from the viewer. Empty where the decision is negative. */
  readonly narrowing: readonly NarrowingClause[];
  /** Whether a policy, or what the field returns, can still refuse the coordinate while the operation runs. */
  readonly depends: boolean;
  /** Whether a hidden value or row refuses the field, which must not be null. */
  readonly refusesHidden: boolean;
}

/** An operation of a schema, and its viewer. */
export interface DecidedOperation<TDecision extends Decision> {
  readonly schema: GraphQLSchema;
  readonly requirements: Requirements;
  readonly viewer: Viewer;
  /** Decides a requirement without its policies: by groups, and by the proof of identity if it is known. */
  readonly decide: (requirement: Requirement, viewer: Viewer) => TDecision;
  readonly type: `${OperationTypeNode}`;
}

/**
 * Creates the function that decides one coordinate of an operation, for `Prefer: decide-only` and for `explain`. Pure.
 *
 * A policy in `or` is not asked about an object that the same policy in `rows` has admitted. Where a rule can hide a
 * value that must not be null, the rows decide.
 */
export function createDecideUsed<TDecision extends Decision>({
  schema,
  requirements,
  viewer,
  decide,
  type,
}: DecidedOperation<TDecision>) {
  const { hiding, strictness, counted } = createHiddenValues(schema, requirements);
  const rowSources = createRowSources(schema, requirements);

  function isStrict(field: SelectedField): boolean {
    const clauses = strictness(field);
    return clauses === 'always' || narrowingClauses(clauses, viewer).length > 0;
  }

  return (used: UsedCoordinate): UsedDecision<TDecision> => {
    const { coordinate, requirement, dependsOn, field } = used;
    const source = [
      ...rowSources.of(field).flatMap((each) => each.requirement),
      ...requirements.ruleOf(typeNameOf(coordinate)),
    ];
    const decision = decide(leftForRow(requirement, viewer, source), viewer);
    const isByPolicy = decision.outcome === 'depends' && !field.isRoot;
    const isByType = isOpen(decision) && dependsOn.length > 0;
    const isByRow = counted(used).some((clause) => decide([clause], viewer).outcome === 'unproven');
    const narrowing = isNegative(decision) ? [] : narrowingClauses(hiding(used), viewer);
    // The effect of a mutation does not depend on whether its result may be seen.
    const isEffect = field.isRoot && type === 'mutation';
    const refusesHidden =
      narrowing.length > 0 && isStrict(field) && !isEffect && !rowSources.isOfConnection(field);
    return { decision, narrowing, depends: isByPolicy || isByType || isByRow, refusesHidden };
  };
}

/** Whether a viewer can get the object that a field is selected on: no field above it is always refused. */
export const isReached = (
  { parentField }: SelectedField,
  isRefused: (field: SelectedField) => boolean,
): boolean =>
  parentField === undefined || (isReached(parentField, isRefused) && !isRefused(parentField));

export const isNegative = ({ outcome }: Decision): boolean =>
  outcome === 'unauthenticated' || outcome === 'forbidden' || outcome === 'unproven';

/** Whether the decision is not yet positive. */
const isOpen = ({ outcome }: Decision): boolean => outcome !== 'allowed' && outcome !== 'narrowed';
