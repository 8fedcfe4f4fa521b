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
  getVariableValues,
  Kind,
  SchemaMetaFieldDef,
  TypeMetaFieldDef,
  TypeNameMetaFieldDef,
  visit,
} from 'graphql';
import type { Viewer } from '../decision/viewer.ts';
import { includedSelections } from '../plan/included-selections.ts';
import { createCollector } from '../plan/operation-walk.ts';
import type { VisibleSchemas } from './visible-schema.ts';

/** What introspection shows: what the viewer can reach, everything, or nothing. */
export type IntrospectionMode = 'viewer' | 'full' | 'off';

export type IntrospectionErrorCode =
  | 'INTROSPECTION_DISABLED'
  | 'INTROSPECTION_NESTED'
  | 'INTROSPECTION_FAILED';

/** The operation introspects in a way that is not answered. It is refused as a bad request. */
export class IntrospectionError extends GraphQLError {
  override readonly name = 'IntrospectionError';

  constructor(code: IntrospectionErrorCode, message: string, nodes: readonly FieldNode[]) {
    super(message, { nodes, extensions: { code, http: { status: 400 } } });
  }
}

/** One operation of a document, before it runs. `variableValues` as they arrived. */
export interface IntrospectionRequest {
  readonly document: DocumentNode;
  readonly operation: OperationDefinitionNode;
  readonly variableValues?: Readonly<Record<string, unknown>> | null | undefined;
  readonly viewer: Viewer;
}

/** What a viewer is told of the schema by one operation. */
export interface IntrospectionAnswer {
  /** What introspects, by response key. */
  readonly data: Readonly<Record<string, unknown>>;
  /** The data of the whole operation, where it asks for nothing else: then nothing needs to run. */
  readonly whole: Readonly<Record<string, unknown>> | undefined;
}

/**
 * Answers the introspection of one operation, or undefined where there is none to answer: the operation
 * then runs as it is. Whatever runs beside an answer must have it put in by `withIntrospection`.
 *
 * @throws {IntrospectionError} before anything has run.
 */
export type Introspect = (request: IntrospectionRequest) => IntrospectionAnswer | undefined;

export interface IntrospectOptions {
  /** The guarded schema. */
  readonly schema: GraphQLSchema;
  readonly mode: IntrospectionMode;
  readonly visibleTo: VisibleSchemas;
}

/**
 * Makes the function that answers `__schema` and `__type` from the part of the schema that the viewer
 * can reach. Nothing of an answer is kept: only whether a document introspects at all is.
 *
 * Below the root these fields are found too, on a field that returns the query type. The executor would
 * answer them there from the whole schema, so such an operation is refused.
 */
export function createIntrospect({ schema, mode, visibleTo }: IntrospectOptions): Introspect {
  if (mode === 'full') return () => undefined;
  const isIntrospecting = createIsIntrospecting();

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

/** Tells whether a document introspects anywhere, which nearly none does. Asked once for each. */
function createIsIntrospecting(): (document: DocumentNode) => boolean {
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
  /** The root fields that introspect, and those that stand deeper. */
  readonly root: readonly FieldNode[];
  readonly nested: readonly FieldNode[];
  /** All root fields, where nothing but introspection and `__typename` is selected. */
  readonly whole: readonly FieldNode[] | undefined;
}

/** Undefined: its variables cannot be coerced, or it has no root type; then nothing will run. */
function findIntrospection(
  schema: GraphQLSchema,
  { document, operation, variableValues }: IntrospectionRequest,
): FoundIntrospection | undefined {
  const definitions = operation.variableDefinitions ?? [];
  const { coerced } = getVariableValues(
    schema,
    definitions,
    { ...variableValues },
    { maxErrors: 1 },
  );
  const parent = schema.getRootType(operation.operation);
  if (coerced === undefined || !parent) return undefined;
  const collect = createCollector({ schema, document, variableValues: coerced });
  const all = [...collect(parent, [operation.selectionSet]).values()].flat();
  const root = all.filter(isIntrospectionField);
  const others = all.filter(
    (field) => !isIntrospectionField(field) && field.name.value !== TypeNameMetaFieldDef.name,
  );
  const sets = others.flatMap(({ selectionSet }) => selectionSet ?? []);
  // Whatever the type is: only where a field returns the query type can there be any.
  const nested = [...includedSelections(sets, document, coerced)]
    .filter((selection) => selection.kind === Kind.FIELD)
    .filter(isIntrospectionField);
  return { root, nested, whole: others.length === 0 ? all : undefined };
}

/**
 * Runs the introspection of an operation alone. Its conditions and arguments are of the types Boolean
 * and String; variables of other types serve the rest, and may be of types that are hidden.
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
