import { getNamedType } from 'graphql';
import { type Admission, compileAdmission } from '../decision/decision.ts';
import type { Requirement } from '../requirements/requirement.ts';
import type { Requirements } from '../requirements/requirements.ts';
import { usesIncrementalDelivery } from './incremental-delivery.ts';
import { type SelectedField, type WalkedOperation, walkOperation } from './operation-walk.ts';
import { hasGuardedInput } from './supplied-input.ts';

/** One selected field at which something must be decided. */
export type PlannedField = SelectedField;

/** What must be decided before one operation runs. */
export interface OperationPlan {
  /** The guarded fields, by the requirement that they share: it is decided once for all of them. */
  readonly byRequirement: ReadonlyMap<Requirement, readonly PlannedField[]>;
  /** What groups alone say of `byRequirement`: one question for each distinct requirement. */
  readonly admissions: readonly Admission[];
  /** The fields at which the client supplies arguments, and could supply something guarded. */
  readonly withGuardedInput: readonly PlannedField[];
  /** Whether the answer is to come in parts. */
  readonly isIncremental: boolean;
}

/** What a plan is made of. */
export interface PlanInput extends WalkedOperation {
  /** Whether a `@defer` or `@stream` stands anywhere in the document. */
  readonly mayBeIncremental: boolean;
}

/**
 * Plans one operation: which coordinates it selects for certain, in document order.
 *
 * Pure. Selections below a type condition that the value's run-time type decides are left to the
 * guarded resolvers, and what `@skip` and `@include` leave out needs no permission.
 */
export function planOperation(input: PlanInput): OperationPlan {
  const byRequirement = new Map<Requirement, PlannedField[]>();
  const withGuardedInput: PlannedField[] = [];

  walkOperation(input, (field, { runtimeTypes }) => {
    const { definition, requirement } = field;
    if (requirement.length > 0) {
      const alike = byRequirement.get(requirement);
      if (alike === undefined) byRequirement.set(requirement, [field]);
      else alike.push(field);
    }
    if (suppliesGuardedInput(input.requirements, field)) withGuardedInput.push(field);
    return field.nodes[0].selectionSet === undefined
      ? []
      : [{ parent: getNamedType(definition.type), runtimeTypes }];
  });
  const admissions = [...byRequirement.keys()].map(compileAdmission);
  const isIncremental = input.mayBeIncremental && usesIncrementalDelivery(input);
  return { byRequirement, admissions, withGuardedInput, isIncremental };
}

/** Whether one of the arguments that stand in the document can hold something guarded. */
function suppliesGuardedInput(
  requirements: Requirements,
  { nodes: [node], definition, coordinate }: SelectedField,
): boolean {
  if (node.arguments === undefined || node.arguments.length === 0) return false;
  const names = new Set(node.arguments.map(({ name }) => name.value));
  const args = definition.args.filter(({ name }) => names.has(name));
  return hasGuardedInput(requirements, { args }, coordinate);
}
