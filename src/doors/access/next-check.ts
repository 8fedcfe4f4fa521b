/** The parts of a viewer that expire. */
export interface Endings {
  /** The groups of the viewer when it was read, if a running operation may need them. */
  readonly groups: ReadonlySet<string>;
  /** The memberships that were read shortly after. */
  readonly memberships: readonly { readonly group: string; readonly expiresAt: Date | null }[];
  readonly tokenEndsAt: Date | undefined;
  /** Returns the names of groups and all groups that they imply. */
  readonly inEffect: (names: readonly string[]) => readonly string[];
}

/**
 * Returns when to check a viewer again, in milliseconds since 1970: when the token or a membership expires. Returns 0
 * when a group expired between the two reads, and Infinity when nothing expires.
 */
export function nextCheckAtMs({ groups, memberships, tokenEndsAt, inEffect }: Endings): number {
  const held = new Set(inEffect(memberships.map(({ group }) => group)));
  if ([...groups].some((group) => !held.has(group))) return 0;
  const ends = [tokenEndsAt, ...memberships.map(({ expiresAt }) => expiresAt)];
  return Math.min(...ends.flatMap((at) => at?.getTime() ?? []));
}
