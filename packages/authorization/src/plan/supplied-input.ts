import type {
  FieldNode,
  GraphQLArgument,
  GraphQLEnumType,
  GraphQLInputField,
  GraphQLInputType,
  OperationDefinitionNode,
  ValueNode,
} from 'graphql';
import {
  getNamedType,
  getNullableType,
  isEnumType,
  isInputObjectType,
  isListType,
  Kind,
} from 'graphql';
import { isPlainData } from '../decision/plain-data.ts';
import { defaultOf } from '../graphql-js/defaults.ts';
import { type ExecutionVariables, isSent } from '../graphql-js/variables.ts';
import { argumentCoordinate, memberCoordinate } from '../requirements/coordinate.ts';
import { enumValueName } from '../requirements/enum-value-name.ts';
import type { Requirements } from '../requirements/requirements.ts';
import type { SelectedField } from './operation-walk.ts';

/**
 * Returns the coordinates of the input fields and enum values that the client supplied in one variable, or undefined
 * when it supplied no value.
 */
export type SuppliedVariables = (
  name: string,
  type: GraphQLInputType,
) => readonly string[] | undefined;

/** The argument definitions of a field. */
export interface FieldArguments {
  readonly args: readonly Pick<GraphQLArgument, 'name' | 'type'>[];
}

/** One selected field, and the variables of its operation. */
export interface SelectedInput {
  readonly node: FieldNode;
  readonly field: FieldArguments;
  readonly coordinate: string;
  readonly variables: SuppliedVariables;
}

/** Returns the guarded coordinates among those that the client supplied to one field. */
export function suppliedCoordinates(
  requirements: Requirements,
  selected: SelectedInput,
): readonly string[] {
  return allSuppliedCoordinates(selected).filter((each) => requirements.at(each).length > 0);
}

/**
 * Returns the arguments, input fields and enum values that the client supplied to one field, at any depth, inline or
 * by variable. An explicit null counts. Schema defaults and absent variables do not.
 */
export function allSuppliedCoordinates({
  node,
  field,
  coordinate,
  variables,
}: SelectedInput): readonly string[] {
  const found = (node.arguments ?? []).flatMap((argument) => {
    const definition = field.args.find(({ name }) => name === argument.name.value);
    if (definition === undefined) return [];
    const inside = suppliedByLiteral(argument.value, definition.type, variables);
    return inside === undefined ? [] : [argumentCoordinate(coordinate, definition.name), ...inside];
  });
  return [...new Set(found)];
}

/** Whether a field has an argument that can hold guarded input. */
export function hasGuardedInput(
  requirements: Requirements,
  field: FieldArguments,
  coordinate: string,
): boolean {
  return field.args.some(
    ({ name, type }) =>
      requirements.at(argumentCoordinate(coordinate, name)).length > 0 ||
      requirements.isGuardedInput(getNamedType(type).name),
  );
}

/** Whether one of the arguments that the document has of a field can hold guarded input. */
export function suppliesGuardedInput(
  requirements: Requirements,
  { nodes: [node], definition, coordinate }: SelectedField,
): boolean {
  const names = new Set((node.arguments ?? []).map(({ name }) => name.value));
  const args = definition.args.filter(({ name }) => names.has(name));
  return hasGuardedInput(requirements, { args }, coordinate);
}

/** Reads variables as they arrived, where values that the client omitted are still absent. */
export function variablesOfRequest(
  operation: OperationDefinitionNode,
  rawValues: Readonly<Record<string, unknown>>,
): SuppliedVariables {
  return (name, type) => {
    if (isSent(rawValues, name)) return suppliedByValue(rawValues[name], type, asNames);
    const definition = operation.variableDefinitions?.find(
      ({ variable }) => variable.name.value === name,
    );
    return definition?.defaultValue === undefined
      ? undefined
      : suppliedByLiteral(definition.defaultValue, type, () => undefined);
  };
}

/**
 * Reads variables after coercion, as a resolver gets them. Coercion adds the schema's defaults, so an input field
 * with its default value looks like an absent one. It counts as absent: the resolver gets the same value, and a
 * client that supplies nothing guarded must not be refused.
 */
export function variablesOfExecution({ coerced }: ExecutionVariables): SuppliedVariables {
  return (name, type) =>
    Object.hasOwn(coerced, name) ? suppliedByValue(coerced[name], type, asCoerced) : undefined;
}

/** Joins two readings of the variables. */
export const suppliedByEither =
  (one: SuppliedVariables, other: SuppliedVariables): SuppliedVariables =>
  (name, type) => {
    const found = [one(name, type), other(name, type)].filter((each) => each !== undefined);
    return found.length === 0 ? undefined : found.flat();
  };

interface ValueReading {
  enumValueName(type: GraphQLEnumType, value: unknown): string | undefined;
  isDefault(value: unknown, field: GraphQLInputField): boolean;
}

const asNames: ValueReading = {
  enumValueName: (_type, value) => (typeof value === 'string' ? value : undefined),
  isDefault: () => false,
};

const asCoerced: ValueReading = {
  enumValueName,
  isDefault(value, field) {
    const byDefault = defaultOf(field);
    return byDefault !== undefined && isSame(value, byDefault);
  },
};

function suppliedByLiteral(
  node: ValueNode,
  givenType: GraphQLInputType,
  variables: SuppliedVariables,
): readonly string[] | undefined {
  const type = getNullableType(givenType);
  if (node.kind === Kind.VARIABLE) return variables(node.name.value, type);
  if (isListType(type)) {
    const items = node.kind === Kind.LIST ? node.values : [node];
    return items.flatMap((item) => suppliedByLiteral(item, type.ofType, variables) ?? []);
  }
  if (isEnumType(type)) {
    return node.kind === Kind.ENUM ? [memberCoordinate(type.name, node.value)] : [];
  }
  if (!isInputObjectType(type) || node.kind !== Kind.OBJECT) return [];
  return node.fields.flatMap(({ name, value }) => {
    const field = type.getFields()[name.value];
    const inside = field && suppliedByLiteral(value, field.type, variables);
    return inside === undefined ? [] : [memberCoordinate(type.name, name.value), ...inside];
  });
}

function suppliedByValue(
  value: unknown,
  givenType: GraphQLInputType,
  reading: ValueReading,
): readonly string[] {
  const type = getNullableType(givenType);
  if (value === null || value === undefined) return [];
  if (isListType(type)) {
    const items: readonly unknown[] = Array.isArray(value) ? value : [value];
    return items.flatMap((item) => suppliedByValue(item, type.ofType, reading));
  }
  if (isEnumType(type)) {
    const name = reading.enumValueName(type, value);
    return name === undefined ? [] : [memberCoordinate(type.name, name)];
  }
  if (!isInputObjectType(type)) return [];
  const fields = new Map<string, unknown>(Object.entries(value));
  return Object.values(type.getFields()).flatMap((field) => {
    const inside = fields.get(field.name);
    if (inside === undefined || reading.isDefault(inside, field)) return [];
    return [
      memberCoordinate(type.name, field.name),
      ...suppliedByValue(inside, field.type, reading),
    ];
  });
}

/** Compares two coerced input values: plain data by value, everything else by identity. */
function isSame(left: unknown, right: unknown): boolean {
  if (Object.is(left, right)) return true;
  if (!isPlainData(left) || !isPlainData(right)) return false;
  const rights = new Map<string, unknown>(Object.entries(right));
  const lefts = Object.entries(left);
  return (
    lefts.length === rights.size &&
    lefts.every(([key, value]) => rights.has(key) && isSame(value, rights.get(key)))
  );
}
