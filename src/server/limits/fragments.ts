import type { DocumentNode, FragmentDefinitionNode } from 'graphql';
import { Kind } from 'graphql';

/**
 * Makes the function that measures a fragment by its name, once for each: however often fragments stand in
 * one another, the time for a document grows with its length alone.
 *
 * @throws {Error} for a fragment that is not there or holds itself: validation has refused both before.
 */
export function createFragmentMeasures<Measure>(
  document: DocumentNode,
  measure: (fragment: FragmentDefinitionNode) => Measure,
): (name: string) => Measure {
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const definition of document.definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) {
      fragments.set(definition.name.value, definition);
    }
  }
  const measured = new Map<string, Measure>();

  return (name) => {
    const known = measured.get(name);
    if (known !== undefined) return known;
    const fragment = fragments.get(name);
    if (fragment === undefined) throw new Error('A fragment is missing, or holds itself.');
    fragments.delete(name);
    const result = measure(fragment);
    measured.set(name, result);
    return result;
  };
}
