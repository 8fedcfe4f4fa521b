/**
 * Returns the statement for what users hold in places at the time `$2`. `condition` chooses the memberships by `$1`. What is
 * held in a place that has ended is left out: ended places are few, and have an index of their own.
 */
export const placeGrantsText = (condition: string): string => `
  SELECT user_id AS "userId", "type", place_id AS "placeId", "group", granted_at AS "grantedAt"
  FROM gatehouse.place_memberships AS held
  WHERE ${condition} AND (expires_at IS NULL OR expires_at > $2::timestamptz)
    AND NOT EXISTS (
      SELECT FROM gatehouse.places AS place
      WHERE place.type = held.type AND place.id = held.place_id AND place.ended_at IS NOT NULL
    )`;
