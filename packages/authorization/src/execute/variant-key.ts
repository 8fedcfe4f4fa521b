import type { GraphQLSchema, OperationDefinitionNode } from 'graphql';
import { GraphQLBoolean, getNullableType, typeFromAST } from 'graphql';

/** Variables as they were sent. */
export type SentVariables = Readonly<Record<string, unknown>>;

/**
 * Returns a key of what an operation selects for these variables, before they are coerced: that can have effects, and is
 * done once. Undefined when coercion alone can tell.
 */
export type VariantKey = (sent: SentVariables) => string | undefined;

/** @param conditions the variables of `@skip` and `@include`. Those that the operation does not declare have no value. */
export function compileVariantKey(
  { variableDefinitions = [] }: OperationDefinitionNode,
  conditions: readonly string[],
  schema: GraphQLSchema,
): VariantKey {
  const declared = variableDefinitions.filter(({ variable }) =>
    conditions.includes(variable.name.value),
  );
  const isBoolean = declared.every(
    ({ type }) => getNullableType(typeFromAST(schema, type)) === GraphQLBoolean,
  );
  if (!isBoolean) return () => undefined;
  const names = declared.map(({ variable }) => variable.name.value);
  return (sent) => {
    let key = '';
    for (const name of names) {
      const value = Object.hasOwn(sent, name) ? sent[name] : 'absent';
      // Coercion refuses all others. Some have no text.
      if (typeof value !== 'boolean' && value !== null && value !== 'absent') return undefined;
      key += `${value},`;
    }
    return key;
  };
}
