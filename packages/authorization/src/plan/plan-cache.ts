import type {
  DocumentNode,
  GraphQLSchema,
  OperationDefinitionNode,
  SelectionSetNode,
} from 'graphql';
import { getNamedType, getOperationAST, Kind, typeFromAST } from 'graphql';
import type { Requirements } from '../requirements/requirements.ts';
import { isIncrementalDirective } from './incremental-delivery.ts';
import { type OperationPlan, planOperation } from './operation-plan.ts';
import type { WalkedOperation } from './operation-walk.ts';

/**
 * More distinct answers to an operation's conditions, such as `@skip`, than this are planned anew each time. Clients
 * choose them, and a plan of 60 fields was measured to hold 4 kB of the heap: kept documents must not grow by them.
 */
const maxPlansPerOperation = 8;

/** Coerced variables; undefined when they cannot be coerced, so that nothing will run. */
export type CoercedVariables = Readonly<Record<string, unknown>> | undefined;

/** One operation of a document, and its plans. Holds no decision and no viewer. */
export interface PlannedOperation {
  readonly operation: OperationDefinitionNode;
  /** The plan, where no variable decides what is selected; then none needs to be coerced for it. */
  readonly fixedPlan: OperationPlan | undefined;
  /** Whether a variable can hold something guarded: what the client sent is then told to the execution. */
  readonly hasGuardedVariables: boolean;
  /** The plan for these variables. */
  planFor(variableValues: CoercedVariables): OperationPlan;
}

/** Finds an operation's plans, or undefined: the document has no such operation. */
export type FindPlans = (
  document: DocumentNode,
  operationName: string | null | undefined,
) => PlannedOperation | undefined;

/**
 * Keeps the plans of documents for as long as the host keeps the documents.
 *
 * @throws {OperationTooComplexError} each time anew, when the operation selects too much to plan.
 */
export function createPlanCache(schema: GraphQLSchema, requirements: Requirements): FindPlans {
  const documents = new WeakMap<DocumentNode, Map<unknown, PlannedOperation>>();

  return (document, operationName) => {
    let operations = documents.get(document);
    if (operations === undefined) {
      operations = new Map();
      documents.set(document, operations);
    }
    const known = operations.get(operationName);
    if (known !== undefined) return known;
    const operation = getOperationAST(document, operationName);
    if (!operation) return undefined;
    const planned = createPlannedOperation({ schema, requirements, document, operation });
    operations.set(operationName, planned);
    return planned;
  };
}

function createPlannedOperation(walked: Omit<WalkedOperation, 'variableValues'>): PlannedOperation {
  const { document, operation } = walked;
  const hasGuardedVariables = holdsGuardedVariables(walked);
  const { conditions, mayBeIncremental } = scanConditions(document);
  const input = { ...walked, mayBeIncremental };
  if (conditions.length === 0) {
    const fixedPlan = planOperation({ ...input, variableValues: {} });
    return { operation, fixedPlan, hasGuardedVariables, planFor: () => fixedPlan };
  }
  const plans = new Map<string, OperationPlan>();
  return {
    operation,
    fixedPlan: undefined,
    hasGuardedVariables,
    planFor(variableValues) {
      // Apart from every answer, or one request with wrong variables would leave its plan to the others.
      const answers = variableValues && conditions.map((name) => variableValues[name]);
      const key = answers === undefined ? 'not coerced' : JSON.stringify(answers);
      const cached = plans.get(key);
      if (cached !== undefined) return cached;
      const plan = planOperation({ ...input, variableValues });
      if (plans.size < maxPlansPerOperation) plans.set(key, plan);
      return plan;
    },
  };
}

function holdsGuardedVariables({
  schema,
  requirements,
  operation: { variableDefinitions = [] },
}: Pick<WalkedOperation, 'schema' | 'requirements' | 'operation'>): boolean {
  return variableDefinitions.some(({ type }) => {
    const named = getNamedType(typeFromAST(schema, type));
    return named !== undefined && requirements.isGuardedInput(named.name);
  });
}

/** What decides what a document selects, and when: `@skip`, `@include`, `@defer` and `@stream`. */
function scanConditions({ definitions }: DocumentNode): {
  /** The variables of these directives. */
  readonly conditions: readonly string[];
  readonly mayBeIncremental: boolean;
} {
  const names = new Set<string>();
  let mayBeIncremental = false;
  // By hand, since graphql-js's `visit` takes longer than all of the planning.
  function scan(set: SelectionSetNode | undefined): void {
    for (const selection of set?.selections ?? []) {
      for (const { name, arguments: args } of selection.directives ?? []) {
        if (isIncrementalDirective(name.value)) mayBeIncremental = true;
        else if (name.value !== 'skip' && name.value !== 'include') continue;
        for (const { name: argument, value } of args ?? []) {
          if (argument.value === 'if' && value.kind === Kind.VARIABLE) names.add(value.name.value);
        }
      }
      if (selection.kind !== Kind.FRAGMENT_SPREAD) scan(selection.selectionSet);
    }
  }
  for (const definition of definitions) {
    if ('selectionSet' in definition) scan(definition.selectionSet);
  }
  return { conditions: [...names], mayBeIncremental };
}
