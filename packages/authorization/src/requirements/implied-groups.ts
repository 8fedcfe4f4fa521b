import type { Requirement } from './requirement.ts';

/** The groups that the `@implies` of each group names, by group. Groups without `@implies` are absent. */
export type Implications = ReadonlyMap<string, readonly string[]>;

/**
 * Returns all groups that each group implies, directly or through others. Groups that imply none are absent. Ends for
 * circles too: each group of a circle then implies itself.
 */
export function closeImplications(direct: Implications): ReadonlyMap<string, ReadonlySet<string>> {
  return new Map([...direct.keys()].map((group) => [group, impliedBy(direct, group)]));
}

function impliedBy(direct: Implications, group: string): ReadonlySet<string> {
  const found = new Set(direct.get(group));
  // A set also iterates over what is added meanwhile.
  for (const each of found) for (const implied of direct.get(each) ?? []) found.add(implied);
  return found;
}

/** Returns the shortest circle through each group that implies itself: `[ADMIN, MANAGER, ADMIN]`. */
export const findCircles = (direct: Implications): readonly (readonly [string, ...string[]])[] =>
  [...direct.keys()].flatMap((group) => {
    const circle = circleThrough(direct, group);
    return circle === undefined ? [] : [circle];
  });

function circleThrough(
  direct: Implications,
  group: string,
): readonly [string, ...string[]] | undefined {
  const paths = new Map<string, readonly string[]>([[group, []]]);
  // A map also iterates over what is added meanwhile.
  for (const [last, path] of paths) {
    for (const next of direct.get(last) ?? []) {
      if (next === group) return [group, ...path, group];
      if (!paths.has(next)) paths.set(next, [...path, next]);
    }
  }
  return undefined;
}

/**
 * Creates the function that adds to each clause the groups that imply one of its groups. Clauses for which there are
 * none stay the same objects.
 */
export function createExpansion(direct: Implications): (requirement: Requirement) => Requirement {
  const closed = closeImplications(direct);
  return (requirement) =>
    requirement.map((clause) => {
      const { requires } = clause;
      const others = [...closed.keys()].filter((group) => !requires.includes(group));
      const implying = others.filter((group) =>
        requires.some((each) => closed.get(group)?.has(each)),
      );
      return implying.length === 0
        ? clause
        : { ...clause, satisfiedBy: [...requires, ...implying] };
    });
}
