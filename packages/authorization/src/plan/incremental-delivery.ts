import type { SelectionNode } from 'graphql';
import {
  DirectiveLocation,
  GraphQLBoolean,
  GraphQLDirective,
  GraphQLError,
  GraphQLInt,
  GraphQLNonNull,
  GraphQLString,
  getDirectiveValues,
} from 'graphql';
import { includedSelections } from './included-selections.ts';
import type { WalkedOperation } from './operation-walk.ts';

/**
 * The operation asks for an answer in parts. It is refused as a bad request: a denial in a later part could
 * no longer refuse the parts before it.
 */
export class IncrementalDeliveryError extends GraphQLError {
  override readonly name = 'IncrementalDeliveryError';

  constructor() {
    super('Incremental delivery is not supported: send the operation without @defer and @stream.', {
      extensions: { code: 'INCREMENTAL_DELIVERY_NOT_SUPPORTED', http: { status: 400 } },
    });
  }
}

/** Defined here as well as in the schema, since a host's executor can know them when the schema does not. */
const always = { type: new GraphQLNonNull(GraphQLBoolean), defaultValue: true };
const directives = [
  new GraphQLDirective({
    name: 'defer',
    locations: [DirectiveLocation.FRAGMENT_SPREAD, DirectiveLocation.INLINE_FRAGMENT],
    args: { if: always, label: { type: GraphQLString } },
  }),
  new GraphQLDirective({
    name: 'stream',
    locations: [DirectiveLocation.FIELD],
    args: { if: always, label: { type: GraphQLString }, initialCount: { type: GraphQLInt } },
  }),
];

/** Whether a directive of this name asks for an answer in parts. */
export const isIncrementalDirective = (directiveName: string): boolean =>
  directives.some(({ name }) => name === directiveName);

/** Whether an operation selects anything by a `@defer` or `@stream` that its variables do not switch off. */
export function usesIncrementalDelivery({
  operation,
  document,
  variableValues,
}: Pick<WalkedOperation, 'operation' | 'document' | 'variableValues'>): boolean {
  const selections = includedSelections([operation.selectionSet], document, variableValues);
  for (const selection of selections) {
    if (isActive(selection, variableValues)) return true;
  }
  return false;
}

function isActive(
  selection: SelectionNode,
  variableValues: WalkedOperation['variableValues'],
): boolean {
  if (!selection.directives?.some(({ name }) => isIncrementalDirective(name.value))) return false;
  return directives.some((directive) => {
    try {
      const values = getDirectiveValues(directive, selection, variableValues);
      return values !== undefined && values.if !== false;
    } catch {
      return true; // A null where the condition needs a value.
    }
  });
}
