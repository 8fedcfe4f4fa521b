import type { Group, Groups } from '../../values/groups.ts';

/** A row of a type, in which groups are held. */
export interface GrantPlace {
  readonly type: string;
  /** The text of its id. */
  readonly id: string;
  /** The places to which the row belongs, by their types. */
  readonly within: ReadonlyMap<string, string>;
}

/** What a user was granted in one place. */
export interface HeldInPlace {
  readonly type: string;
  readonly placeId: string;
  readonly group: Group;
  /** Null: it does not end. */
  readonly expiresAt: Date | null;
}

export interface GrantingRules {
  readonly groups: Pick<Groups, 'impliedBy' | 'placeTypeOf'>;
  /** The groups in the `@grants` of each group. */
  readonly grants: ReadonlyMap<Group, readonly Group[]>;
}

/** Returns the places by which a row can be granted in: the row itself, and those to which it belongs. */
export function placesAround({ type, id, within }: GrantPlace) {
  const others = [...within].map(([each, placeId]) => ({ type: each, placeId }));
  return [{ type, placeId: id }, ...others];
}

/**
 * Returns until when a user may grant a group in a place, by what it holds around it: a group, or one that implies it, whose
 * `@grants` names exactly the group. Null: without an end. Undefined: it may not. Pure.
 */
export function grantsUntil(
  group: Group,
  held: readonly HeldInPlace[],
  { groups, grants }: GrantingRules,
): Date | null | undefined {
  const granting = held.filter(
    (each) =>
      groups.placeTypeOf(each.group) === each.type &&
      [each.group, ...groups.impliedBy(each.group)].some(
        (name) => grants.get(name)?.includes(group) === true,
      ),
  );
  if (granting.length === 0) return undefined;
  const ends = granting.map(({ expiresAt }) => expiresAt);
  return ends.includes(null)
    ? null
    : new Date(Math.max(...ends.flatMap((end) => end?.getTime() ?? [])));
}

/** The same for several groups: until when a user may grant all of them. Undefined also for none. Pure. */
export function allGrantedUntil(
  asked: readonly Group[],
  held: readonly HeldInPlace[],
  rules: GrantingRules,
): Date | null | undefined {
  const ends = asked.map((group) => grantsUntil(group, held, rules));
  if (ends.length === 0 || ends.includes(undefined)) return undefined;
  const times = ends.flatMap((end) => end?.getTime() ?? []);
  return times.length === 0 ? null : new Date(Math.min(...times));
}
