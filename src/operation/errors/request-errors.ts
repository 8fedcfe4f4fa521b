import {
  coerceInputValue,
  type DocumentNode,
  type GraphQLSchema,
  type GraphQLType,
  getNamedType,
  getNullableType,
  getOperationAST,
  getVariableValues,
  isInputObjectType,
  isInputType,
  isListType,
  isNonNullType,
  print,
  typeFromAST,
  type VariableDefinitionNode,
} from 'graphql';
import { RequestError } from './request-error.ts';

/** The operation and the variables that a request names. */
interface OperationRequest {
  readonly document: DocumentNode;
  readonly operationName?: string | null | undefined;
  /** As the client sent them. */
  readonly variableValues?: Readonly<Record<string, unknown>> | null | undefined;
}

interface RequestErrorsOptions {
  readonly schema: GraphQLSchema;
  /** Returns the part of the schema that the viewer can see. Only its types are named. */
  readonly visible: () => GraphQLSchema;
  readonly maxErrors: number;
}

/**
 * Describes why no operation of a valid document can run for a request: the one that it names does not exist, or
 * its variables do not match their types, without their values. None when it can run. After `maxErrors` errors, one more
 * says that there are others.
 */
export function findRequestErrors(
  { document, operationName, variableValues }: OperationRequest,
  { schema, visible, maxErrors }: RequestErrorsOptions,
): readonly RequestError[] {
  const operation = getOperationAST(document, operationName);
  if (!operation) return [toUnknownOperation(operationName)];
  const { variableDefinitions: definitions = [] } = operation;
  if (definitions.length === 0) return [];
  const values = { ...variableValues };
  // The executor's own function decides: what follows only describes what it has found.
  if (getVariableValues(schema, definitions, values, { maxErrors: 1 }).errors === undefined) {
    return [];
  }
  const shown = visible();
  const errors: RequestError[] = [];
  for (const definition of definitions) {
    const most = maxErrors + 1 - errors.length;
    const paths = findMismatches(definition, { schema, values, most });
    errors.push(...paths.map((path) => toMismatch(definition, path, shown)));
  }
  return errors.length > maxErrors ? [...errors.slice(0, maxErrors), thereAreMore()] : errors;
}

/** A path in the value of a variable: names of input fields, and positions in lists. */
type Path = readonly (string | number)[];

interface MismatchOptions {
  readonly schema: GraphQLSchema;
  readonly values: Readonly<Record<string, unknown>>;
  /** The maximum number of mismatches to find. */
  readonly most: number;
}

/** Finds where the value of a variable does not match. What is missing is found where it should be. */
function findMismatches(
  definition: VariableDefinitionNode,
  { schema, values, most }: MismatchOptions,
): readonly Path[] {
  const name = definition.variable.name.value;
  const type = typeFromAST(schema, definition.type);
  if (!isInputType(type)) return [[]];
  if (!Object.hasOwn(values, name)) {
    return isNonNullType(type) && definition.defaultValue === undefined ? [[]] : [];
  }
  const paths: Path[] = [];
  const stop = new Error('Enough mismatches have been found.');
  const onError = (path: Path): void => {
    if (paths.length >= most) throw stop;
    paths.push(path);
  };
  try {
    coerceInputValue(values[name], type, onError, true);
  } catch (error) {
    if (error !== stop) throw error;
  }
  return paths;
}

function toMismatch(
  definition: VariableDefinitionNode,
  path: Path,
  visible: GraphQLSchema,
): RequestError {
  const steps = path.map((step) => (typeof step === 'number' ? `[${step}]` : `.${step}`));
  const argument = `${definition.variable.name.value}${steps.join('')}`;
  // The operation names the type of the variable itself.
  const type =
    path.length === 0
      ? print(definition.type)
      : typeAt(typeFromAST(visible, definition.type), path);
  const message = `The variable "$${argument}" does not match its type${type ? ` ${type}` : ''}.`;
  return new RequestError('BAD_USER_INPUT', message, { nodes: definition, facts: { argument } });
}

/** The type at a path below a type; undefined where the schema does not have it. */
function typeAt(type: GraphQLType | undefined, [step, ...rest]: Path): GraphQLType | undefined {
  if (type === undefined || step === undefined) return type;
  if (typeof step === 'number') {
    const list = getNullableType(type);
    return isListType(list) ? typeAt(list.ofType, rest) : undefined;
  }
  // One value that stands for a list of one has no position in the path.
  const object = getNamedType(type);
  return isInputObjectType(object) ? typeAt(object.getFields()[step]?.type, rest) : undefined;
}

const thereAreMore = (): RequestError =>
  new RequestError('BAD_USER_INPUT', 'More variables do not match their types than these.');

/** The name is the client's, and is not quoted. */
const toUnknownOperation = (operationName: string | null | undefined): RequestError =>
  new RequestError(
    'OPERATION_RESOLUTION_FAILURE',
    operationName === undefined || operationName === null
      ? 'The document has several operations: choose one with `operationName`.'
      : 'The document has no operation with the requested name.',
  );
