/** What expires about a viewer. */
export interface Endings {
  /** The groups that the viewer held when it was looked up, as far as anything that runs may need them. */
  readonly groups: ReadonlySet<string>;
  /** What the database said of them a moment later. */
  readonly memberships: readonly { readonly group: string; readonly expiresAt: Date | null }[];
  readonly tokenEndsAt: Date | undefined;
}

/**
 * When to look at a viewer again, in milliseconds since 1970: when the token or a membership ends; at
 * once (0), when a group has ended between the two readings; Infinity, when nothing expires.
 */
export function nextCheckAtMs({ groups, memberships, tokenEndsAt }: Endings): number {
  const held = new Set(memberships.map(({ group }) => group));
  if ([...groups].some((group) => !held.has(group))) return 0;
  const ends = [tokenEndsAt, ...memberships.map(({ expiresAt }) => expiresAt)];
  return Math.min(...ends.flatMap((at) => at?.getTime() ?? []));
}
