import type { GroupDemand } from 'graphql-gatehouse';
import { readRow, type Sql, timeColumn } from 'graphql-gatehouse/package';
import { z } from 'zod';

export interface DemandsOptions {
  readonly groups: Readonly<Record<string, 1 | 2>>;
  /** Days from the later of the setting and the grant of the group. */
  readonly graceDays: number;
}

const dayMs = 24 * 60 * 60_000;

export async function loadDemands(
  { groups, graceDays }: DemandsOptions,
  sql: Sql,
  now: Date,
): Promise<ReadonlyMap<string, GroupDemand>> {
  const demands = new Map<string, GroupDemand>();
  for (const [group, factors] of Object.entries(groups)) {
    const since = await readDemandStart(sql, { group, factors }, now);
    const countsFrom = (grantedAt: Date): Date =>
      new Date(Math.max(since.getTime(), grantedAt.getTime()) + graceDays * dayMs);
    demands.set(group, { factors, countsFrom });
  }
  return demands;
}

/** Returns since when a group demands as many factors. The first process that is configured so determines it. */
async function readDemandStart(
  sql: Sql,
  { group, factors }: { readonly group: string; readonly factors: number },
  now: Date,
): Promise<Date> {
  const { since } = await readRow(sql, z.object({ since: timeColumn }))`
    INSERT INTO gatehouse_factors.group_demands AS demand ("group", factors, since)
    VALUES (${group}, ${factors}::int, ${now}::timestamptz)
    ON CONFLICT ("group", factors) DO UPDATE SET since = least(demand.since, excluded.since)
    RETURNING since`;
  return since;
}

/** Returns the demand of a group for a second factor. One factor is no demand: every account has a password. */
export function findSecondFactorDemand(
  demands: ReadonlyMap<string, GroupDemand>,
  group: string,
): GroupDemand | undefined {
  const demand = demands.get(group);
  return demand !== undefined && demand.factors > 1 ? demand : undefined;
}
