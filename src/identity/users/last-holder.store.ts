import { z } from 'zod';
import { ConflictError } from '../../errors.ts';
import type { SqlTransaction } from '../../values/sql-transaction.ts';

/** Groups of which each place keeps one holder. */
export type KeptGroups = readonly string[];

/** The places in which a user holds such a group without an end, in the order in which all take their locks. */
const keptText = `
  SELECT place.type, place.id, held."group" FROM gatehouse.place_memberships AS held
  JOIN gatehouse.places AS place ON place.type = held.type AND place.id = held.place_id
  WHERE held.user_id = $1::uuid AND held.expires_at IS NULL AND place.ended_at IS NULL
    AND held."group" IN (SELECT jsonb_array_elements_text($2::text::jsonb))
    AND ($3::text IS NULL OR (place.type, place.id) = ($3::text, $4::text))
  ORDER BY place.type, place.id, held."group" FOR UPDATE OF place`;

const leftText = `
  SELECT EXISTS (
    SELECT FROM gatehouse.place_memberships AS held
    WHERE held.type = $1 AND held.place_id = $2 AND held."group" = $3 AND held.expires_at IS NULL
      AND (SELECT disabled_at IS NULL FROM gatehouse.users WHERE id = held.user_id)
  ) AS "isLeft"`;

const keptSchema = z.array(z.object({ type: z.string(), id: z.string(), group: z.string() }));
const leftSchema = z.tuple([z.object({ isLeft: z.boolean() })]);

interface Leaving {
  readonly userId: string;
  readonly kept: KeptGroups;
  /** The place in which something changes. Absent: all of the user. */
  readonly place?: { readonly type: string; readonly id: string };
}

/**
 * Changes what a user holds in places, or whether it may log in, and rolls the transaction back if a place loses its last
 * enabled holder without an end. It locks these places, so that two that leave one wait for each other.
 *
 * @throws {ConflictError} LAST_HOLDER. It names no place: who disables an account need not see it.
 */
export async function leaveAHolder<Result>(
  sql: SqlTransaction,
  { userId, kept, place }: Leaving,
  change: () => Promise<Result>,
): Promise<Result> {
  if (kept.length === 0) return change();
  const names = JSON.stringify(kept);
  const { type = null, id = null } = place ?? {};
  const before = keptSchema.parse(await sql.$queryRawUnsafe(keptText, userId, names, type, id));
  const result = await change();
  for (const each of before) {
    const found = await sql.$queryRawUnsafe(leftText, each.type, each.id, each.group);
    const [{ isLeft }] = leftSchema.parse(found);
    if (!isLeft) throw lastHolder();
  }
  return result;
}

const lastHolder = () =>
  new ConflictError(
    'LAST_HOLDER',
    'A place would lose the last one who runs it: grant this group to another active user there first, without an end.',
  );
