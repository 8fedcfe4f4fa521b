import type { GraphQLArgument, GraphQLField, GraphQLInputField } from 'graphql';
import {
  GraphQLString,
  getArgumentValues,
  getNamedType,
  isLeafType,
  isRequiredArgument,
  Kind,
} from 'graphql';

/** An argument or an input field. */
export type InputPosition = GraphQLArgument | GraphQLInputField;

/**
 * Returns the coerced default of an argument or input field: what a field gets that is called without it. Since graphql
 * 17 it can be in a property `default`, as it was written, so that graphql-js itself is asked.
 */
export function defaultOf(position: InputPosition): unknown {
  if (isRequiredArgument(position)) return undefined;
  return getArgumentValues({ ...bareField, args: [position] }, bareNode)[position.name];
}

const bareField: GraphQLField<unknown, unknown> = {
  name: 'field',
  description: undefined,
  type: GraphQLString,
  args: [],
  deprecationReason: undefined,
  extensions: {},
  astNode: undefined,
};
const bareNode = { kind: Kind.FIELD, name: { kind: Kind.NAME, value: bareField.name } } as const;

/** A default, as an argument or input field is created with it. */
interface DefaultConfig {
  readonly defaultValue?: unknown;
  readonly default?: unknown;
}

/**
 * Returns the default for a copy of an argument or input field. That of an input object is coerced, and so printed without
 * the fields that the copy of its type does not have. Any other is as it was written: it need not have a printed form.
 */
export function defaultConfigOf(position: InputPosition): DefaultConfig {
  if (!isLeafType(getNamedType(position.type))) return { defaultValue: defaultOf(position) };
  const { default: written, defaultValue }: DefaultConfig = position;
  return written === undefined ? { defaultValue } : { default: written };
}
