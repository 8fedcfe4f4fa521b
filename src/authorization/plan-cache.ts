import type { DocumentNode, GraphQLSchema, OperationDefinitionNode } from 'graphql';
import { GraphQLIncludeDirective, GraphQLSkipDirective, Kind, visit } from 'graphql';
import { type OperationPlan, planOperation } from './operation-plan.ts';
import type { Requirements } from './requirements.ts';

/** More distinct answers to a document's `@skip` and `@include` than this are planned anew. */
const maxPlansPerDocument = 64;

interface DocumentPlans {
  /** The variables that decide what the document selects. */
  readonly conditions: readonly string[];
  readonly plans: Map<string, OperationPlan>;
}

/** Plans an operation, or finds its plan. `variableValues`: coerced, undefined when they cannot be. */
export type PlanOf = (
  document: DocumentNode,
  operation: OperationDefinitionNode,
  variableValues: Readonly<Record<string, unknown>> | undefined,
) => OperationPlan;

/**
 * Keeps the plans of documents for as long as the host keeps the documents, one for each way in which
 * variables can answer their `@skip` and `@include`. A plan holds no decision and no viewer.
 */
export function createPlanCache(schema: GraphQLSchema, requirements: Requirements): PlanOf {
  const documents = new WeakMap<DocumentNode, DocumentPlans>();

  return (document, operation, variableValues) => {
    let known = documents.get(document);
    if (known === undefined) {
      known = { conditions: conditionVariables(document), plans: new Map() };
      documents.set(document, known);
    }
    // Apart from every answer, or one request with wrong variables would leave its plan to the others.
    const answers = variableValues && known.conditions.map((name) => String(variableValues[name]));
    const key = JSON.stringify([operation.name?.value, answers ?? 'not coerced']);
    const cached = known.plans.get(key);
    if (cached !== undefined) return cached;
    const plan = planOperation({ schema, requirements, document, operation, variableValues });
    if (known.plans.size < maxPlansPerDocument) known.plans.set(key, plan);
    return plan;
  };
}

function conditionVariables(document: DocumentNode): readonly string[] {
  const names = new Set<string>();
  const conditions = [GraphQLSkipDirective.name, GraphQLIncludeDirective.name];
  visit(document, {
    Directive({ name, arguments: args }) {
      if (!conditions.includes(name.value)) return;
      for (const { value } of args ?? []) {
        if (value.kind === Kind.VARIABLE) names.add(value.name.value);
      }
    },
  });
  return [...names];
}
