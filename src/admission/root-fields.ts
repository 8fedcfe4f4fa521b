import type { DocumentNode, FieldNode, SelectionSetNode } from 'graphql';
import { Kind } from 'graphql';

/**
 * The root fields that an operation selects, each as often as it does; without `__typename`. What
 * `@skip` leaves out is included, which makes a count an upper bound.
 */
export function rootFieldsOf(
  document: DocumentNode,
  { selections }: SelectionSetNode,
): readonly FieldNode[] {
  return selections.flatMap((selection) => {
    if (selection.kind === Kind.FIELD)
      return selection.name.value === '__typename' ? [] : selection;
    if (selection.kind === Kind.INLINE_FRAGMENT) {
      return rootFieldsOf(document, selection.selectionSet);
    }
    return document.definitions.flatMap((definition) =>
      definition.kind === Kind.FRAGMENT_DEFINITION && definition.name.value === selection.name.value
        ? rootFieldsOf(document, definition.selectionSet)
        : [],
    );
  });
}
