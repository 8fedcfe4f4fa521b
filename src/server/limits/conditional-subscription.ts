import {
  type DocumentNode,
  type GraphQLFormattedError,
  Kind,
  OperationTypeNode,
  parse,
  type SelectionSetNode,
} from 'graphql';

/** What a client is told. The code is the one of every other rule of validation. */
export const conditionalSubscription: GraphQLFormattedError = {
  message: 'The root field of a subscription cannot be conditional: remove its @skip and @include.',
  extensions: { code: 'GRAPHQL_VALIDATION_FAILED' },
};

/**
 * Whether a document has a subscription whose root fields depend on `@skip` or `@include`, which the
 * GraphQL specification forbids (Single Root Field: there are no variables yet when it is decided).
 *
 * To be asked before Apollo Server is: graphql-js evaluates these directives while it validates, and throws
 * where it cannot, so that the answer would be a 500. A document that cannot be parsed is Apollo Server's.
 */
export function hasConditionalSubscription(query: unknown, maxTokens: number): boolean {
  if (typeof query !== 'string' || !mayHave(query)) return false;
  let document: DocumentNode;
  try {
    document = parse(query, { maxTokens, noLocation: true });
  } catch {
    return false;
  }
  return isConditional(document);
}

/** Spares nearly every document a second parsing. Names are written without escapes. */
const mayHave = (query: string): boolean =>
  query.includes('subscription') && (query.includes('skip') || query.includes('include'));

function isConditional({ definitions }: DocumentNode): boolean {
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
