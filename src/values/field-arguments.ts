import { type GraphQLResolveInfo, getArgumentValues } from 'graphql';

/** The part of a resolver's `info` that has the arguments of its field. */
export type ArgumentInfo = Pick<
  GraphQLResolveInfo,
  'parentType' | 'fieldName' | 'fieldNodes' | 'variableValues'
>;

/** Returns the coerced arguments of the field whose resolver got `info`. */
export function argumentsOf({
  parentType,
  fieldName,
  fieldNodes: [node],
  variableValues,
}: ArgumentInfo): Readonly<Record<string, unknown>> {
  const field = parentType.getFields()[fieldName];
  return field === undefined || node === undefined
    ? {}
    : getArgumentValues(field, node, variableValues);
}
