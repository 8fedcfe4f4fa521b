import type { AuthenticationTimes, FactorTable } from '../../values/factor.ts';
import type { Grant, Group, Groups, HeldGroups, HeldOf } from '../../values/groups.ts';
import type { FactorRules, GroupDemand } from '../../values/proof.ts';

export interface HeldGroupsOptions {
  readonly groups: Pick<Groups, 'inEffect' | 'inSchemaOrder'>;
  readonly factors: Pick<FactorTable, 'kindsOf'>;
  readonly rules: readonly Pick<FactorRules, 'demands'>[];
}

/** A granted group that asks for more kinds of factors than were proved. */
export interface AskingGroup {
  readonly group: Group;
  readonly factors: number;
  /** When its grace ends: from then on, it is withheld. */
  readonly from: Date;
}

/**
 * Creates the functions that say which groups a session may use: those of the memberships that ask for no more factors
 * than it has proved. A group has the demands of every group that it implies: guards also admit the holders of a group that
 * implies theirs, so one that is withheld would stay open to its holders otherwise. Pure but for the demands.
 */
export function createHeldGroups({ groups, factors, rules }: HeldGroupsOptions) {
  const demandsNow = (): readonly (readonly [string, GroupDemand])[] =>
    rules.flatMap((each) => [...each.demands()]);

  /** Returns the groups that ask for more kinds of factors than were proved, whenever they were granted. */
  const unproven = (held: ReadonlySet<string>, times: AuthenticationTimes, at: Date) => {
    const demands = rules.length === 0 ? [] : demandsNow();
    const kinds = demands.length === 0 ? 0 : factors.kindsOf(times, at);
    return demands.filter(([group, demand]) => held.has(group) && demand.factors > kinds);
  };

  /** Returns what the grants give, and what it asks for beyond what was proved: from the first grant that gives it. */
  const read = (grants: readonly Grant[], times: AuthenticationTimes, at: Date) => {
    const granted = grants.map((grant) => ({ ...grant, gives: groups.inEffect([grant.group]) }));
    const all = groups.inEffect(grants.map(({ group }) => group));
    const asked = unproven(new Set(all), times, at).map(([group, { factors, countsFrom }]) => {
      const giving = granted.filter(({ gives }) => gives.includes(group));
      return { group, factors, from: first(giving.map(({ grantedAt }) => countsFrom(grantedAt))) };
    });
    return { granted, all, asked };
  };

  const of: HeldOf = (grants, times, at): HeldGroups => {
    const { granted, all, asked } = read(grants, times, at);
    const counting = asked.filter(({ from }) => from <= at);
    const demanded = new Set(counting.map(({ group }) => group));
    const usable = granted.filter(({ gives }) => !gives.some((each) => demanded.has(each)));
    const left = groups.inEffect(usable.map(({ group }) => group));
    return {
      groups: left,
      withheld: new Set(all.filter((group) => !left.includes(group))),
      factors: Math.max(0, ...counting.map(({ factors }) => factors)),
    };
  };

  /** Returns the granted groups that ask for more than was proved, in schema order: now, or from a time on. */
  const asking = (
    grants: readonly Grant[],
    times: AuthenticationTimes,
    at: Date,
  ): readonly AskingGroup[] => {
    const { granted, asked } = read(grants, times, at);
    // A group of several sources is one group.
    const once = new Map(granted.map((each) => [each.group, each]));
    const found = [...once.values()].flatMap(({ group, gives }) => {
      const own = asked.filter((each) => gives.includes(each.group));
      if (own.length === 0) return [];
      const factors = Math.max(...own.map((each) => each.factors));
      return [{ group, factors, from: first(own.map(({ from }) => from)) }];
    });
    const order = groups.inSchemaOrder(found.map(({ group }) => group));
    return found.sort((one, other) => order.indexOf(one.group) - order.indexOf(other.group));
  };

  return {
    /** Whether the grants have to be read to know. */
    mayWithhold: (held: ReadonlySet<string>, times: AuthenticationTimes, at: Date): boolean =>
      unproven(held, times, at).length > 0,
    of,
    asking,
  };
}

const first = (times: readonly Date[]): Date => new Date(Math.min(...times.map(Number)));

export type HeldGroupsOf = ReturnType<typeof createHeldGroups>;
