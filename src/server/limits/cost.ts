import type {
  DocumentNode,
  FieldNode,
  GraphQLField,
  GraphQLNamedType,
  GraphQLOutputType,
  GraphQLSchema,
  OperationDefinitionNode,
  SelectionSetNode,
} from 'graphql';
import {
  getArgumentValues,
  getNamedType,
  getNullableType,
  isInterfaceType,
  isListType,
  isObjectType,
  Kind,
  SchemaMetaFieldDef,
  TypeMetaFieldDef,
  typeFromAST,
} from 'graphql';
import type { Pricing } from '../../composition/pricing.ts';
import { createFragmentMeasures } from './fragments.ts';

export interface PricedOperation {
  readonly schema: GraphQLSchema;
  readonly pricing: Pricing;
  readonly document: DocumentNode;
  readonly operation: OperationDefinitionNode;
  /** Coerced, and asked for when a page's size depends on them; undefined when they cannot be coerced. */
  readonly variableValues: () => Readonly<Record<string, unknown>> | undefined;
}

/**
 * What a selection costs: `fixed`, and `each` for every object of the lists that stand directly in it. How
 * many those are, the field around it says.
 */
interface Cost {
  readonly fixed: number;
  readonly each: number;
}

const nothing: Cost = { fixed: 0, each: 0 };
const pageArgument = 'first';
const introspectionFields: ReadonlySet<string> = new Set([
  SchemaMetaFieldDef.name,
  TypeMetaFieldDef.name,
]);

/**
 * The cost of an operation: each selected field has a price, and what stands in a list is paid for each
 * object that it may hold. `first` says how many those are of the lists in a connection.
 *
 * Fragments on several types of an abstract type are all paid, as is what `@skip` and `@include` leave out
 * and what is selected twice. Takes a time that grows with the length of the document alone.
 */
export function costOf(priced: PricedOperation): number {
  const { schema, pricing, document, operation } = priced;
  const ofFragment = createFragmentMeasures(document, ({ selectionSet, typeCondition }) =>
    ofSet(selectionSet, typeFromAST(schema, typeCondition)),
  );

  function ofSet({ selections }: SelectionSetNode, parent: GraphQLNamedType | undefined): Cost {
    return selections
      .map((selection) => {
        if (selection.kind === Kind.FIELD) return ofField(selection, parent);
        if (selection.kind === Kind.FRAGMENT_SPREAD) return ofFragment(selection.name.value);
        const { typeCondition: condition, selectionSet } = selection;
        return ofSet(selectionSet, condition ? typeFromAST(schema, condition) : parent);
      })
      .reduce(add, nothing);
  }

  function ofField(node: FieldNode, parent: GraphQLNamedType | undefined): Cost {
    const name = node.name.value;
    if (introspectionFields.has(name)) return { fixed: pricing.introspection, each: 0 };
    const field = fieldOf(parent, name);
    const price = priceOf(`${parent?.name}.${name}`, parent);
    if (field === undefined || node.selectionSet === undefined) return { fixed: price, each: 0 };

    const inside = ofSet(node.selectionSet, getNamedType(field.type));
    const pageSize = pageSizeOf(field, node, priced);
    const whole =
      inside.fixed + inside.each * (isList(field.type) ? listSize : (pageSize ?? listSize));
    if (!isList(field.type)) return { fixed: price + whole, each: 0 };
    return pageSize === undefined
      ? { fixed: price, each: whole }
      : { fixed: price + pageSize * whole, each: 0 };
  }

  function priceOf(coordinate: string, parent: GraphQLNamedType | undefined): number {
    const isMutation = parent !== undefined && parent === schema.getMutationType();
    return pricing.fields[coordinate] ?? (isMutation ? pricing.mutation : pricing.other);
  }

  const { listSize } = pricing;
  const { fixed, each } = ofSet(
    operation.selectionSet,
    schema.getRootType(operation.operation) ?? undefined,
  );
  return fixed + each * listSize;
}

/** How many objects a page holds; undefined when the field has no pages. */
function pageSizeOf(
  field: GraphQLField<unknown, unknown>,
  node: FieldNode,
  { pricing: { maxPageSize }, variableValues }: PricedOperation,
): number | undefined {
  const argument = field.args.find(({ name }) => name === pageArgument);
  if (argument === undefined) return undefined;
  const given = node.arguments?.find(({ name }) => name.value === pageArgument);
  // What is left out, or null, is the page that the schema promises.
  const fallback = typeof argument.defaultValue === 'number' ? argument.defaultValue : maxPageSize;
  const page = { ...field, args: [argument] };
  const variables = given?.value.kind === Kind.VARIABLE ? variableValues() : {};
  if (variables === undefined) return maxPageSize;
  try {
    const { [pageArgument]: size = fallback } = getArgumentValues(page, node, variables);
    // The field refuses a size that it does not have.
    return typeof size === 'number' ? Math.min(Math.max(size, 1), maxPageSize) : fallback;
  } catch {
    return maxPageSize;
  }
}

const isList = (type: GraphQLOutputType): boolean => isListType(getNullableType(type));

function fieldOf(
  parent: GraphQLNamedType | undefined,
  name: string,
): GraphQLField<unknown, unknown> | undefined {
  return isObjectType(parent) || isInterfaceType(parent) ? parent.getFields()[name] : undefined;
}

const add = (left: Cost, right: Cost): Cost => ({
  fixed: left.fixed + right.fixed,
  each: left.each + right.each,
});
