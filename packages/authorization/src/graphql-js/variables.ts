import type {
  DirectiveNode,
  FieldNode,
  GraphQLDirective,
  GraphQLError,
  GraphQLField,
  GraphQLResolveInfo,
  GraphQLSchema,
  OperationDefinitionNode,
  VariableDefinitionNode,
} from 'graphql';
import { getArgumentValues, getDirectiveValues, getVariableValues, isInputType } from 'graphql';
import { isGraphql17 } from './version.ts';

type Values = Readonly<Record<string, unknown>>;

/** The coerced variables of an execution. */
export interface ExecutionVariables {
  /** The values by the names of the variables. */
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
  return { variables: toVariables(found.variableValues ?? found.coerced) };
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

/**
 * Returns the variables that a resolver gets.
 *
 * @throws {TypeError} when the executor passes them in another form than the installed graphql-js: guarded input would not
 *   be found. A client chooses the names of variables, so the types of all are looked for, which no client can send.
 */
export function variablesOf({
  operation: { variableDefinitions = [] },
  variableValues: native,
}: Pick<GraphQLResolveInfo, 'operation' | 'variableValues'>): ExecutionVariables {
  if (isGraphql17) {
    const sources = toRecord(native.sources);
    const isTyped = ({ variable }: VariableDefinitionNode): boolean =>
      isInputType(toRecord(toRecord(sources[variable.name.value]).signature).type);
    if (!variableDefinitions.every(isTyped)) throw new TypeError(unknownForm);
  }
  return toVariables(native);
}

/** @throws {TypeError} for another form than that of the installed graphql-js. */
function toVariables(native: ExecutionVariables['native'] | undefined): ExecutionVariables {
  const coerced: unknown = isGraphql17 ? native?.coerced : native;
  if (native === undefined || !isRecord(coerced)) throw new TypeError(unknownForm);
  return { coerced, native };
}

const isRecord = (value: unknown): value is Values => typeof value === 'object' && value !== null;
const toRecord = (value: unknown): Values => (isRecord(value) ? value : {});

const unknownForm = 'The executor passes variables in a form that is not that of this graphql.';

/** Whether a request has a value for a variable. For graphql 17, undefined is no value; for 16 it is null. */
export const isSent = (sent: Values, name: string): boolean =>
  Object.hasOwn(sent, name) && (sent[name] !== undefined || !isGraphql17);

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
