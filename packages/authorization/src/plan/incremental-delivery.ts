import type { SelectionNode } from 'graphql';
import {
  DirectiveLocation,
  GraphQLBoolean,
  GraphQLDirective,
  GraphQLError,
  GraphQLInt,
  GraphQLString,
} from 'graphql';
import { directiveValues } from '../graphql-js/variables.ts';
import { includedSelections } from './included-selections.ts';
import type { WalkedOperation } from './operation-walk.ts';

/**
 * The operation uses incremental delivery. Answered with 400: a denial in a later part could not withdraw the parts
 * that were already sent.
 */
export class IncrementalDeliveryError extends GraphQLError {
  override readonly name = 'IncrementalDeliveryError';

  constructor() {
    super('Incremental delivery is not supported: send the operation without @defer and @stream.', {
      extensions: { code: 'INCREMENTAL_DELIVERY_NOT_SUPPORTED', http: { status: 400 } },
    });
  }
}

/** Defined here because a host's executor can support them without the schema defining them. */
const directives = [
  new GraphQLDirective({
    name: 'defer',
    locations: [DirectiveLocation.FRAGMENT_SPREAD, DirectiveLocation.INLINE_FRAGMENT],
    args: { if: { type: GraphQLBoolean }, label: { type: GraphQLString } },
  }),
  new GraphQLDirective({
    name: 'stream',
    locations: [DirectiveLocation.FIELD],
    args: {
      if: { type: GraphQLBoolean },
      label: { type: GraphQLString },
      initialCount: { type: GraphQLInt },
    },
  }),
];

/** Whether a directive of this name requests incremental delivery. */
export const isIncrementalDirective = (directiveName: string): boolean =>
  directives.some(({ name }) => name === directiveName);

/** Whether an operation has an active `@defer` or `@stream`: one that its variables do not disable. */
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
      const values = directiveValues(directive, selection, variableValues);
      return values !== undefined && values.if !== false;
    } catch {
      return true; // A null where the condition needs a value.
    }
  });
}
