import {
  type ASTNode,
  type DocumentNode,
  type FragmentDefinitionNode,
  Kind,
  print,
  type SelectionNode,
  type SelectionSetNode,
  visit,
} from 'graphql';

/**
 * Prints a document in the form in which texts are compared: without comments, descriptions and unaliased `__typename`,
 * the fragments last and sorted by name. Clients add `__typename`, and order fragments in their own ways. Pure.
 *
 * Everything that validation could complain about is kept, such as unused fragments and `__typename` with a directive: a
 * text that is not known must not be validated.
 */
export function toNormalForm({ definitions }: DocumentNode): string {
  const fragments = definitions.filter(isFragment).sort(byName);
  const others = definitions.filter((each) => !isFragment(each));
  return [...others, ...fragments].map((each) => print(visit(each, reduce))).join('\n');
}

const isFragment = (node: ASTNode): node is FragmentDefinitionNode =>
  node.kind === Kind.FRAGMENT_DEFINITION;

const byName = ({ name: left }: FragmentDefinitionNode, { name: right }: FragmentDefinitionNode) =>
  left.value < right.value ? -1 : Number(left.value > right.value);

const withoutDescription = <Node extends ASTNode>(node: Node): Node | undefined =>
  'description' in node && node.description !== undefined
    ? { ...node, description: undefined }
    : undefined;

const reduce = {
  OperationDefinition: withoutDescription,
  FragmentDefinition: withoutDescription,
  VariableDefinition: withoutDescription,
  SelectionSet: { leave: withoutTypename },
};

/** One `__typename` stays where nothing else is selected: a field with an empty selection is a field without one. */
function withoutTypename(node: SelectionSetNode): SelectionSetNode | undefined {
  const left = node.selections.filter((each) => !isBareTypename(each));
  if (left.length === node.selections.length) return undefined;
  return { ...node, selections: left.length > 0 ? left : node.selections.slice(0, 1) };
}

const isBareTypename = (node: SelectionNode): boolean =>
  node.kind === Kind.FIELD &&
  node.name.value === '__typename' &&
  node.alias === undefined &&
  node.selectionSet === undefined &&
  (node.arguments ?? []).length === 0 &&
  (node.directives ?? []).length === 0;
