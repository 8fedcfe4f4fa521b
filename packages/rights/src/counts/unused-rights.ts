import type { Parts } from '../parts.ts';
import type { CountedUse, CountPeriod, UnusedMembership } from './counts.store.ts';
import { findGaps, type Gap } from './find-gaps.ts';
import { dayBefore, keptDays } from './write-counts.ts';

export interface RightOfGroup {
  readonly group: string;
  readonly coordinate: string;
}

/** The rights of groups that were not used in a time. */
export interface UnusedRights {
  /** The first day, in UTC. */
  readonly since: string;
  /** The end of the time: now, or when the last node stopped. */
  readonly until: Date;
  /** When not all nodes counted. Empty: what is listed was not used. */
  readonly gaps: readonly Gap[];
  /** Groups without any use. */
  readonly groups: readonly string[];
  /** Of the other groups: where they were not used. */
  readonly unused: readonly RightOfGroup[];
  /** Where groups were used, and another group of the viewer would have admitted it each time. */
  readonly neverAlone: readonly (RightOfGroup & Pick<CountedUse, 'amongOthers'>)[];
  /** Memberships without a use that were granted before, the longest unused ones first. At most a thousand. */
  readonly memberships: readonly UnusedMembership[];
  /** Whether there are more of them. */
  readonly hasMoreMemberships: boolean;
}

/** The maximum number of memberships in a report. */
const maxMemberships = 1_000;

/**
 * Reports the rights which were not used in the last days, and today.
 *
 * @throws BAD_USER_INPUT for days of which no counts are kept.
 */
export async function findUnusedRights(
  { store, composed, errors, now }: Pick<Parts, 'store' | 'composed' | 'errors' | 'now'>,
  days: number,
): Promise<UnusedRights> {
  if (!Number.isInteger(days) || days < 1 || days > keptDays) {
    throw errors.badInput('days', `\`days\` must be between 1 and ${keptDays}.`);
  }
  const { schema, requirements, groups } = composed();
  // Loaded by the first report: a server may make none.
  const { listGroupRights } = await import('@graphql-gatehouse/authorization/reports');
  const at = now();
  const since = dayBefore(at, days);
  const from = new Date(since);
  const periods = await store.periodsSince(from);
  const until = endOf(periods, at);
  const counts = await store.countsSince(since);
  const limit = maxMemberships;
  const { memberships, hasMore } = await store.unusedMemberships(since, { at, limit });
  return {
    since,
    until,
    gaps: findGaps(periods, { from, to: until }),
    ...compareRights(listGroupRights(schema, requirements), { groups: groups.names, counts }),
    memberships,
    hasMoreMemberships: hasMore,
  };
}

/** Nodes write each minute. If none has for longer, none runs: the last one has recorded until when it ran. */
const freshMs = 2 * 60 * 1000;

function endOf(periods: readonly CountPeriod[], at: Date): Date {
  const lastMs = periods.reduce(
    (latest, { endedAt }) => Math.max(latest, endedAt.getTime()),
    Number.NEGATIVE_INFINITY,
  );
  return at.getTime() - lastMs > freshMs && Number.isFinite(lastMs) ? new Date(lastMs) : at;
}

/** Pure. */
function compareRights(
  rights: readonly { readonly coordinate: string; readonly groups: readonly string[] }[],
  {
    groups,
    counts,
  }: { readonly groups: readonly string[]; readonly counts: readonly CountedUse[] },
): Pick<UnusedRights, 'groups' | 'unused' | 'neverAlone'> {
  const used = new Set(counts.map(({ group }) => group));
  const countOf = new Map(counts.map((each) => [`${each.coordinate} ${each.group}`, each]));
  const pairs = groups
    .filter((group) => used.has(group))
    .flatMap((group) =>
      rights
        .filter((right) => right.groups.includes(group))
        .map(({ coordinate }) => ({ group, coordinate })),
    );
  const countAt = ({ group, coordinate }: RightOfGroup) => countOf.get(`${coordinate} ${group}`);
  return {
    groups: groups.filter((group) => !used.has(group)),
    unused: pairs.filter((pair) => countAt(pair) === undefined),
    neverAlone: pairs.flatMap((pair) => {
      const count = countAt(pair);
      return count === undefined || count.alone > 0
        ? []
        : [{ ...pair, amongOthers: count.amongOthers }];
    }),
  };
}
