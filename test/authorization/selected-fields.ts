import type {
  DocumentNode,
  FieldNode,
  FragmentDefinitionNode,
  OperationDefinitionNode,
  SelectionSetNode,
  ValueNode,
} from 'graphql';

/** An operation of a document, as oracles read it: nothing of the library and of executors. */
export interface Scope {
  readonly operation: OperationDefinitionNode;
  readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly root: string;
}

export function createScope({
  document,
  operationName,
  variables,
}: {
  readonly document: DocumentNode;
  readonly operationName: string;
  readonly variables: Readonly<Record<string, unknown>>;
}): Scope {
  const fragments = new Map<string, FragmentDefinitionNode>();
  let operation: OperationDefinitionNode | undefined;
  for (const definition of document.definitions) {
    if (definition.kind === 'FragmentDefinition') fragments.set(definition.name.value, definition);
    if (definition.kind !== 'OperationDefinition') continue;
    if (definition.name?.value === operationName) operation = definition;
  }
  if (operation === undefined) throw new Error(`No operation ${operationName}.`);
  const roots = { query: 'Query', mutation: 'Mutation', subscription: 'Subscription' };
  return { operation, fragments, variables, root: roots[operation.operation] };
}

/** Selected fields by response key, in document order, where `applies` says which fragments count. */
export function expand(
  scope: Scope,
  sets: readonly SelectionSetNode[],
  applies: (condition: string) => boolean,
): ReadonlyMap<string, readonly FieldNode[]> {
  const fields = new Map<string, FieldNode[]>();
  for (const selection of sets.flatMap((set) => set.selections)) {
    if (!isSelected(selection.directives, scope)) continue;
    if (selection.kind === 'Field') {
      const key = (selection.alias ?? selection.name).value;
      fields.set(key, [...(fields.get(key) ?? []), selection]);
      continue;
    }
    const fragment =
      selection.kind === 'FragmentSpread' ? scope.fragments.get(selection.name.value) : selection;
    if (fragment === undefined) continue;
    const condition = fragment.typeCondition?.name.value;
    if (condition !== undefined && !applies(condition)) continue;
    for (const [key, nodes] of expand(scope, [fragment.selectionSet], applies)) {
      fields.set(key, [...(fields.get(key) ?? []), ...nodes]);
    }
  }
  return fields;
}

function isSelected(directives: FieldNode['directives'], scope: Scope): boolean {
  return (directives ?? []).every(({ name, arguments: args }) => {
    const condition = args?.[0]?.value;
    const isTrue = condition !== undefined && booleanOf(condition, scope);
    if (name.value === 'skip') return !isTrue;
    return name.value === 'include' ? isTrue : true;
  });
}

function booleanOf(value: ValueNode, scope: Scope): boolean {
  if (value.kind === 'BooleanValue') return value.value;
  if (value.kind !== 'Variable') throw new Error('No such condition is generated.');
  const name = value.name.value;
  if (name in scope.variables) return scope.variables[name] === true;
  const definition = scope.operation.variableDefinitions?.find(
    (each) => each.variable.name.value === name,
  );
  return definition?.defaultValue?.kind === 'BooleanValue' && definition.defaultValue.value;
}
