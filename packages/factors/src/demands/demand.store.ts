import { z } from 'zod';
import { readRows, type Sql, timeColumn } from '../database/rows.ts';

/** Returns since when a group demands as many factors. The first process that is configured so determines it. */
export async function readDemandStart(
  sql: Sql,
  { group, factors }: { readonly group: string; readonly factors: number },
  now: Date,
): Promise<Date> {
  const [found] = await readRows(
    sql,
    z.object({ since: timeColumn }),
    `INSERT INTO gatehouse_factors.group_demands AS demand ("group", factors, since)
     VALUES ($1, $2::int, $3::timestamptz)
     ON CONFLICT ("group", factors) DO UPDATE SET since = least(demand.since, excluded.since)
     RETURNING since`,
    group,
    factors,
    now.toISOString(),
  );
  if (found === undefined) throw new Error('The demand of a group was not stored.');
  return found.since;
}
