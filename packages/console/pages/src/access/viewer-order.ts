interface Group {
  readonly name: string;
  /** Also by others. */
  readonly implies: readonly string[];
}

/** The name of the viewers that are shown in the address, in their order. */
export const viewersName = 'viewers';

/** Reads the columns that an address names. Undefined: none, so that all are shown. */
export function viewersOf(
  query: URLSearchParams,
  columns: readonly string[],
): readonly string[] | undefined {
  const named = new Set(query.get(viewersName)?.split(','));
  const found = [...named].filter((name) => columns.includes(name));
  return found.length === 0 ? undefined : found;
}

/** Returns the groups that one implies, also by others. */
const impliedBy = (name: string, groups: readonly Group[]): readonly string[] =>
  groups.find((group) => group.name === name)?.implies ?? [];

/** Returns the columns of a matrix so that each group is followed by those that it implies. */
export function orderColumns(
  columns: readonly string[],
  groups: readonly Group[],
): readonly string[] {
  const ordered = new Set<string>();
  const add = (name: string): void => {
    if (ordered.has(name) || !columns.includes(name)) return;
    ordered.add(name);
    for (const each of impliedBy(name, groups)) add(each);
  };
  const isImplied = (name: string) => groups.some(({ implies }) => implies.includes(name));
  for (const name of columns) if (!isImplied(name)) add(name);
  // Groups that imply each other.
  for (const name of columns) add(name);
  return [...ordered];
}

/** Returns the heads of columns: a group that one before it implies has a sign. */
export function headsOf(columns: readonly string[], groups: readonly Group[]): readonly string[] {
  let implied: readonly string[] = [];
  return columns.map((name) => {
    if (implied.includes(name)) return `⊃ ${name}`;
    implied = impliedBy(name, groups);
    return name;
  });
}

/** Shows a viewer at the end, or hides it. */
export const toggleViewer = (shown: readonly string[], name: string): readonly string[] =>
  shown.includes(name) ? shown.filter((each) => each !== name) : [...shown, name];

/** Moves a viewer one place to the left: the first one becomes the last. */
export function moveLeft(shown: readonly string[], name: string): readonly string[] {
  const index = shown.indexOf(name);
  const others = shown.filter((each) => each !== name);
  return index === 0 ? [...others, name] : others.toSpliced(index - 1, 0, name);
}
