import type { DocumentNode, ValidationRule } from 'graphql';
import { toInvalid } from '../errors/request-error.ts';
import { hasConditionalSubscription } from './conditional-subscription.ts';
import { hasFragmentCycle } from './fragment-cycle.ts';

/**
 * Describes errors for which graphql-js throws during validation instead of reporting them. Undefined: no such error.
 * Each is a validation error in the GraphQL specification. Called before `validate`.
 */
export function findDocumentProblem(document: DocumentNode): string | undefined {
  if (hasFragmentCycle(document)) return 'Fragments must not form a cycle.';
  return hasConditionalSubscription(document)
    ? 'The root field of a subscription cannot be conditional: remove its @skip and @include.'
    : undefined;
}

/**
 * Creates the rule that ends validation before graphql-js throws, for a host that calls `validate` itself: one error
 * more than `maxErrors` aborts it. `Document` is visited before everything in it.
 */
export const createProblemRule =
  (maxErrors: number): ValidationRule =>
  (context) => ({
    Document(document) {
      const problem = findDocumentProblem(document);
      if (problem === undefined) return;
      for (let count = 0; count <= maxErrors; count += 1) context.reportError(toInvalid(problem));
    },
  });
