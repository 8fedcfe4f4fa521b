import { getNamedType } from 'graphql';
import { type Admission, compileAdmission } from '../decision/decision.ts';
import { memberCoordinate } from '../requirements/coordinate.ts';
import type { Requirement } from '../requirements/requirement.ts';
import { usesIncrementalDelivery } from './incremental-delivery.ts';
import {
  pathOf,
  type SelectedField,
  scopesOf,
  type WalkedOperation,
  walkOperation,
} from './operation-walk.ts';
import { holdsReferences } from './referenced-ids.ts';
import { suppliesGuardedInput } from './supplied-input.ts';
import { compareWritten, createWrittenFields } from './written-fields.ts';

/** One selected field that needs a decision. */
export type PlannedField = SelectedField;

/** A selected field that can get ids of rows. */
export interface ReferencingField {
  readonly field: PlannedField;
  /** Its coordinate on the type on which the document selects it, which the viewer can see. */
  readonly written: string;
}

/** The checks of one operation before it runs. */
export interface OperationPlan {
  /** The guarded fields by their requirement, which is decided once for all of its fields. */
  readonly byRequirement: ReadonlyMap<Requirement, readonly PlannedField[]>;
  /** The check by groups of each requirement in `byRequirement`. */
  readonly admissions: readonly Admission[];
  /** The fields with arguments in the document that can hold guarded input. */
  readonly withGuardedInput: readonly PlannedField[];
  /** The fields with arguments that can hold ids of rows, also those that depend on run-time types, in document order. */
  readonly withReferences: readonly ReferencingField[];
  /** Whether the operation uses incremental delivery. */
  readonly isIncremental: boolean;
}

/** The input of {@link planOperation}. */
export interface PlanInput extends WalkedOperation {
  /** Whether the document contains a `@defer` or `@stream`. */
  readonly mayBeIncremental: boolean;
}

/**
 * Plans one operation: finds the coordinates that it always selects, in document order.
 *
 * Pure. Selections that depend on the run-time type of a value are checked by the guarded resolvers. Selections
 * that `@skip` and `@include` exclude are ignored.
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
  const withReferences = findReferences(input);
  return { byRequirement, admissions, withGuardedInput, withReferences, isIncremental };
}

/** Finds the fields whose arguments can hold ids of rows, at every depth and for every run-time type. */
function findReferences(input: WalkedOperation): readonly ReferencingField[] {
  const { schema, requirements } = input;
  if (!requirements.references.exist) return [];
  const found = new Map<string, PlannedField>();
  walkOperation(input, (field, { runtimeTypes }) => {
    if (holdsReferences(requirements.references, field.definition, field.coordinate)) {
      const key = `${pathOf(field).join('.')} ${field.coordinate}`;
      if (!found.has(key)) found.set(key, field);
    }
    return field.nodes[0].selectionSet === undefined
      ? []
      : scopesOf(schema, getNamedType(field.definition.type), runtimeTypes);
  });
  if (found.size === 0) return [];
  const writtenOf = createWrittenFields(input);
  return [...found.values()]
    .map((field) => ({ field, at: writtenOf(field) }))
    .sort((left, right) => compareWritten(left.at, right.at))
    .map(({ field, at }) => ({
      field,
      written: memberCoordinate(at.typeName, field.definition.name),
    }));
}
