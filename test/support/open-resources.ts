/** Returns the kinds of resources that keep the process alive, as `process.getActiveResourcesInfo` names them. */
export const openResources = (): readonly string[] => process.getActiveResourcesInfo().sort();

/** Returns what is open beside what was open before. */
export function openedSince(before: readonly string[]): readonly string[] {
  const left = [...before];
  return openResources().filter((kind) => {
    const index = left.indexOf(kind);
    if (index >= 0) left.splice(index, 1);
    return index < 0;
  });
}
