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
  getDirectiveValues,
  getNamedType,
  isAbstractType,
  isInterfaceType,
  isObjectType,
  isTypeSubTypeOf,
  Kind,
  typeFromAST,
} from 'graphql';
import { memberCoordinate } from './coordinate.ts';
import type { Requirement } from './requirement.ts';
import type { Requirements } from './requirements.ts';
import { hasGuardedInput } from './supplied-input.ts';

/** One selected field at which something must be decided. */
export interface PlannedField {
  /** Its place in document order. */
  readonly order: number;
  readonly coordinate: string;
  readonly requirement: Requirement;
  /** Response keys from the root; list indices are not known before execution. */
  readonly path: readonly string[];
  readonly nodes: readonly [FieldNode, ...FieldNode[]];
  readonly definition: GraphQLField<unknown, unknown>;
  readonly isRoot: boolean;
}

/** What must be decided before one operation runs. */
export interface OperationPlan {
  /** The guarded fields, by the requirement that they share: it is decided once for all of them. */
  readonly byRequirement: ReadonlyMap<Requirement, readonly PlannedField[]>;
  /** The fields at which the client could have supplied something guarded. */
  readonly withGuardedInput: readonly PlannedField[];
}

/** What a plan is made of. `variableValues` are coerced; undefined when they cannot be coerced. */
export interface PlanInput {
  readonly schema: GraphQLSchema;
  readonly requirements: Requirements;
  readonly document: DocumentNode;
  readonly operation: OperationDefinitionNode;
  readonly variableValues: Readonly<Record<string, unknown>> | undefined;
}

/**
 * Plans one operation: which coordinates it selects for certain, in document order.
 *
 * Pure. It collects fields as the executor does, `@skip` and `@include` by graphql-js itself, so that
 * what is not selected needs no permission. Selections below a type condition that the value's
 * run-time type decides are left to the guarded resolvers.
 */
export function planOperation(input: PlanInput): OperationPlan {
  const { schema, operation } = input;
  const byRequirement = new Map<Requirement, PlannedField[]>();
  const withGuardedInput: PlannedField[] = [];
  const collect = createCollector(input);
  let order = 0;

  function plan(
    parent: GraphQLNamedType,
    sets: readonly SelectionSetNode[],
    path: readonly string[],
  ) {
    for (const [responseKey, nodes] of collect(parent, sets)) {
      const definition = fieldOf(parent, nodes[0].name.value);
      if (definition === undefined) continue;
      const coordinate = memberCoordinate(parent.name, definition.name);
      const requirement = input.requirements.at(coordinate);
      const fieldPath = [...path, responseKey];
      const isRoot = path.length === 0;
      const field = { order, coordinate, requirement, path: fieldPath, nodes, definition, isRoot };
      order += 1;
      if (requirement.length > 0) {
        const alike = byRequirement.get(requirement);
        if (alike === undefined) byRequirement.set(requirement, [field]);
        else alike.push(field);
      }
      if (hasGuardedInput(input.requirements, definition, coordinate)) withGuardedInput.push(field);
      const inside = nodes.flatMap(({ selectionSet }) => selectionSet ?? []);
      if (inside.length > 0) plan(getNamedType(definition.type), inside, fieldPath);
    }
  }

  const root = schema.getRootType(operation.operation);
  if (root) plan(root, [operation.selectionSet], []);
  return { byRequirement, withGuardedInput };
}

type CollectedFields = Map<string, [FieldNode, ...FieldNode[]]>;

/** The executor's CollectFields (GraphQL specification, 6.3.2), on declared types. */
function createCollector({ schema, document, variableValues }: PlanInput) {
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const definition of document.definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) {
      fragments.set(definition.name.value, definition);
    }
  }
  return (parent: GraphQLNamedType, sets: readonly SelectionSetNode[]): CollectedFields => {
    const fields: CollectedFields = new Map();
    const visited = new Set<string>();
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
function isIncluded(
  node: Parameters<typeof getDirectiveValues>[1],
  variableValues: PlanInput['variableValues'],
): boolean {
  if (node.directives === undefined || node.directives.length === 0) return true;
  if (variableValues === undefined) return false;
  return (
    getDirectiveValues(GraphQLSkipDirective, node, variableValues)?.if !== true &&
    getDirectiveValues(GraphQLIncludeDirective, node, variableValues)?.if !== false
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

/** Meta-fields (`__typename`, `__schema`) are no field of their parent; the type's clauses cover them. */
function fieldOf(
  parent: GraphQLNamedType,
  name: string,
): GraphQLField<unknown, unknown> | undefined {
  return isObjectType(parent) || isInterfaceType(parent) ? parent.getFields()[name] : undefined;
}
