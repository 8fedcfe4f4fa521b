import type {
  DocumentNode,
  FieldNode,
  GraphQLSchema,
  OperationDefinitionNode,
  TypeNode,
} from 'graphql';
import {
  executeSync,
  GraphQLBoolean,
  GraphQLError,
  GraphQLString,
  Kind,
  SchemaMetaFieldDef,
  TypeMetaFieldDef,
  TypeNameMetaFieldDef,
  visit,
} from 'graphql';
import type { Viewer } from '../decision/viewer.ts';
import { coerceVariables } from '../graphql-js/variables.ts';
import { includedSelections } from '../plan/included-selections.ts';
import { createCollector } from '../plan/operation-walk.ts';
import type { VisibleSchemas } from './visible-schema.ts';

/** What introspection shows: the elements that the viewer can reach, everything, or nothing. */
export type IntrospectionMode = 'viewer' | 'full' | 'off';

export type IntrospectionErrorCode =
  | 'INTROSPECTION_DISABLED'
  | 'INTROSPECTION_NESTED'
  | 'INTROSPECTION_FAILED';

/** The operation uses introspection in a way that is not supported. Answered with 400. */
export class IntrospectionError extends GraphQLError {
  override readonly name = 'IntrospectionError';

  constructor(code: IntrospectionErrorCode, message: string, nodes: readonly FieldNode[]) {
    super(message, { nodes, extensions: { code, http: { status: 400 } } });
  }
}

/** One operation of a document, before it runs. `variableValues` are not coerced yet. */
export interface IntrospectionRequest {
  readonly document: DocumentNode;
  readonly operation: OperationDefinitionNode;
  readonly variableValues?: Readonly<Record<string, unknown>> | null | undefined;
  readonly viewer: Viewer;
}

/** The answer to the introspection of one operation. */
export interface IntrospectionAnswer {
  /** The introspection fields by response key. */
  readonly data: Readonly<Record<string, unknown>>;
  /** The data of the whole operation, if it selects nothing else: then nothing needs to run. */
  readonly whole: Readonly<Record<string, unknown>> | undefined;
}

/**
 * Answers the introspection of one operation. Returns undefined when the operation has none. If the operation selects
 * other fields too, the host runs it and replaces its introspection with `withIntrospection`.
 *
 * @throws {IntrospectionError} before anything has run.
 */
export type Introspect = (request: IntrospectionRequest) => IntrospectionAnswer | undefined;

export interface IntrospectOptions {
  readonly schema: GraphQLSchema;
  readonly mode: IntrospectionMode;
  readonly visibleTo: VisibleSchemas;
}

/**
 * Creates the function that answers `__schema` and `__type` from the part of the schema that the viewer can reach.
 * It caches whether a document has introspection, but never an answer.
 *
 * A field that returns the query type can have introspection below the root. The executor would answer it from the
 * whole schema, so such an operation is refused.
 */
export function createIntrospect(
  { schema, mode, visibleTo }: IntrospectOptions,
  isIntrospecting = createIsIntrospecting(),
): Introspect {
  if (mode === 'full') return () => undefined;

  return (request) => {
    if (!isIntrospecting(request.document)) return undefined;
    const found = findIntrospection(schema, request);
    if (found === undefined) return undefined;
    const { root, nested, whole } = found;
    if (root.length + nested.length === 0) return undefined;
    if (mode === 'off') {
      throw new IntrospectionError('INTROSPECTION_DISABLED', disabled, [...root, ...nested]);
    }
    if (nested.length > 0) throw new IntrospectionError('INTROSPECTION_NESTED', tooDeep, nested);
    const shown = runIntrospection(visibleTo(request.viewer), request, whole ?? root);
    const keys = root.map(({ alias, name }) => (alias ?? name).value);
    const data = Object.fromEntries(keys.map((key) => [key, shown[key]]));
    return { data, whole: whole && shown };
  };
}

const disabled = 'Introspection is disabled.';
const tooDeep =
  'Introspection is available only at the root of a query: move __schema and __type there.';
const wrongValues = 'Introspection failed: check the values of its arguments and conditions.';

const introspectionFields: readonly string[] = [SchemaMetaFieldDef.name, TypeMetaFieldDef.name];

const isIntrospectionField = ({ name }: FieldNode): boolean =>
  introspectionFields.includes(name.value);

/** Creates the check whether a document has introspection. Its result is cached by document. */
export function createIsIntrospecting(): (document: DocumentNode) => boolean {
  const answers = new WeakMap<DocumentNode, boolean>();
  return (document) => {
    const known = answers.get(document);
    if (known !== undefined) return known;
    let isIntrospecting = false;
    visit(document, {
      Field(field) {
        isIntrospecting ||= isIntrospectionField(field);
      },
    });
    answers.set(document, isIntrospecting);
    return isIntrospecting;
  };
}

interface FoundIntrospection {
  /** The introspection fields at the root, and those below it. */
  readonly root: readonly FieldNode[];
  readonly nested: readonly FieldNode[];
  /** All root fields, if only introspection and `__typename` are selected. */
  readonly whole: readonly FieldNode[] | undefined;
}

/** Returns undefined when variables cannot be coerced or there is no root type: then nothing will run. */
function findIntrospection(
  schema: GraphQLSchema,
  { document, operation, variableValues }: IntrospectionRequest,
): FoundIntrospection | undefined {
  const { variables } = coerceVariables(schema, operation, variableValues ?? {}, { maxErrors: 1 });
  const parent = schema.getRootType(operation.operation);
  if (variables === undefined || !parent) return undefined;
  const collect = createCollector({ schema, document, variableValues: variables });
  const all = [...collect(parent, [operation.selectionSet]).values()].flat();
  const root = all.filter(isIntrospectionField);
  const others = all.filter(
    (field) => !isIntrospectionField(field) && field.name.value !== TypeNameMetaFieldDef.name,
  );
  const sets = others.flatMap(({ selectionSet }) => selectionSet ?? []);
  // In fragments on any type: in a valid document only fields that return the query type have these fields.
  const nested = [...includedSelections(sets, document, variables)]
    .filter((selection) => selection.kind === Kind.FIELD)
    .filter(isIntrospectionField);
  return { root, nested, whole: others.length === 0 ? all : undefined };
}

/**
 * Runs only the introspection of an operation. Its conditions and arguments are of the types Boolean and String.
 * Variables of other types belong to the other fields, and their types can be hidden.
 */
function runIntrospection(
  schema: GraphQLSchema,
  { document, operation, variableValues }: IntrospectionRequest,
  selections: readonly FieldNode[],
): Readonly<Record<string, unknown>> {
  const alone: OperationDefinitionNode = {
    ...operation,
    variableDefinitions: (operation.variableDefinitions ?? []).filter(({ type }) =>
      typesOfVariables.includes(nameOf(type)),
    ),
    selectionSet: { kind: Kind.SELECTION_SET, selections },
  };
  const fragments = document.definitions.filter(({ kind }) => kind === Kind.FRAGMENT_DEFINITION);
  const { data, errors } = executeSync({
    schema,
    document: { kind: Kind.DOCUMENT, definitions: [alone, ...fragments] },
    variableValues: variableValues ?? {},
  });
  if (errors !== undefined) {
    throw new IntrospectionError('INTROSPECTION_FAILED', wrongValues, selections);
  }
  return { ...data };
}

const typesOfVariables: readonly string[] = [GraphQLBoolean.name, GraphQLString.name];

const nameOf = (type: TypeNode): string =>
  type.kind === Kind.NAMED_TYPE ? type.name.value : nameOf(type.type);
