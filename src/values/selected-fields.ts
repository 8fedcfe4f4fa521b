import type { DocumentNode, FieldNode, GraphQLResolveInfo, SelectionSetNode } from 'graphql';
import { Kind } from 'graphql';

/**
 * Returns the fields that a selection set selects, through fragments, each as often as it does; without `__typename`.
 * What `@skip` leaves out is included, which makes a count an upper bound.
 */
export function selectedFieldsOf(
  document: Pick<DocumentNode, 'definitions'>,
  { selections }: SelectionSetNode,
): readonly FieldNode[] {
  return selections.flatMap((selection) => {
    if (selection.kind === Kind.FIELD)
      return selection.name.value === '__typename' ? [] : selection;
    if (selection.kind === Kind.INLINE_FRAGMENT) {
      return selectedFieldsOf(document, selection.selectionSet);
    }
    return document.definitions.flatMap((definition) =>
      definition.kind === Kind.FRAGMENT_DEFINITION && definition.name.value === selection.name.value
        ? selectedFieldsOf(document, definition.selectionSet)
        : [],
    );
  });
}

/** Returns the names of the fields that an operation selects of what a resolver returns; upper bound as above. */
export function selectedNamesOf({
  fragments,
  fieldNodes,
}: GraphQLResolveInfo): ReadonlySet<string> {
  const document = { definitions: Object.values(fragments) };
  const fields = fieldNodes.flatMap(({ selectionSet }) =>
    selectionSet === undefined ? [] : selectedFieldsOf(document, selectionSet),
  );
  return new Set(fields.map(({ name }) => name.value));
}
