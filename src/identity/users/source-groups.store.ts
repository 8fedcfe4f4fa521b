import { z } from 'zod';
import { system } from '../../changes/origin.ts';
import { recordEvent } from '../../changes/record-event.ts';
import type { SourceGroups } from '../../schema/packages/package-accounts.ts';
import type { SqlTransaction } from '../../values/sql-transaction.ts';
import type { StoreDependencies } from '../store-dependencies.ts';

const rows = z.array(z.object({ group: z.string(), isChanged: z.boolean() }));

const listed = '(SELECT value FROM jsonb_array_elements_text($3::text::jsonb) AS value)';

/** Those whose time is over go too, and are no change. */
const takeText = `
  DELETE FROM gatehouse.memberships
  WHERE user_id = $1::uuid AND source = $2::text AND "group" NOT IN ${listed}
  RETURNING "group", expires_at > $4::timestamptz AS "isChanged"`;

/** One that is held keeps the time of its grant: a grace that counts from it does not begin again. */
const giveText = `
  INSERT INTO gatehouse.memberships AS present (user_id, "group", source, granted_at, expires_at)
  SELECT $1::uuid, value, $2::text, $4::timestamptz, $5::timestamptz FROM ${listed} AS listed
  ON CONFLICT (user_id, "group", source) DO UPDATE SET expires_at = excluded.expires_at, granted_at =
    CASE WHEN present.expires_at > $4::timestamptz THEN present.granted_at ELSE excluded.granted_at END
  RETURNING "group", granted_at = $4::timestamptz AS "isChanged"`;

/**
 * Creates the function that gives a user the groups of a source, in place of those that the source gave before. Call it in a
 * transaction that has locked the user. Records each group that is new or gone.
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
    const taken = rows.parse(await transaction.$queryRawUnsafe(takeText, ...values));
    const given = rows.parse(await transaction.$queryRawUnsafe(giveText, ...values, until));
    const record = (action: string, group: string) =>
      recordEvent(transaction, system, {
        at,
        action,
        subjectId: userId,
        detail: `${group} from ${source}`,
      });
    for (const { group, isChanged } of taken) {
      if (isChanged) await record('membership.revoked', group);
    }
    for (const { group, isChanged } of given) {
      if (!isChanged) continue;
      const action = 'membership.granted';
      await record(action, group);
      await notify(transaction, { userId, actor: 'SYSTEM', actorId: null, action, at });
    }
  };
