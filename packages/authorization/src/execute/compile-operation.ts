import type {
  DocumentNode,
  FragmentDefinitionNode,
  GraphQLObjectType,
  OperationDefinitionNode,
} from 'graphql';
import { Kind } from 'graphql';
import { type ExecutionVariables, variablesFrom } from '../graphql-js/variables.ts';
import { createCollector, isIncludedStrictly } from '../plan/operation-walk.ts';
import { scanConditions } from '../plan/plan-cache.ts';
import { compileSelections } from './compile-selections.ts';
import type { RunSelections, Scope } from './field.ts';
import { compileVariantKey, type SentVariables } from './variant-key.ts';

/** The maximum number of variants that are kept for one operation. Clients choose the values of variables. */
const maxVariants = 8;

/** One query, for one combination of its `@skip` and `@include` values. */
export interface CompiledQuery {
  readonly operation: OperationDefinitionNode;
  /** Returns what executes the root fields. @throws {GraphQLError} for a null condition. */
  readonly root: (variables: ExecutionVariables) => RunSelections;
}

/** Returns a query for its variables as they were sent. Undefined: graphql-js has to execute the operation. */
export type FindQuery = (
  operationName: string | null | undefined,
  sent: SentVariables,
) => CompiledQuery | undefined;

/** What all documents have in common. */
export interface CompileParts
  extends Pick<Scope, 'schema' | 'readers' | 'nextAdmissionKey' | 'nextSlot'> {
  readonly queryType: GraphQLObjectType;
}

/** Compiles the queries of a document, each when it is first asked for. Nothing of a viewer or a request is kept. */
export function compileDocument(document: DocumentNode, parts: CompileParts): FindQuery {
  const { conditions } = scanConditions(document);
  const fragments: Record<string, FragmentDefinitionNode> = Object.create(null);
  const operations: OperationDefinitionNode[] = [];
  for (const definition of document.definitions) {
    if (definition.kind === Kind.OPERATION_DEFINITION) operations.push(definition);
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments[definition.name.value] = definition;
  }
  const finders = new Map(
    operations.map((operation) => {
      const scope = { operation, fragments, document, conditions };
      return [operation, compileVariants(scope, parts)] as const;
    }),
  );
  return (operationName, sent) => {
    const [operation, ...others] = operations.filter(
      ({ name }) => (operationName ?? name?.value) === name?.value,
    );
    return operation && others.length === 0 ? finders.get(operation)?.(sent) : undefined;
  };
}

interface OperationScope extends Pick<Scope, 'operation' | 'fragments'> {
  readonly document: DocumentNode;
  readonly conditions: readonly string[];
}

function compileVariants(
  { operation, fragments, document, conditions }: OperationScope,
  { schema, readers, nextAdmissionKey, nextSlot, queryType }: CompileParts,
) {
  const keyOf = compileVariantKey(operation, conditions, schema);
  const variants = new Map<string, CompiledQuery>();

  function compile({ coerced }: ExecutionVariables): RunSelections {
    const supplied = Object.fromEntries(
      conditions
        .filter((name) => Object.hasOwn(coerced, name))
        .map((name) => [name, coerced[name]]),
    );
    const variableValues = variablesFrom(supplied);
    const includes = isIncludedStrictly;
    const collect = createCollector({ schema, document, variableValues, includes });
    const scope = { schema, readers, nextAdmissionKey, nextSlot, operation, fragments, collect };
    return compileSelections(scope, queryType, [operation.selectionSet]).run;
  }

  return (sent: SentVariables): CompiledQuery | undefined => {
    const key = operation.operation === 'query' ? keyOf(sent) : undefined;
    if (key === undefined) return undefined;
    const known = variants.get(key);
    if (known !== undefined || variants.size >= maxVariants) return known;
    let compiled: RunSelections | undefined;
    const root = (variables: ExecutionVariables) => (compiled ??= compile(variables));
    const query = { operation, root };
    variants.set(key, query);
    return query;
  };
}
