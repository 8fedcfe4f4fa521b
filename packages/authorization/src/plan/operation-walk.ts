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
  GraphQLError,
  GraphQLIncludeDirective,
  GraphQLSkipDirective,
  getDirectiveValues,
  isAbstractType,
  isInterfaceType,
  isObjectType,
  isTypeSubTypeOf,
  Kind,
  TypeNameMetaFieldDef,
  typeFromAST,
} from 'graphql';
import type { Requirement } from '../requirements/requirement.ts';
import type { Requirements } from '../requirements/requirements.ts';

/**
 * Fragments can double the selected fields with every level, at no cost to who sends them. No operation
 * of a person comes near this number.
 */
const maxSelectedFields = 10_000;

/** The operation selects too many fields to decide about them. It is refused as a bad request. */
export class OperationTooComplexError extends GraphQLError {
  override readonly name = 'OperationTooComplexError';

  constructor() {
    super(`The operation selects more than ${maxSelectedFields} fields.`, {
      extensions: { code: 'OPERATION_TOO_COMPLEX', http: { status: 400 } },
    });
  }
}

/** One selected field. */
export interface SelectedField {
  /** Its place in document order. */
  readonly order: number;
  readonly coordinate: string;
  readonly requirement: Requirement;
  /** The field whose selections it stands in; none at the root. */
  readonly above: SelectedField | undefined;
  readonly responseKey: string;
  readonly nodes: readonly [FieldNode, ...FieldNode[]];
  readonly definition: GraphQLField<unknown, unknown>;
  readonly isRoot: boolean;
}

/** Response keys from the root; list indices are not known before execution. */
export function pathOf({ above, responseKey }: SelectedField): readonly string[] {
  return above === undefined ? [responseKey] : [...pathOf(above), responseKey];
}

/** What is walked. `variableValues` are coerced; undefined when they cannot be coerced. */
export interface WalkedOperation {
  readonly schema: GraphQLSchema;
  readonly requirements: Requirements;
  readonly document: DocumentNode;
  readonly operation: OperationDefinitionNode;
  readonly variableValues: Readonly<Record<string, unknown>> | undefined;
}

/** A type at which the selections of a field are read. */
export interface SelectionScope {
  readonly parent: GraphQLNamedType;
  /** The run-time types that lead here, outermost first. None: whatever runs, it comes this way. */
  readonly runtimeTypes: readonly string[];
}

/** Called for each selected field; answers with the scopes in which to read its own selections. */
export type VisitField = (field: SelectedField, scope: SelectionScope) => readonly SelectionScope[];

/**
 * Walks the selections of one operation in document order, with fields collected as the executor does
 * and `@skip` and `@include` decided by graphql-js itself. In each scope it reads what is selected for
 * certain of a value of that type; which narrower types to look at is the visitor's to say.
 */
export function walkOperation(input: WalkedOperation, visit: VisitField): void {
  const collect = createCollector(input);
  let order = 0;

  function walk(
    scope: SelectionScope,
    sets: readonly SelectionSetNode[],
    above: SelectedField | undefined,
  ): void {
    const { parent } = scope;
    const isRoot = above === undefined;
    for (const [responseKey, nodes] of collect(parent, sets)) {
      const definition = fieldOf(parent, nodes[0].name.value, isRoot);
      if (definition === undefined) continue;
      const { coordinate, requirement } = input.requirements.atField(parent, definition);
      // Written out: an object that is spread into another costs more than all else here.
      const field: SelectedField = {
        order,
        coordinate,
        requirement,
        above,
        responseKey,
        nodes,
        definition,
        isRoot,
      };
      order += 1;
      if (order > maxSelectedFields) throw new OperationTooComplexError();
      const scopes = visit(field, scope);
      const inside = selectionsOf(nodes);
      if (inside.length > 0) for (const next of scopes) walk(next, inside, field);
    }
  }

  const root = input.schema.getRootType(input.operation.operation);
  if (root) walk({ parent: root, runtimeTypes: [] }, [input.operation.selectionSet], undefined);
}

const noSelections: readonly SelectionSetNode[] = [];

/** Nothing is made for a leaf: most selected fields are one. */
function selectionsOf(nodes: readonly FieldNode[]): readonly SelectionSetNode[] {
  const [first] = nodes;
  if (first?.selectionSet === undefined) return noSelections;
  return nodes.flatMap(({ selectionSet }) => selectionSet ?? []);
}

type CollectedFields = Map<string, [FieldNode, ...FieldNode[]]>;

/** The executor's CollectFields (GraphQL specification, 6.3.2), on declared types. */
export function createCollector({
  schema,
  document,
  variableValues,
}: Pick<WalkedOperation, 'schema' | 'document' | 'variableValues'>) {
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const definition of document.definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) {
      fragments.set(definition.name.value, definition);
    }
  }
  return (parent: GraphQLNamedType, sets: readonly SelectionSetNode[]): CollectedFields => {
    const fields: CollectedFields = new Map();
    let visited: Set<string> | undefined;
    const visit = (set: SelectionSetNode): void => {
      for (const selection of set.selections) {
        if (!isIncluded(selection, variableValues)) continue;
        if (selection.kind === Kind.FIELD) {
          const responseKey = (selection.alias ?? selection.name).value;
          const known = fields.get(responseKey);
          if (known === undefined) fields.set(responseKey, [selection]);
          else known.push(selection);
          continue;
        }
        let fragment: typeof selection | FragmentDefinitionNode | undefined = selection;
        if (selection.kind === Kind.FRAGMENT_SPREAD) {
          visited ??= new Set();
          if (visited.has(selection.name.value)) continue;
          visited.add(selection.name.value);
          fragment = fragments.get(selection.name.value);
        }
        if (fragment === undefined || !('selectionSet' in fragment)) continue;
        if (alwaysApplies(schema, parent, fragment)) visit(fragment.selectionSet);
      }
    };
    for (const set of sets) visit(set);
    return fields;
  };
}

/** Whether a selection is made. With variables that cannot be coerced nothing will run: then, no. */
export function isIncluded(
  node: Parameters<typeof getDirectiveValues>[1],
  variableValues: WalkedOperation['variableValues'],
): boolean {
  if (node.directives === undefined || node.directives.length === 0) return true;
  if (variableValues === undefined) return false;
  try {
    return (
      getDirectiveValues(GraphQLSkipDirective, node, variableValues)?.if !== true &&
      getDirectiveValues(GraphQLIncludeDirective, node, variableValues)?.if !== false
    );
  } catch {
    return false; // A null where a condition needs a value: the executor refuses it too.
  }
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
 * Meta-fields are no field of their parent. The clauses of a type hold wherever a field returns it, so
 * that `__typename` needs a look of its own at the root alone.
 */
function fieldOf(
  parent: GraphQLNamedType,
  name: string,
  isRoot: boolean,
): GraphQLField<unknown, unknown> | undefined {
  if (isRoot && name === TypeNameMetaFieldDef.name) return TypeNameMetaFieldDef;
  return isObjectType(parent) || isInterfaceType(parent) ? parent.getFields()[name] : undefined;
}
