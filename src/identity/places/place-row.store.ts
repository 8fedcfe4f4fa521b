import { z } from 'zod';
import { changedMeanwhile } from '../../changes/rights.ts';
import { NotFoundError } from '../../errors.ts';
import type { SqlTransaction } from '../../values/sql-transaction.ts';
import type { GrantPlace } from './granting.ts';

type Place = Pick<GrantPlace, 'type' | 'id'>;

const openText = 'INSERT INTO gatehouse.places (type, id) VALUES ($1, $2) ON CONFLICT DO NOTHING';
const lockText =
  'SELECT FROM gatehouse.places WHERE type = $1 AND id = $2 AND ended_at IS NULL FOR SHARE';

/** Locks the row of a place, so that it does not end meanwhile. Makes a row that is missing. False: the place has ended. */
export async function lockOpenPlace(sql: SqlTransaction, { type, id }: Place): Promise<boolean> {
  await sql.$queryRawUnsafe(openText, type, id);
  return z.array(z.unknown()).parse(await sql.$queryRawUnsafe(lockText, type, id)).length > 0;
}

/**
 * The same, for a grant in the place.
 *
 * @throws {NotFoundError} when it has ended. @throws {ConflictError} CHANGED_MEANWHILE, for a holder.
 */
export async function openForGrant(
  sql: SqlTransaction,
  place: Place,
  isByHolder: boolean,
): Promise<void> {
  if (await lockOpenPlace(sql, place)) return;
  throw isByHolder ? changedMeanwhile() : placeNotFound(place.type);
}

/** The error for a place that does not exist, or that has ended. */
export const placeNotFound = (type: string): NotFoundError =>
  new NotFoundError('within', `No ${type} has this id.`);
