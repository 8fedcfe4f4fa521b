import type {
  DocumentNode,
  FieldNode,
  FragmentDefinitionNode,
  GraphQLField,
  GraphQLNamedType,
  GraphQLSchema,
  OperationDefinitionNode,
  SelectionSetNode,
} from 'graphql';
import {
  GraphQLIncludeDirective,
  GraphQLSkipDirective,
  isAbstractType,
  isInterfaceType,
  isObjectType,
  isTypeSubTypeOf,
  Kind,
  TypeNameMetaFieldDef,
  typeFromAST,
} from 'graphql';
import { directiveValues, type ExecutionVariables } from '../graphql-js/variables.ts';
import type { Requirement } from '../requirements/requirement.ts';
import type { Requirements } from '../requirements/requirements.ts';
import { refuseVariables } from './fragment-variables.ts';
import { OperationTooComplexError } from './operation-too-complex-error.ts';

/** Limits the work of one document: fragments can double the number of selected fields with every level. */
const maxSelectedFields = 10_000;

const tooManyFields = () =>
  new OperationTooComplexError(`The operation selects more than ${maxSelectedFields} fields.`);

/** A field that an operation selects on one type. Fields with one response key are one. */
export interface SelectedField {
  /** Its index in document order. */
  readonly order: number;
  readonly coordinate: string;
  readonly requirement: Requirement;
  /** The field that it is selected on. Undefined at the root. */
  readonly parentField: SelectedField | undefined;
  readonly responseKey: string;
  readonly nodes: readonly [FieldNode, ...FieldNode[]];
  readonly definition: GraphQLField<unknown, unknown>;
  readonly isRoot: boolean;
}

/** Returns the response keys from the root. List indices are not known before execution. */
export function pathOf({ parentField, responseKey }: SelectedField): readonly string[] {
  return parentField === undefined ? [responseKey] : [...pathOf(parentField), responseKey];
}

/** The operation to walk. `variableValues` are undefined when they cannot be coerced: then nothing will run. */
export interface WalkedOperation {
  readonly schema: GraphQLSchema;
  readonly requirements: Requirements;
  readonly document: DocumentNode;
  readonly operation: OperationDefinitionNode;
  readonly variableValues: ExecutionVariables | undefined;
  /** Evaluates `@skip` and `@include`. Default: by `variableValues`. */
  readonly includes?: typeof isIncluded;
}

/** A type at which the selections of a field are read. */
export interface SelectionScope {
  readonly parent: GraphQLNamedType;
  /** The run-time types on which these selections depend, outermost first. Empty: they are always selected. */
  readonly runtimeTypes: readonly string[];
}

/** Called for each selected field. Returns the scopes in which to read the field's own selections. */
export type VisitField = (field: SelectedField, scope: SelectionScope) => readonly SelectionScope[];

/**
 * Walks the selections of one operation in document order. Fields are collected as in the executor, and graphql-js
 * evaluates `@skip` and `@include`. In each scope it reads the fields that are always selected on that type; the
 * visitor returns the narrower types to visit.
 */
export function walkOperation(input: WalkedOperation, visit: VisitField): void {
  const collect = createCollector(input);
  let order = 0;

  function walk(
    scope: SelectionScope,
    sets: readonly SelectionSetNode[],
    parentField: SelectedField | undefined,
  ): void {
    const { parent } = scope;
    const isRoot = parentField === undefined;
    for (const [responseKey, nodes] of collect(parent, sets)) {
      const definition = fieldOf(parent, nodes[0].name.value, isRoot);
      if (definition === undefined) continue;
      const { coordinate, requirement } = input.requirements.atField(parent, definition);
      // Not spread from another object: that would take longer than the rest of the walk.
      const field: SelectedField = {
        order,
        coordinate,
        requirement,
        parentField,
        responseKey,
        nodes,
        definition,
        isRoot,
      };
      order += 1;
      if (order > maxSelectedFields) throw tooManyFields();
      const scopes = visit(field, scope);
      const inside = selectionsOf(nodes);
      if (inside.length > 0) for (const next of scopes) walk(next, inside, field);
    }
  }

  const root = input.schema.getRootType(input.operation.operation);
  if (root) walk({ parent: root, runtimeTypes: [] }, [input.operation.selectionSet], undefined);
}

const noSelections: readonly SelectionSetNode[] = [];

/** Allocates nothing for leaves, which most selected fields are. */
function selectionsOf(nodes: readonly FieldNode[]): readonly SelectionSetNode[] {
  const [first] = nodes;
  if (first?.selectionSet === undefined) return noSelections;
  return nodes.flatMap(({ selectionSet }) => selectionSet ?? []);
}

