import { type FieldNode, type GraphQLField, getArgumentValues, Kind } from 'graphql';
import type { Amount, Variables } from './amount.ts';

const pageArgument = 'first';

/** Returns how many objects a page of a field may hold; undefined when the field has no pages. */
export function pageSizeOf(
  field: GraphQLField<unknown, unknown>,
  node: FieldNode,
  maxPageSize: number,
): Amount | undefined {
  const argument = field.args.find(({ name }) => name === pageArgument);
  if (argument === undefined) return undefined;
  // Without `first`, or with null, a page has the default size of the schema.
  const fallback = typeof argument.defaultValue === 'number' ? argument.defaultValue : maxPageSize;
  const page = { ...field, args: [argument] };

  function sizeWith(variables: Variables): number {
    if (variables === undefined) return maxPageSize;
    try {
      const { [pageArgument]: size = fallback } = getArgumentValues(page, node, variables);
      // The field refuses a size that it does not have.
      return typeof size === 'number' ? Math.min(Math.max(size, 1), maxPageSize) : fallback;
    } catch {
      return maxPageSize;
    }
  }

  const sent = node.arguments?.find(({ name }) => name.value === pageArgument);
  return sent?.value.kind === Kind.VARIABLE ? sizeWith : sizeWith({});
}
