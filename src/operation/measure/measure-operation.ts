import type {
  DirectiveNode,
  DocumentNode,
  FieldNode,
  FragmentDefinitionNode,
  GraphQLField,
  GraphQLNamedType,
  GraphQLOutputType,
  GraphQLSchema,
  OperationDefinitionNode,
  SelectionNode,
  SelectionSetNode,
} from 'graphql';
import {
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
import type { Pricing } from '../../schema/pricing.ts';
import { type Amount, computedOnce, product, sum } from './amount.ts';
import { pageSizeOf } from './page-size.ts';

/** One operation of a valid document. */
export interface MeasuredOperation {
  readonly schema: GraphQLSchema;
  readonly pricing: Pricing;
  readonly document: DocumentNode;
  readonly operation: OperationDefinitionNode;
}

/** The size of a selection, fragments expanded. What `@skip` and `@include` leave out counts too. */
interface Size {
  /** Fields inside one another, without those below `__schema` and `__type`. */
  readonly depth: number;
  /** Fields inside one another from `__schema` or `__type` on. */
  readonly introspectionDepth: number;
  readonly aliases: number;
  /** Fields of this selection itself, not of the fields in it. */
  readonly fields: number;
  /** Fields, inline fragments and fragment spreads, at any depth. */
  readonly selections: number;
}

/** The size and the price of an operation, and its directives, each counted where it stands. */
export interface Measures extends Size {
  readonly directives: number;
  readonly directivesAtOnePlace: number;
  /** The cost, which can depend on the page sizes that the variables ask for. */
  readonly cost: Amount;
}

/** `fixed`, and `each` for every object of the lists that stand directly in a selection. */
interface Cost {
  readonly fixed: Amount;
  readonly each: Amount;
}

interface Measure extends Size {
  readonly cost: Cost;
}

const introspectionFields: ReadonlySet<string> = new Set([
  SchemaMetaFieldDef.name,
  TypeMetaFieldDef.name,
]);

/**
 * Measures an operation in one walk, in a time that grows with the length of the document alone.
 *
 * Cost: each field has a price, and what stands in a list is paid for each object that the list may hold. `first` says
 * how many those are, also for the lists of a connection. Fragments on several types of an abstract type are all paid,
 * as is what is selected twice.
 *
 * @throws {Error} when a fragment is missing or contains itself: validation must have refused both.
 */
export function measureOperation(measured: MeasuredOperation): Measures {
  const { schema, pricing, document, operation } = measured;
  const { listSize } = pricing;
  const { counts, count: countDirectives } = createDirectiveCount();

  const ofFragment = once(document, ({ selectionSet, typeCondition, directives: own }) => {
    countDirectives(own);
    const { cost, ...size } = ofSet(selectionSet, typeFromAST(schema, typeCondition));
    return { ...size, cost: { fixed: computedOnce(cost.fixed), each: computedOnce(cost.each) } };
  });

  function ofSet({ selections }: SelectionSetNode, parent: GraphQLNamedType | undefined): Measure {
    return joined(selections.map((selection) => ofSelection(selection, parent)));
  }

  function ofSelection(selection: SelectionNode, parent: GraphQLNamedType | undefined): Measure {
    countDirectives(selection.directives);
    if (selection.kind === Kind.FIELD) return ofField(selection, parent);
    const inside =
      selection.kind === Kind.FRAGMENT_SPREAD
        ? ofFragment(selection.name.value)
        : ofSet(
            selection.selectionSet,
            selection.typeCondition ? typeFromAST(schema, selection.typeCondition) : parent,
          );
    return { ...inside, selections: inside.selections + 1 };
  }

  function ofField(node: FieldNode, parent: GraphQLNamedType | undefined): Measure {
    const name = node.name.value;
    const isIntrospection = introspectionFields.has(name);
    const field = isIntrospection ? undefined : fieldOf(parent, name);
    const inside =
      node.selectionSet === undefined
        ? nothing
        : ofSet(node.selectionSet, field && getNamedType(field.type));
    return {
      depth: isIntrospection ? 1 : inside.depth + 1,
      introspectionDepth: isIntrospection ? inside.depth + 1 : inside.introspectionDepth,
      aliases: inside.aliases + (node.alias === undefined ? 0 : 1),
      fields: 1,
      selections: inside.selections + 1,
      cost: isIntrospection
        ? { fixed: pricing.introspection, each: 0 }
        : costOf(pricing, {
            price: priceOf(measured, name, parent),
            field,
            node,
            inside: inside.cost,
          }),
    };
  }

  countDirectives(operation.directives);
  for (const variable of operation.variableDefinitions ?? []) countDirectives(variable.directives);
  const root = schema.getRootType(operation.operation) ?? undefined;
  const { cost, ...size } = ofSet(operation.selectionSet, root);
  const whole = sum([cost.fixed, product(cost.each, listSize)]);
  return { ...size, cost: whole, ...counts };
}

function createDirectiveCount() {
  const counts = { directives: 0, directivesAtOnePlace: 0 };
  return {
    counts,
    count(at: readonly DirectiveNode[] = []): void {
      counts.directives += at.length;
      counts.directivesAtOnePlace = Math.max(counts.directivesAtOnePlace, at.length);
    },
  };
}

function priceOf(
  { schema, pricing }: MeasuredOperation,
  name: string,
  parent: GraphQLNamedType | undefined,
): number {
  const isMutation = parent !== undefined && parent === schema.getMutationType();
  const others = isMutation ? pricing.mutation : pricing.other;
  return pricing.fields[`${parent?.name}.${name}`] ?? others;
}

interface PricedField {
  readonly price: number;
  readonly field: GraphQLField<unknown, unknown> | undefined;
  readonly node: FieldNode;
  /** The cost of what is selected in the field. */
  readonly inside: Cost;
}

function costOf(
  { listSize, maxPageSize }: Pricing,
  { price, field, node, inside }: PricedField,
): Cost {
  if (field === undefined || node.selectionSet === undefined) return { fixed: price, each: 0 };
  const pageSize = pageSizeOf(field, node, maxPageSize);
  const isList = isListType(getNullableType<GraphQLOutputType>(field.type));
  const inLists = product(inside.each, isList ? listSize : (pageSize ?? listSize));
  const whole = sum([inside.fixed, inLists]);
  if (!isList) return { fixed: sum([price, whole]), each: 0 };
  return pageSize === undefined
    ? { fixed: price, each: whole }
    : { fixed: sum([price, product(pageSize, whole)]), each: 0 };
}

/** Measures each fragment once. Removes it while it is measured, so that one that contains itself is missing then. */
function once(
  { definitions }: DocumentNode,
  measure: (fragment: FragmentDefinitionNode) => Measure,
): (name: string) => Measure {
  const waiting = new Map<string, FragmentDefinitionNode>();
  for (const each of definitions) {
    if (each.kind === Kind.FRAGMENT_DEFINITION) waiting.set(each.name.value, each);
  }
  const measured = new Map<string, Measure>();
  return (name) => {
    const known = measured.get(name);
    if (known !== undefined) return known;
    const fragment = waiting.get(name);
    if (fragment === undefined) throw new Error('A fragment is missing, or contains itself.');
    waiting.delete(name);
    const result = measure(fragment);
    measured.set(name, result);
    return result;
  };
}

const fieldOf = (
  parent: GraphQLNamedType | undefined,
  name: string,
): GraphQLField<unknown, unknown> | undefined =>
  isObjectType(parent) || isInterfaceType(parent) ? parent.getFields()[name] : undefined;

const nothing: Measure = {
  ...{ depth: 0, introspectionDepth: 0, aliases: 0, fields: 0, selections: 0 },
  cost: { fixed: 0, each: 0 },
};

/** The measure of selections that stand beside one another. */
function joined(all: readonly Measure[]): Measure {
  const total = (of: (each: Measure) => number) => all.reduce((total, each) => total + of(each), 0);
  const most = (of: (each: Measure) => number) =>
    all.reduce((most, each) => Math.max(most, of(each)), 0);
  return {
    depth: most(({ depth }) => depth),
    introspectionDepth: most(({ introspectionDepth }) => introspectionDepth),
    aliases: total(({ aliases }) => aliases),
    fields: total(({ fields }) => fields),
    selections: total(({ selections }) => selections),
    cost: {
      fixed: sum(all.map(({ cost }) => cost.fixed)),
      each: sum(all.map(({ cost }) => cost.each)),
    },
  };
}
