import { type AuthenticationTimes, kindsOf } from '../../values/factor.ts';
import type { Groups } from '../../values/groups.ts';
import type { FactorRules, GroupDemand } from '../../values/proof.ts';

/** A membership that has not expired. */
export interface Grant {
  readonly group: string;
  readonly grantedAt: Date;
}

/** The groups of a session. */
export interface HeldGroups {
  /** In schema order, with what they imply. */
  readonly groups: readonly string[];
  /** What the user holds beside, and this session has not proved enough for. */
  readonly withheld: ReadonlySet<string>;
  /** How many kinds of factors it must prove for these: 1 or 2. */
  readonly factors: number;
}

export interface HeldGroupsOptions {
  readonly groups: Groups;
  readonly rules: readonly Pick<FactorRules, 'demands'>[];
}

/**
 * Creates the functions that say which groups a session may use: all that its user holds, without those that ask for more
 * factors than it has proved, and what only these imply. Pure but for the demands.
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

  return {
    /** Whether the grants have to be read to know. */
    mayWithhold: (held: ReadonlySet<string>, times: AuthenticationTimes, at: Date): boolean =>
      unproven(held, times, at).length > 0,

    of(grants: readonly Grant[], times: AuthenticationTimes, at: Date): HeldGroups {
      const names = grants.map(({ group }) => group);
      const all = groups.inEffect(names);
      const counting = unproven(new Set(all), times, at).filter(([group, { countsFrom }]) =>
        grants
          .filter((grant) => groups.inEffect([grant.group]).includes(group))
          .some(({ grantedAt }) => countsFrom(grantedAt) <= at),
      );
      if (counting.length === 0) return { groups: all, withheld: new Set(), factors: 0 };
      const left = groups.inEffectWithout(names, new Set(counting.map(([group]) => group)));
      return {
        groups: left,
        withheld: new Set(all.filter((group) => !left.includes(group))),
        factors: Math.max(...counting.map(([, { factors }]) => factors)),
      };
    },
  };
}

export type HeldGroupsOf = ReturnType<typeof createHeldGroups>;
