import { type DocumentNode, Kind, type SelectionSetNode } from 'graphql';

/** Whether fragments of a document spread one another, or one itself, without an end. Pure. */
export function hasFragmentCycle({ definitions }: DocumentNode): boolean {
  const spreads = new Map<string, ReadonlySet<string>>();
  for (const each of definitions) {
    if (each.kind !== Kind.FRAGMENT_DEFINITION) continue;
    spreads.set(each.name.value, spreadsIn(each.selectionSet));
  }
  const ended = new Set<string>();

  function endsFrom(name: string, above: ReadonlySet<string>): boolean {
    if (ended.has(name)) return true;
    if (above.has(name)) return false;
    const within = new Set(above).add(name);
    for (const next of spreads.get(name) ?? []) if (!endsFrom(next, within)) return false;
    ended.add(name);
    return true;
  }

  return [...spreads.keys()].some((name) => !endsFrom(name, new Set()));
}

/** The names of the fragments that a selection spreads, at any depth. */
function spreadsIn(set: SelectionSetNode, found = new Set<string>()): ReadonlySet<string> {
  for (const selection of set.selections) {
    if (selection.kind === Kind.FRAGMENT_SPREAD) found.add(selection.name.value);
    else if (selection.selectionSet !== undefined) spreadsIn(selection.selectionSet, found);
  }
  return found;
}
