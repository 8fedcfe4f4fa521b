import { z } from 'zod';
import { system } from '../../changes/origin.ts';
import { recordEvent } from '../../changes/record-event.ts';
import type { SourceGroups } from '../../schema/packages/package-accounts.ts';
import type { SqlTransaction } from '../../values/sql-transaction.ts';
import type { StoreDependencies } from '../store-dependencies.ts';

const named = z.array(z.object({ group: z.string() }));

const listed = '(SELECT value FROM jsonb_array_elements_text($3::text::jsonb) AS value)';

/** Whether a source gives a membership still, also where its time is over: each log-in renews it. */
const isGiven = '(taken_at IS NULL OR expires_at > taken_at)';

/** The earliest end: nothing that was read a moment ago in the same transaction finds it held. */
const firstEnd = `granted_at + interval '1 millisecond'`;

const takeText = `
  UPDATE gatehouse.memberships
  SET expires_at = ${firstEnd}, taken_at = GREATEST($4::timestamptz, ${firstEnd})
  WHERE user_id = $1::uuid AND source = $2::text AND ${isGiven} AND "group" NOT IN ${listed}
  RETURNING "group"`;

/** Returns those that the source did not give before. Each keeps the time of its first grant. */
const giveText = `
  WITH before AS (
    SELECT "group" FROM gatehouse.memberships WHERE user_id = $1::uuid AND source = $2::text AND ${isGiven}
  ), given AS (
    INSERT INTO gatehouse.memberships (user_id, "group", source, granted_at, expires_at)
    SELECT $1::uuid, value, $2::text, $4::timestamptz, $5::timestamptz FROM ${listed} AS listed
    ON CONFLICT (user_id, "group", source) DO UPDATE SET expires_at = excluded.expires_at
  )
  SELECT value AS "group" FROM ${listed} AS listed
  WHERE value NOT IN (SELECT "group" FROM before)`;

/**
 * Creates the function that gives a user the groups of a source, in place of those that the source gave before. Call it in a
 * transaction that has locked the user. Records each group that is new or taken away, and not that its end has moved.
 *
 * @throws {BadUserInputError} when the schema has no such group.
 */
export const createGiveGroups =
  ({ groups: schemaGroups, notify }: Pick<StoreDependencies, 'groups' | 'notify'>) =>
  async (
    transaction: SqlTransaction,
    { userId, source, groups, at, until }: SourceGroups,
  ): Promise<void> => {
    schemaGroups.requireAll(groups, 'groups');
    const values = [userId, source, JSON.stringify([...new Set(groups)]), at] as const;
    const taken = named.parse(await transaction.$queryRawUnsafe(takeText, ...values));
    const given = named.parse(await transaction.$queryRawUnsafe(giveText, ...values, until));
    const record = (action: string, group: string) =>
      recordEvent(transaction, system, {
        at,
        action,
        subjectId: userId,
        detail: `${group} from ${source}`,
      });
    for (const { group } of taken) await record('membership.revoked', group);
    for (const { group } of given) {
      const action = 'membership.granted';
      await record(action, group);
      await notify(transaction, { userId, actor: 'SYSTEM', actorId: null, action, at });
    }
  };
