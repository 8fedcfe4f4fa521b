import type { DocumentNode, SelectionNode, SelectionSetNode } from 'graphql';
import { Kind } from 'graphql';
import { isIncluded } from './operation-walk.ts';

/**
 * Yields every selection below `sets` that `@skip` and `@include` keep, ignoring the type conditions of fragments.
 * Each named fragment is visited once. `variableValues` are coerced.
 */
export function* includedSelections(
  sets: readonly SelectionSetNode[],
  { definitions }: DocumentNode,
  variableValues: Parameters<typeof isIncluded>[1],
): Generator<SelectionNode, void> {
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
        for (const definition of definitions) {
          if (definition.kind !== Kind.FRAGMENT_DEFINITION) continue;
          if (definition.name.value === selection.name.value) waiting.push(definition.selectionSet);
        }
      }
    }
  }
}
