import { z } from 'zod';
import type { Database } from '../../../src/database/connection.ts';

const count = z.record(z.string(), z.number());
const turnSchema = z.object({
  key: z.string(),
  holder: z.string().nullable(),
  by: z.string().nullable(),
  seen: count,
});
export type RaceTurn = z.infer<typeof turnSchema>;

/** How often each user acted, by what it acted on. */
export type RaceActs = Readonly<Record<string, Readonly<Record<string, number>>>>;

export interface RaceHistory {
  /** In the order of the changes of hands of one key: each is written after the row that it changes. */
  readonly turns: readonly RaceTurn[];
  readonly acts: RaceActs;
}

/** Reads what all committed transactions have written, without the acts of auditors. */
export async function readRaces(owner: Database): Promise<RaceHistory> {
  const turns = await owner.$queryRaw`SELECT key, holder, "by", seen FROM race_turns ORDER BY id`;
  const acts = await owner.$queryRaw`
    SELECT coalesce(jsonb_object_agg(key, users), '{}') AS acts FROM (
      SELECT key, jsonb_object_agg("user", times) AS users
      FROM (SELECT key, "user", count(*) AS times FROM race_acts WHERE key <> 'AUDITOR' GROUP BY key, "user") AS counts
      GROUP BY key) AS keys`;
  const [row] = z.array(z.object({ acts: z.record(z.string(), count) })).parse(acts);
  return { turns: z.array(turnSchema).parse(turns), acts: row?.acts ?? {} };
}

/**
 * Returns what no order of the transactions, one after the other, allows. A turn has read all acts before it: those that
 * the turn before has not read lie between both, where only the holder may act.
 */
export function findRaceFaults({ turns, acts }: RaceHistory): readonly string[] {
  const faults: string[] = [];
  const keys = new Set([...turns.map(({ key }) => key), ...Object.keys(acts)]);
  for (const key of keys) {
    const end = { key, holder: null, by: null, seen: acts[key] ?? {} };
    let before: RaceTurn = { key, holder: null, by: null, seen: {} };
    for (const turn of [...turns.filter((each) => each.key === key), end]) {
      faults.push(...faultsBetween(before, turn));
      before = turn;
    }
  }
  return faults;
}

function faultsBetween(before: RaceTurn, after: RaceTurn): readonly string[] {
  const { key, by } = after;
  const users = new Set([...Object.keys(before.seen), ...Object.keys(after.seen)]);
  const wrong = [...users].flatMap((user) => {
    const times = (after.seen[user] ?? 0) - (before.seen[user] ?? 0);
    if (times === 0 || (times > 0 && user === before.holder)) return [];
    return [`${key}: ${user} acted ${times} times while ${before.holder ?? 'no user'} held it`];
  });
  if (by === null || by === before.holder) return wrong;
  return [...wrong, `${key}: ${by} handed it over while ${before.holder ?? 'no user'} held it`];
}
