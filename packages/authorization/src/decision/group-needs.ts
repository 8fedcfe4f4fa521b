import { type Requirement, sufficientGroups } from '../requirements/requirement.ts';

/** Which of a viewer's groups admit it to a coordinate. */
export interface GroupNeeds {
  /** Groups without one of which a clause would be met by no group. */
  readonly alone: readonly string[];
  /** Groups that meet a clause, and without one of which another group meets each clause. */
  readonly amongOthers: readonly string[];
}

/**
 * Finds which of these groups a requirement uses. Pure. A group meets a clause that names it, or that names a group which
 * it implies. What a policy admits uses no group.
 */
export function groupNeeds(requirement: Requirement, groups: readonly string[]): GroupNeeds {
  const alone = new Set<string>();
  const met = new Set<string>();
  for (const clause of requirement) {
    const sufficient = sufficientGroups(clause);
    const meeting = groups.filter((group) => sufficient.includes(group));
    for (const group of meeting) met.add(group);
    const [only, ...others] = meeting;
    if (only !== undefined && others.length === 0) alone.add(only);
  }
  return { alone: [...alone], amongOthers: [...met].filter((group) => !alone.has(group)) };
}
