import type { PageRequest } from 'graphql-gatehouse';
import type { Context } from '../context.ts';
import type { RoomEntry } from '../generated/prisma/client.ts';

/** Creates the function that reads the same page of the entries of many rooms, latest first. */
export const readEntries =
  (db: Context['db']) =>
  ({ owners, after, limit }: PageRequest<RoomEntry>): Promise<RoomEntry[]> => {
    const afterId = after?.id ?? null;
    return db.$queryRaw<RoomEntry[]>`
    SELECT entry.id, entry.room_id AS "roomId", entry.user_id AS "userId",
      entry.entered_at AS "enteredAt"
    FROM unnest(${[...owners]}::uuid[]) AS room (id)
    CROSS JOIN LATERAL (
      SELECT * FROM room_entries
      WHERE room_id = room.id AND (${afterId}::uuid IS NULL OR id < ${afterId}::uuid)
      ORDER BY id DESC
      LIMIT ${limit}
    ) AS entry
    ORDER BY entry.id DESC`;
  };
