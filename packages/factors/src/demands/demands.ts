import type { GroupDemand } from 'graphql-gatehouse';
import type { Sql } from 'graphql-gatehouse/package';
import { readDemandStart } from './demand.store.ts';

export interface DemandsOptions {
  /** How many kinds of factors groups ask for. */
  readonly groups: Readonly<Record<string, 1 | 2>>;
  /** Days from the later of the setting and the grant of the group. */
  readonly graceDays: number;
}

const dayMs = 24 * 60 * 60_000;

/** Reads since when groups demand factors, and returns their demands. */
export async function loadDemands(
  { groups, graceDays }: DemandsOptions,
  sql: Sql,
  now: Date,
): Promise<ReadonlyMap<string, GroupDemand>> {
  const demands = new Map<string, GroupDemand>();
  for (const [group, factors] of Object.entries(groups)) {
    const since = await readDemandStart(sql, { group, factors }, now);
    demands.set(group, {
      factors,
      countsFrom: (grantedAt) => graceEnd(since, grantedAt, graceDays),
    });
  }
  return demands;
}

const graceEnd = (since: Date, grantedAt: Date, graceDays: number): Date =>
  new Date(Math.max(since.getTime(), grantedAt.getTime()) + graceDays * dayMs);

/** Returns the demand of a group for a second factor. One factor is no demand: every account has a password. */
export function findSecondFactorDemand(
  demands: ReadonlyMap<string, GroupDemand>,
  group: string,
): GroupDemand | undefined {
  const demand = demands.get(group);
  return demand !== undefined && demand.factors > 1 ? demand : undefined;
}
