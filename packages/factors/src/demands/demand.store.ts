import { readRow, type Sql, timeColumn } from 'graphql-gatehouse/package';
import { z } from 'zod';

/** Returns since when a group demands as many factors. The first process that is configured so determines it. */
export async function readDemandStart(
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