/** Returns the scopes in which all selections of a field of this type are read: of the type, and of each run-time type. */
export function scopesOf(
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

/** Returns the fragments of a document by name. */
export function fragmentsOf({
  definitions,
}: Pick<DocumentNode, 'definitions'>): ReadonlyMap<string, FragmentDefinitionNode> {
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const each of definitions) {
    if (each.kind === Kind.FRAGMENT_DEFINITION) fragments.set(each.name.value, each);
  }
  return fragments;
}

type CollectedFields = Map<string, [FieldNode, ...FieldNode[]]>;

/** The part of an operation that its fields are collected by. */
type CollectedOperation = Pick<
  WalkedOperation,
  'schema' | 'document' | 'variableValues' | 'includes'
>;

/**
 * Creates the executor's CollectFields (GraphQL specification, 6.3.2), applied to declared types.
 *
 * @throws {FragmentVariablesError} from a call that reaches a fragment with variables of its own.
 */
export function createCollector({
  schema,
  document,
  variableValues,
  includes = isIncluded,
}: CollectedOperation) {
  const fragments = fragmentsOf(document);
  return (parent: GraphQLNamedType, sets: readonly SelectionSetNode[]): CollectedFields => {
    const fields: CollectedFields = new Map();
    let visited: Set<string> | undefined;
    const visit = (set: SelectionSetNode): void => {
      for (const selection of set.selections) {
        const isSpread = selection.kind === Kind.FRAGMENT_SPREAD;
        if (isSpread && visited?.has(selection.name.value)) continue;
        if (!includes(selection, variableValues)) continue;
        if (selection.kind === Kind.FIELD) {
          const responseKey = (selection.alias ?? selection.name).value;
          const known = fields.get(responseKey);
          if (known === undefined) fields.set(responseKey, [selection]);
          else known.push(selection);
          continue;
        }
        let fragment: typeof selection | FragmentDefinitionNode | undefined = selection;
        if (isSpread) {
          visited ??= new Set();
          visited.add(selection.name.value);
          fragment = fragments.get(selection.name.value);
        }
        if (fragment === undefined || !('selectionSet' in fragment)) continue;
        if (fragment.kind === Kind.FRAGMENT_DEFINITION) refuseVariables(fragment);
        if (alwaysApplies(schema, parent, fragment)) visit(fragment.selectionSet);
      }
    };
    for (const set of sets) visit(set);
    return fields;
  };
}

/** Whether a selection is included. False when the variables cannot be coerced: then nothing will run. */
export function isIncluded(
  node: Parameters<typeof directiveValues>[1],
  variableValues: WalkedOperation['variableValues'],
): boolean {
  try {
    return isIncludedStrictly(node, variableValues);
  } catch {
    return false; // A null condition, which the executor rejects too.
  }
}

/** The same as {@link isIncluded}, but throws where the executor does. @throws {GraphQLError} for a null condition. */
export function isIncludedStrictly(
  node: Parameters<typeof directiveValues>[1],
  variableValues: WalkedOperation['variableValues'],
): boolean {
  if (node.directives === undefined || node.directives.length === 0) return true;
  if (variableValues === undefined) return false;
  return (
    directiveValues(GraphQLSkipDirective, node, variableValues)?.if !== true &&
    directiveValues(GraphQLIncludeDirective, node, variableValues)?.if !== false
  );
}

function alwaysApplies(
  schema: GraphQLSchema,
  parent: GraphQLNamedType,
  {
    typeCondition,
  }: Pick<FragmentDefinitionNode, never> & {
    typeCondition?: FragmentDefinitionNode['typeCondition'] | undefined;
  },
): boolean {
  if (typeCondition === undefined) return true;
  const condition = typeFromAST(schema, typeCondition);
  if (condition === parent) return true;
  return (
    isAbstractType(condition) &&
    (isObjectType(parent) || isInterfaceType(parent)) &&
    isTypeSubTypeOf(schema, parent, condition)
  );
}

/**
 * Returns the definition of a selected field. `__typename` is checked only at the root: elsewhere the field that
 * returns the type has the type's clauses.
 */
function fieldOf(
  parent: GraphQLNamedType,
  name: string,
  isRoot: boolean,
): GraphQLField<unknown, unknown> | undefined {
  if (isRoot && name === TypeNameMetaFieldDef.name) return TypeNameMetaFieldDef;
  return isObjectType(parent) || isInterfaceType(parent) ? parent.getFields()[name] : undefined;
}
