/** Finds keys of several owners, with their names: the later owner would replace the earlier one. */
export function findSharedKeys<Owner extends { readonly name: string }>(
  owners: readonly Owner[],
  keysOf: (owner: Owner) => readonly string[],
): readonly { readonly key: string; readonly names: readonly string[] }[] {
  const found = new Map<string, string[]>();
  for (const owner of owners) {
    for (const key of keysOf(owner)) found.set(key, [...(found.get(key) ?? []), owner.name]);
  }
  return [...found].filter(([, names]) => names.length > 1).map(([key, names]) => ({ key, names }));
}
