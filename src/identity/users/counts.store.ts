import { z } from 'zod';
import type { MemberCounts, UserCounts } from '../../schema/packages/package-accounts.ts';
import type { SqlTransaction } from '../../values/sql-transaction.ts';

type Sql = Pick<SqlTransaction, '$queryRawUnsafe'>;

/** What is counted at most. */
const most = 1_000;

const atMost = (found: number): number | null => (found > most ? null : found);

/**
 * A count that stops one row after the most. The order is that of the index, without which PostgreSQL may read the whole table
 * for few of its rows.
 */
const countText = (rows: string): string =>
  `(SELECT count(*)::int4 FROM (SELECT FROM gatehouse.${rows} LIMIT ${most + 1}) AS counted)`;

const usersText = `
  SELECT ${countText('users WHERE disabled_at IS NULL ORDER BY id')} AS enabled,
    ${countText('users WHERE disabled_at IS NOT NULL ORDER BY id')} AS disabled`;

const usersRows = z.tuple([z.object({ enabled: z.number(), disabled: z.number() })]);

/**
 * Memberships that have ended are left out by the index, however many there are. Each log-in renews those of a source, so that
 * they are not ending.
 */
const ofGroup = 'memberships WHERE "group" = name AND expires_at';
const byHand = "source = ''";
const soon = "$2::timestamptz + interval '7 days'";
const membersText = `
  SELECT name AS "group",
    ${countText(`${ofGroup} IS NULL ORDER BY user_id`)} AS endless,
    ${countText(`${ofGroup} > $2::timestamptz AND expires_at <= ${soon} AND ${byHand} ORDER BY expires_at`)} AS ending,
    ${countText(`${ofGroup} > ${soon} AND ${byHand} ORDER BY expires_at`)} AS later,
    ${countText(`${ofGroup} > $2::timestamptz AND source <> '' ORDER BY expires_at`)} AS given
  FROM jsonb_array_elements_text($1::text::jsonb) AS name`;

const membersRows = z.array(
  z.object({
    group: z.string(),
    endless: z.number(),
    ending: z.number(),
    later: z.number(),
    given: z.number(),
  }),
);

/** Counts users and members, in one statement each. */
export const createCounts = (now: () => Date) => ({
  async countUsers(sql: Sql): Promise<UserCounts> {
    const [{ enabled, disabled }] = usersRows.parse(await sql.$queryRawUnsafe(usersText));
    return { enabled: atMost(enabled), disabled: atMost(disabled) };
  },

  async countMembers(
    sql: Sql,
    groups: readonly string[],
  ): Promise<ReadonlyMap<string, MemberCounts>> {
    const found = await sql.$queryRawUnsafe(membersText, JSON.stringify(groups), now());
    return new Map(
      membersRows
        .parse(found)
        .map(({ group, endless, ending, later, given }) => [
          group,
          { members: atMost(endless + ending + later + given), ending: atMost(ending) },
        ]),
    );
  },
});
