import type { DocumentNode, GraphQLSchema, OperationDefinitionNode } from 'graphql';
import { getVariableValues } from 'graphql';
import type { Pricing } from '../../composition/pricing.ts';
import { type OperationLimit, OperationTooLargeError } from '../../errors.ts';
import { costOf } from './cost.ts';
import { countDirectives } from './directives.ts';
import type { OperationLimits } from './limits.ts';
import { measureShape } from './shape.ts';
import { measureVariables } from './variables.ts';

/** One operation of a valid document, before its variables have been coerced. */
export interface CheckedOperation {
  readonly document: DocumentNode;
  readonly operation: OperationDefinitionNode;
  readonly variableValues: Readonly<Record<string, unknown>> | null | undefined;
}

export interface OperationChecks {
  /** Refuses what nobody may send. @throws {OperationTooLargeError} */
  checkSize(checked: CheckedOperation): void;
  /** What it costs, once its size has been found good. */
  costOf(checked: CheckedOperation): number;
}

export interface OperationChecksOptions {
  readonly schema: GraphQLSchema;
  readonly pricing: Pricing;
  readonly limits: OperationLimits;
}

type Breach = readonly [reason: OperationLimit, limit: number, found: number];

/**
 * Makes the checks of operations. What a document alone decides is decided once for each, as Apollo Server
 * parses it once; what variables decide is decided every time.
 */
export function createOperationChecks(options: OperationChecksOptions): OperationChecks {
  const { schema, pricing, limits } = options;
  const breaches = new WeakMap<OperationDefinitionNode, Breach | undefined>();
  const costs = new WeakMap<OperationDefinitionNode, number>();

  function breachOfDocument(checked: CheckedOperation): Breach | undefined {
    const { operation } = checked;
    if (!breaches.has(operation)) breaches.set(operation, findBreach(limits, checked));
    return breaches.get(operation);
  }

  return {
    checkSize(checked) {
      const breach = breachOfDocument(checked) ?? findBreachOfVariables(limits, checked);
      if (breach !== undefined) throw new OperationTooLargeError(...breach);
    },
    costOf({ document, operation, variableValues }) {
      const known = costs.get(operation);
      if (known !== undefined) return known;
      let read: ReturnType<typeof getVariableValues> | undefined;
      const cost = costOf({
        ...{ schema, pricing, document, operation },
        variableValues() {
          const definitions = operation.variableDefinitions ?? [];
          // Once, however many pages ask, and no further than to what does not fit: it is told later.
          read ??= getVariableValues(schema, definitions, { ...variableValues }, { maxErrors: 1 });
          return read.coerced;
        },
      });
      if (read === undefined) costs.set(operation, cost);
      return cost;
    },
  };
}

function findBreach(
  limits: OperationLimits,
  { document, operation }: CheckedOperation,
): Breach | undefined {
  const shape = measureShape(document, operation);
  const directives = countDirectives(document);
  return firstBreach([
    ['SELECTIONS', limits.maxSelections, shape.selections],
    ['DEPTH', limits.maxDepth, shape.depth],
    ['INTROSPECTION_DEPTH', limits.maxIntrospectionDepth, shape.introspectionDepth],
    ['ALIASES', limits.maxAliases, shape.aliases],
    ['ROOT_FIELDS', limits.maxRootFields, shape.fields],
    ['DIRECTIVES', limits.maxDirectives, directives.inAll],
    ['DIRECTIVES_AT_ONE_PLACE', limits.maxDirectivesAtOnePlace, directives.atOnePlace],
    ['VARIABLES', limits.maxVariables, operation.variableDefinitions?.length ?? 0],
  ]);
}

function findBreachOfVariables(
  limits: OperationLimits,
  { variableValues }: CheckedOperation,
): Breach | undefined {
  const counts = measureVariables(variableValues);
  return firstBreach([
    ['VARIABLES', limits.maxVariables, counts.variables],
    ['VARIABLE_VALUES', limits.maxVariableValues, counts.values],
    ['VARIABLE_DEPTH', limits.maxVariableDepth, counts.depth],
  ]);
}

const firstBreach = (counts: readonly Breach[]): Breach | undefined =>
  counts.find(([, limit, found]) => found > limit);
