import type { Page } from 'gatehouse';
import type { Context } from '../context.ts';
import type { RoomEntry } from '../generated/prisma/client.ts';

/** The same page of the entries of many rooms, latest first: one more for each room than the page holds. */
export const readEntries = (
  roomIds: readonly string[],
  page: Page,
  { db }: Pick<Context, 'db'>,
): Promise<RoomEntry[]> => {
  const afterId = page.afterId ?? null;
  return db.$queryRaw<RoomEntry[]>`
    SELECT entry.id, entry.room_id AS "roomId", entry.user_id AS "userId",
      entry.entered_at AS "enteredAt"
    FROM unnest(${[...roomIds]}::uuid[]) AS room (id)
    CROSS JOIN LATERAL (
      SELECT * FROM room_entries
      WHERE room_id = room.id AND (${afterId}::uuid IS NULL OR id < ${afterId}::uuid)
      ORDER BY id DESC
      LIMIT ${page.limit + 1}
    ) AS entry
    ORDER BY entry.id DESC`;
};
