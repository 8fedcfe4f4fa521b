import type { FieldNode, GraphQLNamedType } from 'graphql';
import { getNamedType, isAbstractType, isEnumType } from 'graphql';
import { memberCoordinate } from '../requirements/coordinate.ts';
import type { Requirement } from '../requirements/requirement.ts';
import {
  pathOf,
  type SelectedField,
  type SelectionScope,
  scopesOf,
  type WalkedOperation,
  walkOperation,
} from './operation-walk.ts';
import { allSuppliedCoordinates, type SuppliedVariables } from './supplied-input.ts';

/** A coordinate that an operation selects or supplies, or that its result can contain. */
export interface UsedCoordinate {
  readonly path: readonly string[];
  readonly coordinate: string;
  /** That of the coordinate, or of an enum value that the field can return. */
  readonly requirement: Requirement;
  /** The run-time types or the enum value on which it depends whether the coordinate is reached. */
  readonly dependsOn: readonly string[];
  /** The selected field: the coordinate itself, the field that gets the input, or the field that returns the value. */
  readonly field: SelectedField;
}

/** How the uses of an operation are reported. */
interface UseReport {
  readonly variables: SuppliedVariables;
  /** Called once for each path and coordinate, in order. */
  readonly report: (used: UsedCoordinate) => void;
  /** Called for each selected field before what it uses is reported. */
  readonly enter?: (field: SelectedField, scope: SelectionScope) => void;
}

/**
 * Walks an operation, and reports the selected fields, the input supplied to them, and what depends on data: guarded
 * run-time types with their fields, and guarded enum values.
 *
 * Of a run-time type it reports only additions: fields that a fragment selects on that type alone, and fields with
 * another requirement than on the interface.
 */
export function walkUses(walked: WalkedOperation, { variables, enter, ...options }: UseReport) {
  const { schema, requirements } = walked;
  const firstAt = new Map<string, SelectedField>();
  const report = onceAPath(options.report);

  walkOperation(walked, (field, scope) => {
    enter?.(field, scope);
    const { runtimeTypes } = scope;
    const { coordinate, definition } = field;
    const path = pathOf(field);
    const first = firstAt.get(path.join('.'));
    if (first === undefined) firstAt.set(path.join('.'), field);
    const reportUsed = (used: string): void => {
      const requirement = requirements.at(used);
      report({ path, coordinate: used, requirement, dependsOn: runtimeTypes, field });
    };
    const supplied = allSuppliedCoordinates({
      node: field.nodes[0],
      field: definition,
      coordinate,
      variables,
    });
    const isNew = first === undefined || addsTo(first, field);
    if (isNew || first.requirement !== field.requirement) reportUsed(coordinate);
    for (const each of supplied) if (isNew || requirements.at(each).length > 0) reportUsed(each);

    const returned = getNamedType(definition.type);
    for (const each of guardedResults(walked, returned)) {
      const dependsOn = [...runtimeTypes, each];
      const requirement = requirements.returnedAt(each);
      report({ path, coordinate: each, requirement, dependsOn, field });
    }
    const isSameBelow = !isNew && getNamedType(first.definition.type) === returned;
    return isSameBelow ? [] : scopesOf(schema, returned, runtimeTypes);
  });
}

/** Whether a field has selections that the first field found at its path does not have. */
function addsTo(first: SelectedField, field: SelectedField): boolean {
  const known: readonly FieldNode[] = first.nodes;
  return field.nodes.some((node) => !known.includes(node));
}

/** Returns the guarded run-time types and enum values that a resolver can return. */
function guardedResults(
  { schema, requirements }: WalkedOperation,
  type: GraphQLNamedType,
): readonly string[] {
  const names = isAbstractType(type)
    ? schema.getPossibleTypes(type).map(({ name }) => name)
    : isEnumType(type)
      ? type.getValues().map(({ name }) => memberCoordinate(type.name, name))
      : [];
  return names.filter((name) => requirements.returnedAt(name).length > 0);
}

function onceAPath(report: UseReport['report']): UseReport['report'] {
  const known = new Set<string>();
  return (used) => {
    const key = `${used.path.join('.')} ${used.coordinate}`;
    if (known.has(key)) return;
    known.add(key);
    report(used);
  };
}
