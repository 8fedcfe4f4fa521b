import type { FieldNode, GraphQLNamedType, GraphQLSchema } from 'graphql';
import { getNamedType, isAbstractType, isEnumType } from 'graphql';
import {
  pathOf,
  type SelectedField,
  type SelectionScope,
  type VisitField,
} from '../plan/operation-walk.ts';
import { allSuppliedCoordinates, type SuppliedVariables } from '../plan/supplied-input.ts';
import { memberCoordinate } from '../requirements/coordinate.ts';
import type { Requirements } from '../requirements/requirements.ts';

/** A coordinate that an operation touches. */
export interface TouchedCoordinate {
  readonly path: readonly string[];
  readonly coordinate: string;
  /** The run-time types, or the enum value, on which it depends whether this is reached. */
  readonly dependsOn: readonly string[];
  readonly isRoot: boolean;
}

export interface ExplainerOptions {
  readonly schema: GraphQLSchema;
  readonly requirements: Requirements;
  readonly variables: SuppliedVariables;
  /** Called for each coordinate once a path, in order. */
  readonly report: (touched: TouchedCoordinate) => void;
}

/**
 * Makes the visitor that reports all that an operation touches: fields, what the client supplied to
 * them, and what depends on data: guarded run-time types with their fields, and guarded enum values.
 *
 * A run-time type is looked into for what it adds: what a fragment selects of it alone, and fields at
 * which it asks for something else than the interface that they are selected on.
 */
export function createExplainer(options: ExplainerOptions): VisitField {
  const { schema, requirements, variables } = options;
  const firstAt = new Map<string, SelectedField>();
  const report = onceAPath(options.report);

  return (field, { runtimeTypes }) => {
    const { coordinate, definition, isRoot } = field;
    const path = pathOf(field);
    const first = firstAt.get(path.join('.'));
    if (first === undefined) firstAt.set(path.join('.'), field);
    const touch = (touched: string, dependsOn: readonly string[] = runtimeTypes): void =>
      report({ path, coordinate: touched, dependsOn, isRoot });
    const supplied = allSuppliedCoordinates({
      node: field.nodes[0],
      field: definition,
      coordinate,
      variables,
    });
    const isNews = first === undefined || addsTo(first, field);
    if (isNews || first.requirement !== field.requirement) touch(coordinate);
    for (const each of supplied) if (isNews || requirements.at(each).length > 0) touch(each);

    const returned = getNamedType(definition.type);
    for (const each of guardedResults(options, returned)) touch(each, [...runtimeTypes, each]);
    const isSameBelow = !isNews && getNamedType(first.definition.type) === returned;
    return isSameBelow ? [] : scopesOf(schema, returned, runtimeTypes);
  };
}

/** Whether a field is selected in more places than what was first found on its path. */
function addsTo(first: SelectedField, field: SelectedField): boolean {
  const known: readonly FieldNode[] = first.nodes;
  return field.nodes.some((node) => !known.includes(node));
}

/** What a resolver may return and the viewer may not see: guarded run-time types and enum values. */
function guardedResults(
  { schema, requirements }: ExplainerOptions,
  type: GraphQLNamedType,
): readonly string[] {
  const names = isAbstractType(type)
    ? schema.getPossibleTypes(type).map(({ name }) => name)
    : isEnumType(type)
      ? type.getValues().map(({ name }) => memberCoordinate(type.name, name))
      : [];
  return names.filter((name) => requirements.at(name).length > 0);
}

function scopesOf(
  schema: GraphQLSchema,
  type: GraphQLNamedType,
  runtimeTypes: readonly string[],
): readonly SelectionScope[] {
  const possible = isAbstractType(type) ? schema.getPossibleTypes(type) : [];
  return [
    { parent: type, runtimeTypes },
    ...possible.map((each) => ({ parent: each, runtimeTypes: [...runtimeTypes, each.name] })),
  ];
}

function onceAPath(report: ExplainerOptions['report']): ExplainerOptions['report'] {
  const known = new Set<string>();
  return (touched) => {
    const key = `${touched.path.join('.')} ${touched.coordinate}`;
    if (known.has(key)) return;
    known.add(key);
    report(touched);
  };
}
