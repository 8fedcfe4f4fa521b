import type {
  DirectiveNode,
  FieldNode,
  GraphQLDirective,
  GraphQLError,
  GraphQLField,
  GraphQLResolveInfo,
  GraphQLSchema,
  OperationDefinitionNode,
} from 'graphql';
import { getArgumentValues, getDirectiveValues, getVariableValues } from 'graphql';
import { isGraphql17 } from './version.ts';

type Values = Readonly<Record<string, unknown>>;

/** The coerced variables of an execution. */
export interface ExecutionVariables {
  /** The value of each. */
  readonly coerced: Values;
  /** What resolvers get: with graphql 16 the same record, with 17 that record and where each value came from. */
  readonly native: GraphQLResolveInfo['variableValues'];
}

/** Coerces the variables of a request as the executor does (GraphQL specification, 6.1.2). */
export function coerceVariables(
  schema: GraphQLSchema,
  { variableDefinitions = [] }: OperationDefinitionNode,
  sent: Values,
  options: { readonly maxErrors?: number; readonly hideSuggestions?: boolean } = {},
):
  | { readonly variables: ExecutionVariables; readonly errors?: undefined }
  | { readonly variables?: undefined; readonly errors: readonly GraphQLError[] } {
  const found: Found = getVariableValues(schema, variableDefinitions, { ...sent }, options);
  if (found.errors !== undefined) return { errors: found.errors };
  const variableValues = found.variableValues ?? found.coerced;
  if (variableValues === undefined) throw new TypeError(unknownForm);
  return { variables: variablesOf({ variableValues }) };
}

/** What `getVariableValues` returns: graphql 16 `coerced`, graphql 17 `variableValues`. */
interface Found {
  readonly errors?: readonly GraphQLError[] | undefined;
  readonly coerced?: ExecutionVariables['native'] | undefined;
  readonly variableValues?: ExecutionVariables['native'];
}

/** Returns variables that no client sent, such as those of an operation without a request. */
export const variablesFrom = (coerced: Values): ExecutionVariables => ({
  coerced,
  native: isGraphql17 ? { sources: Object.create(null), coerced } : coerced,
});

/** Returns the variables that a resolver gets. @throws {TypeError} when they have a form in which nothing would be found */
export function variablesOf({
  variableValues: native,
}: Pick<GraphQLResolveInfo, 'variableValues'>): ExecutionVariables {
  if (!isGraphql17) return { coerced: native, native };
  const { coerced } = native;
  if (!isRecord(coerced)) throw new TypeError(unknownForm);
  return { coerced, native };
}

const isRecord = (value: unknown): value is Values => typeof value === 'object' && value !== null;

const unknownForm = 'The executor passes variables in a form that is not that of this graphql.';

/** Returns the arguments of a field or directive. @throws {GraphQLError} when they cannot be coerced. */
export const argumentValues = (
  definition: GraphQLField<unknown, unknown> | GraphQLDirective,
  node: FieldNode | DirectiveNode,
  variables?: ExecutionVariables,
): Record<string, unknown> => getArgumentValues(definition, node, variables?.native);

/** Returns the arguments of a directive of a selection; undefined without it. @throws {GraphQLError} like arguments */
export const directiveValues = (
  definition: GraphQLDirective,
  { directives = [] }: { readonly directives?: readonly DirectiveNode[] | undefined },
  variables: ExecutionVariables | undefined,
): Record<string, unknown> | undefined =>
  getDirectiveValues(definition, { directives }, variables?.native);
