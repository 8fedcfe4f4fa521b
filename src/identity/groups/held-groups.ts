import { type AuthenticationTimes, kindsOf } from '../../values/factor.ts';
import type { Groups, HeldGroups, HeldOf } from '../../values/groups.ts';
import type { FactorRules, GroupDemand } from '../../values/proof.ts';

export interface HeldGroupsOptions {
  readonly groups: Groups;
  readonly rules: readonly Pick<FactorRules, 'demands'>[];
}

/**
 * Creates the functions that say which groups a session may use: those of the memberships that ask for no more factors
 * than it has proved. A group has the demands of every group that it implies: guards also admit the holders of a group that
 * implies theirs, so one that is withheld would stay open to its holders otherwise. Pure but for the demands.
 */
export function createHeldGroups({ groups, rules }: HeldGroupsOptions) {
  const demandsNow = (): readonly (readonly [string, GroupDemand])[] =>
    rules.flatMap((each) => [...each.demands()]);

  /** Returns the groups that ask for more kinds of factors than were proved, whenever they were granted. */
  const unproven = (held: ReadonlySet<string>, times: AuthenticationTimes, at: Date) => {
    const demands = rules.length === 0 ? [] : demandsNow();
    const kinds = demands.length === 0 ? 0 : kindsOf(times, at);
    return demands.filter(([group, { factors }]) => held.has(group) && factors > kinds);
  };

  const of: HeldOf = (grants, times, at): HeldGroups => {
    const given = grants.map((grant) => ({ ...grant, gives: groups.inEffect([grant.group]) }));
    const all = groups.inEffect(grants.map(({ group }) => group));
    const counting = unproven(new Set(all), times, at).filter(([group, { countsFrom }]) =>
      given.some(({ gives, grantedAt }) => gives.includes(group) && countsFrom(grantedAt) <= at),
    );
    const demanded = new Set(counting.map(([group]) => group));
    const usable = given.filter(({ gives }) => !gives.some((each) => demanded.has(each)));
    const left = groups.inEffect(usable.map(({ group }) => group));
    return {
      groups: left,
      withheld: new Set(all.filter((group) => !left.includes(group))),
      factors: Math.max(0, ...counting.map(([, { factors }]) => factors)),
    };
  };

  return {
    /** Whether the grants have to be read to know. */
    mayWithhold: (held: ReadonlySet<string>, times: AuthenticationTimes, at: Date): boolean =>
      unproven(held, times, at).length > 0,
    of,
  };
}

export type HeldGroupsOf = ReturnType<typeof createHeldGroups>;
