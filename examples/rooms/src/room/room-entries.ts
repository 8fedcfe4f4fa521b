import type { Context, EntriesKey } from '../context.ts';
import type { RoomEntry } from '../generated/prisma/client.ts';

type Db = Pick<Context, 'db'>;

/** Reads pages of rooms' entries. Rooms of which the same page is asked are read in one statement. */
export async function readEntries(
  keys: readonly EntriesKey[],
  { db }: Db,
): Promise<readonly (readonly RoomEntry[])[]> {
  const pages = new Map<string, EntriesKey[]>();
  for (const key of keys) {
    const name = `${key.limit} ${key.afterId ?? ''}`;
    pages.set(name, [...(pages.get(name) ?? []), key]);
  }
  const entries = new Map<EntriesKey, readonly RoomEntry[]>();
  for (const alike of pages.values()) {
    const read = await readPage(alike, db);
    for (const key of alike) {
      entries.set(
        key,
        read.filter(({ roomId }) => roomId === key.roomId),
      );
    }
  }
  return keys.map((key) => entries.get(key) ?? []);
}

async function readPage(keys: readonly EntriesKey[], db: Db['db']): Promise<readonly RoomEntry[]> {
  const [page] = keys;
  const roomIds = [...new Set(keys.map(({ roomId }) => roomId))];
  const afterId = page?.afterId ?? null;
  return db.$queryRaw<RoomEntry[]>`
    SELECT entry.id, entry.room_id AS "roomId", entry.user_id AS "userId",
      entry.entered_at AS "enteredAt"
    FROM unnest(${roomIds}::uuid[]) AS room (id)
    CROSS JOIN LATERAL (
      SELECT * FROM room_entries
      WHERE room_id = room.id AND (${afterId}::uuid IS NULL OR id < ${afterId}::uuid)
      ORDER BY id DESC
      LIMIT ${(page?.limit ?? 0) + 1}
    ) AS entry
    ORDER BY entry.id DESC`;
}
