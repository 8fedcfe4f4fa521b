/** Returns these groups, and all that they imply by the `@implies` in the text of a schema: what a viewer holds in effect. */
export function groupsInEffect(sdl: string, groups: readonly string[]): ReadonlySet<string> {
  const held = new Set(groups);
  for (const group of held) {
    const list = new RegExp(`\\b${group} @implies\\(groups: \\[([^\\]]*)\\]\\)`).exec(sdl)?.[1];
    for (const implied of list?.split(', ') ?? []) held.add(implied);
  }
  return held;
}
