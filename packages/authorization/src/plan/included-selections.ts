import type { DocumentNode, SelectionNode, SelectionSetNode } from 'graphql';
import { Kind } from 'graphql';
import { fragmentsOf, isIncluded } from './operation-walk.ts';

/**
 * Yields every selection below `sets` that `@skip` and `@include` keep, ignoring the type conditions of fragments.
 * Each named fragment is visited once. `variableValues` are coerced.
 */
export function* includedSelections(
  sets: readonly SelectionSetNode[],
  document: DocumentNode,
  variableValues: Parameters<typeof isIncluded>[1],
): Generator<SelectionNode, void> {
  const fragments = fragmentsOf(document);
  const visited = new Set<string>();
  const waiting = [...sets];
  for (let set = waiting.pop(); set !== undefined; set = waiting.pop()) {
    for (const selection of set.selections) {
      if (!isIncluded(selection, variableValues)) continue;
      yield selection;
      if (selection.kind !== Kind.FRAGMENT_SPREAD) {
        if (selection.selectionSet !== undefined) waiting.push(selection.selectionSet);
      } else if (!visited.has(selection.name.value)) {
        visited.add(selection.name.value);
        const fragment = fragments.get(selection.name.value);
        if (fragment !== undefined) waiting.push(fragment.selectionSet);
      }
    }
  }
}
