import { type DocumentNode, Kind, type SelectionSetNode } from 'graphql';

/** Whether fragments of a document spread each other, or themselves, in a cycle. Pure. */
export function hasFragmentCycle({ definitions }: DocumentNode): boolean {
  const spreads = new Map<string, ReadonlySet<string>>();
  for (const each of definitions) {
    if (each.kind !== Kind.FRAGMENT_DEFINITION) continue;
    spreads.set(each.name.value, spreadsIn(each.selectionSet));
  }
  // Removes fragments whose spreads are all removed. The remaining ones are in a cycle or lead to one.
  const waiting = new Map<string, number>();
  const usersOf = new Map<string, string[]>();
  for (const [name, used] of spreads) {
    const known = [...used].filter((each) => spreads.has(each));
    waiting.set(name, known.length);
    for (const each of known) {
      const users = usersOf.get(each);
      if (users === undefined) usersOf.set(each, [name]);
      else users.push(name);
    }
  }
  const ending = [...waiting].filter(([, count]) => count === 0).map(([name]) => name);
  for (const name of ending) {
    for (const user of usersOf.get(name) ?? []) {
      const left = (waiting.get(user) ?? 0) - 1;
      waiting.set(user, left);
      if (left === 0) ending.push(user);
    }
  }
  return ending.length < spreads.size;
}

/** The names of the fragments that a selection spreads, at any depth. */
function spreadsIn(set: SelectionSetNode, found = new Set<string>()): ReadonlySet<string> {
  for (const selection of set.selections) {
    if (selection.kind === Kind.FRAGMENT_SPREAD) found.add(selection.name.value);
    else if (selection.selectionSet !== undefined) spreadsIn(selection.selectionSet, found);
  }
  return found;
}
