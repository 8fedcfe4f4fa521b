import type { DocumentNode } from 'graphql';
import { hasConditionalSubscription } from './conditional-subscription.ts';
import { hasFragmentCycle } from './fragment-cycle.ts';

/**
 * Describes what graphql-js throws on while it validates, instead of reporting it; undefined: nothing. Each is an
 * error of validation by the GraphQL specification. Checked before `validate`.
 */
export function findDocumentProblem(document: DocumentNode): string | undefined {
  if (hasFragmentCycle(document)) return 'Fragments must not form a cycle.';
  return hasConditionalSubscription(document)
    ? 'The root field of a subscription cannot be conditional: remove its @skip and @include.'
    : undefined;
}
