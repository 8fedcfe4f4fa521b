import type {
  DocumentNode,
  GraphQLSchema,
  OperationDefinitionNode,
  SelectionSetNode,
} from 'graphql';
import { getNamedType, getOperationAST, Kind, typeFromAST } from 'graphql';
import { type ExecutionVariables, variablesFrom } from '../graphql-js/variables.ts';
import type { Requirements } from '../requirements/requirements.ts';
import { asksPlaces } from './asks-places.ts';
import { isIncrementalDirective } from './incremental-delivery.ts';
import { type OperationPlan, planOperation } from './operation-plan.ts';
import type { WalkedOperation } from './operation-walk.ts';
import { selectsAudited } from './selects-audited.ts';

/**
 * The maximum number of cached plans for one operation, one for each combination of its `@skip` and `@include`
 * values. Clients choose the values, and a plan of 60 fields was measured to take 4 kB of heap.
 */
const maxPlansPerOperation = 8;

/** One operation of a document, and its plans. Contains no decisions and no viewers. */
export interface PlannedOperation {
  readonly operation: OperationDefinitionNode;
  /** The only plan, when no variable decides what is selected. Coerced variables are not needed for it. */
  readonly fixedPlan: OperationPlan | undefined;
  /** Whether a variable can hold guarded input. The raw variables are then passed to the execution. */
  readonly hasGuardedVariables: boolean;
  /** Whether it can select a coordinate whose reads are recorded. */
  readonly isAudited: boolean;
  /** Whether the places can count for it in which the viewer holds groups. */
  readonly asksPlaces: boolean;
  /** Whether the document has a `@defer` or `@stream`. */
  readonly mayBeIncremental: boolean;
  /** @param variableValues undefined when they cannot be coerced: then nothing will run */
  planFor(variableValues: ExecutionVariables | undefined): OperationPlan;
}

/** Returns an operation's plans, or undefined when the document has no such operation. */
export type FindPlans = (
  document: DocumentNode,
  operationName: string | null | undefined,
) => PlannedOperation | undefined;

/**
 * Caches the plans of each document while the host keeps the document.
 *
 * @throws {OperationTooComplexError} from every call, when the operation selects too many fields.
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
    // Clients may name the only operation of a document, or not.
    const planned =
      operations.get(operation) ??
      createPlannedOperation({ schema, requirements, document, operation });
    operations.set(operation, planned);
    operations.set(operationName, planned);
    return planned;
  };
}

function createPlannedOperation(walked: Omit<WalkedOperation, 'variableValues'>): PlannedOperation {
  const { document, operation } = walked;
  const hasGuardedVariables = holdsGuardedVariables(walked);
  const isAudited = selectsAudited(walked);
  const { conditions, mayBeIncremental } = scanConditions(document);
  const known = {
    operation,
    hasGuardedVariables,
    isAudited,
    asksPlaces: asksPlaces(walked),
    mayBeIncremental,
  };
  const input = { ...walked, mayBeIncremental };
  if (conditions.length === 0) {
    const fixedPlan = planOperation({ ...input, variableValues: variablesFrom({}) });
    return { ...known, fixedPlan, planFor: () => fixedPlan };
  }
  const plans = new Map<string, OperationPlan>();
  return {
    ...known,
    fixedPlan: undefined,
    planFor(variableValues) {
      // A separate key: a request with invalid variables must not share its plan with valid requests.
      const coerced = variableValues?.coerced;
      const answers = coerced && conditions.map((name) => conditionKey(coerced[name]));
      const key = answers === undefined ? 'not coerced' : answers.join();
      const cached = plans.get(key);
      if (cached !== undefined) return cached;
      const plan = planOperation({ ...input, variableValues });
      if (plans.size < maxPlansPerOperation) plans.set(key, plan);
      return plan;
    },
  };
}

/** Values of other types than `Boolean` select alike. Some have no text. */
const conditionKey = (value: unknown): string =>
  typeof value === 'boolean' || value === null ? String(value) : typeof value;

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

/** Finds the `@skip`, `@include`, `@defer` and `@stream` directives of a document. */
export function scanConditions({ definitions }: DocumentNode): {
  /** The variables of these directives. */
  readonly conditions: readonly string[];
  readonly mayBeIncremental: boolean;
} {
  const names = new Set<string>();
  let mayBeIncremental = false;
  // graphql-js's `visit` would take longer than all of the planning.
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
