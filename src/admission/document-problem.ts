import type { DocumentNode } from 'graphql';
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
