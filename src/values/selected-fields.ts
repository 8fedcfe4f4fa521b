import type {
  DocumentNode,
  FieldNode,
  GraphQLResolveInfo,
  SelectionNode,
  SelectionSetNode,
} from 'graphql';
import { GraphQLIncludeDirective, GraphQLSkipDirective, getDirectiveValues, Kind } from 'graphql';

/** The values of variables. Without them, what `@skip` and `@include` leave out is included. */
type Variables = GraphQLResolveInfo['variableValues'];

/**
 * Returns the fields that a selection set selects, through fragments, each as often as it does; without `__typename`.
 * Without `variables`, a count of them is an upper bound.
 */
export function selectedFieldsOf(
  document: Pick<DocumentNode, 'definitions'>,
  { selections }: SelectionSetNode,
  variables?: Variables,
): readonly FieldNode[] {
  return selections.flatMap((selection) => {
    if (variables !== undefined && !isIncluded(selection, variables)) return [];
    if (selection.kind === Kind.FIELD)
      return selection.name.value === '__typename' ? [] : selection;
    if (selection.kind === Kind.INLINE_FRAGMENT) {
      return selectedFieldsOf(document, selection.selectionSet, variables);
    }
    return document.definitions.flatMap((definition) =>
      definition.kind === Kind.FRAGMENT_DEFINITION && definition.name.value === selection.name.value
        ? selectedFieldsOf(document, definition.selectionSet, variables)
        : [],
    );
  });
}

const isIncluded = (selection: SelectionNode, variables: Variables): boolean =>
  getDirectiveValues(GraphQLSkipDirective, selection, variables)?.if !== true &&
  getDirectiveValues(GraphQLIncludeDirective, selection, variables)?.if !== false;

/** Returns the names of the fields that an operation selects of what a resolver returns, whatever its type is. */
export function selectedNamesOf({
  fragments,
  fieldNodes,
  variableValues,
}: Pick<GraphQLResolveInfo, 'fragments' | 'fieldNodes' | 'variableValues'>): ReadonlySet<string> {
  const document = { definitions: Object.values(fragments) };
  const fields = fieldNodes.flatMap(({ selectionSet }) =>
    selectionSet === undefined ? [] : selectedFieldsOf(document, selectionSet, variableValues),
  );
  return new Set(fields.map(({ name }) => name.value));
}
