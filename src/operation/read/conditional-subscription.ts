import { type DocumentNode, Kind, OperationTypeNode, type SelectionSetNode } from 'graphql';

/**
 * Whether a document has a subscription whose root fields depend on `@skip` or `@include`, which the
 * GraphQL specification forbids (Single Root Field: there are no variables yet when it is decided). Pure.
 */
export function hasConditionalSubscription({ definitions }: DocumentNode): boolean {
  const fragments = new Map(
    definitions.flatMap((each) =>
      each.kind === Kind.FRAGMENT_DEFINITION ? [[each.name.value, each] as const] : [],
    ),
  );
  const seen = new Set<string>();

  function isConditionalIn({ selections }: SelectionSetNode): boolean {
    return selections.some((selection) => {
      const names = selection.directives?.map(({ name }) => name.value) ?? [];
      if (names.includes('skip') || names.includes('include')) return true;
      if (selection.kind === Kind.FIELD) return false;
      if (selection.kind === Kind.INLINE_FRAGMENT) return isConditionalIn(selection.selectionSet);
      const name = selection.name.value;
      const fragment = seen.has(name) ? undefined : fragments.get(name);
      seen.add(name);
      return fragment !== undefined && isConditionalIn(fragment.selectionSet);
    });
  }

  return definitions.some(
    (each) =>
      each.kind === Kind.OPERATION_DEFINITION &&
      each.operation === OperationTypeNode.SUBSCRIPTION &&
      isConditionalIn(each.selectionSet),
  );
}
