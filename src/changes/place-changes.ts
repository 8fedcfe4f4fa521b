import { z } from 'zod';
import type { Viewer } from '../authentication/viewer.ts';
import { ConflictError } from '../errors.ts';
import type { SqlTransaction } from '../values/sql-transaction.ts';
import { quoted } from './record-event.ts';

/** A row of a type, in which groups are held. */
export interface Place {
  readonly type: string;
  /** The text of its id. */
  readonly id: string;
}

/** A group that a change gives its viewer in a place. */
export interface PlacedGroup {
  readonly group: string;
  readonly place: Place;
}

/** Says a group in a place, for the detail of an event: the id can be any text. */
export const describeInPlace = (group: string, { type, id }: Place): string =>
  `${group} in ${type} ${quoted(id)}`;

/** The maximum number of memberships of one account in places. */
export const maxPlaceMemberships = 2_000;

const openText = `
  WITH made AS (
    INSERT INTO gatehouse.places (type, id) VALUES ($1, $2) ON CONFLICT DO NOTHING RETURNING 1
  )
  SELECT EXISTS (SELECT FROM made) AS "isMade"`;

/** The lock orders two that open one place. */
const unusedText = `
  SELECT place.ended_at IS NULL AND NOT EXISTS (
    SELECT FROM gatehouse.place_memberships WHERE type = place.type AND place_id = place.id
  ) AS "isUnused"
  FROM (SELECT * FROM gatehouse.places WHERE type = $1 AND id = $2 FOR UPDATE) AS place`;

const giveText = `
  INSERT INTO gatehouse.place_memberships (user_id, type, place_id, "group", granted_at, granted_by_id)
  VALUES ($1::uuid, $2, $3, $4, $5::timestamptz, $1::uuid) ON CONFLICT DO NOTHING`;

const countText =
  'SELECT count(*)::int AS held FROM gatehouse.place_memberships WHERE user_id = $1::uuid';

/**
 * Gives the viewer of a change groups in places that the change has made.
 *
 * @throws {ConflictError} PLACE_IN_USE, when anybody holds anything in such a place, or it has ended; PLACES_LIMIT, when the viewer
 *   would hold too much. @throws {TypeError} for a viewer who is not a user.
 */
export async function givePlaces(
  sql: SqlTransaction,
  viewer: Viewer | undefined,
  { given, at }: { readonly given: readonly PlacedGroup[]; readonly at: Date },
): Promise<void> {
  if (given.length === 0) return;
  if (viewer?.kind !== 'user') {
    throw new TypeError('change: `grants` gives groups to users alone.');
  }
  const { userId } = viewer;
  const places = new Map(given.map(({ place }) => [`${place.type} ${place.id}`, place]));
  for (const place of places.values()) await openPlace(sql, place);
  for (const { group, place } of given) {
    await sql.$queryRawUnsafe(giveText, userId, place.type, place.id, group, at);
  }
  await requireFewPlaces(sql, userId);
}

/** @throws {ConflictError} PLACES_LIMIT, when a user holds too much in places. */
export async function requireFewPlaces(sql: SqlTransaction, userId: string): Promise<void> {
  const [{ held }] = countSchema.parse(await sql.$queryRawUnsafe(countText, userId));
  if (held <= maxPlaceMemberships) return;
  throw new ConflictError(
    'PLACES_LIMIT',
    `An account holds at most ${maxPlaceMemberships} groups in places.`,
  );
}

/** @throws {ConflictError} PLACE_IN_USE. */
async function openPlace(sql: SqlTransaction, { type, id }: Place): Promise<void> {
  const [{ isMade }] = madeSchema.parse(await sql.$queryRawUnsafe(openText, type, id));
  if (isMade) return;
  const [{ isUnused }] = unusedSchema.parse(await sql.$queryRawUnsafe(unusedText, type, id));
  if (isUnused) return;
  throw new ConflictError(
    'PLACE_IN_USE',
    `Groups are held in this ${type}, or it has ended: it cannot be given to its maker.`,
  );
}

/** Ends places: what is held in them opens nothing from the end of the transaction on. */
export async function endPlaces(sql: SqlTransaction, places: readonly Place[]): Promise<void> {
  for (const { type, id } of places) {
    await sql.$queryRawUnsafe('SELECT gatehouse.remove_place($1, $2)::text', type, id);
  }
}

const madeSchema = z.tuple([z.object({ isMade: z.boolean() })]);
const unusedSchema = z.tuple([z.object({ isUnused: z.boolean() })]);
const countSchema = z.tuple([z.object({ held: z.number() })]);
