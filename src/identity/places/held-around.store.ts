import { z } from 'zod';
import type { SqlTransaction } from '../../values/sql-transaction.ts';
import { type GrantPlace, type HeldInPlace, placesAround } from './granting.ts';

/** What a user holds in places that have not ended. They are locked: what is granted by them is granted before their end. */
const heldText = `
  SELECT held.type, held.place_id AS "placeId", held."group", held.expires_at AS "expiresAt"
  FROM gatehouse.place_memberships AS held
  JOIN gatehouse.places AS place ON place.type = held.type AND place.id = held.place_id
  JOIN jsonb_to_recordset($2::text::jsonb) AS asked ("type" TEXT, "placeId" TEXT)
    ON asked.type = place.type AND asked."placeId" = place.id
  WHERE held.user_id = $1::uuid AND place.ended_at IS NULL
    AND (held.expires_at IS NULL OR held.expires_at > $3::timestamptz)
    AND ($4::timestamptz IS NULL OR held.granted_at <= $4::timestamptz)
  ORDER BY place.type, place.id, held."group" FOR SHARE OF place`;

const heldSchema = z.array(
  z.object({
    type: z.string(),
    placeId: z.string(),
    group: z.string(),
    expiresAt: z.coerce.date().nullable(),
  }),
);

export interface Around {
  readonly place: GrantPlace;
  readonly at: Date;
  /** Only memberships that are as old as this, and were held since. Absent: all. */
  readonly since?: Date;
}

/** Returns what a user holds in a place and in those to which it belongs. */
export async function heldAround(
  sql: SqlTransaction,
  userId: string,
  { place, at, since }: Around,
): Promise<readonly HeldInPlace[]> {
  const asked = JSON.stringify(placesAround(place));
  return heldSchema.parse(await sql.$queryRawUnsafe(heldText, userId, asked, at, since ?? null));
}
