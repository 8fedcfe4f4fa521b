import type { Prisma } from '../../database/generated/client.ts';
import { recordEvent } from '../audit/audit.store.ts';
import type { Origin } from '../audit/origin.ts';
import type { Page } from '../connection.ts';
import type { StoreDependencies } from '../user/user.store.ts';
import { firstUuidOf, isUuid } from '../uuid.ts';
import { confirmViewer } from '../viewer/confirm-viewer.store.ts';
import { OutdatedDecisionError } from '../viewer/outdated-decision-error.ts';
import { admits } from './room.policies.ts';
import { roomNotFound } from './room.store.ts';

const entryFields = {
  id: true,
  roomId: true,
  userId: true,
  enteredAt: true,
} as const satisfies Prisma.RoomEntrySelect;

/** An entry as resolvers get it. */
export type RoomEntryRecord = Prisma.RoomEntryGetPayload<{ select: typeof entryFields }>;

export type RoomEntryStore = ReturnType<typeof createRoomEntryStore>;

/** Reads and writes who entered which room. */
export function createRoomEntryStore({ database, now }: StoreDependencies) {
  return {
    findByIds: (ids: readonly string[]): Promise<RoomEntryRecord[]> =>
      database.roomEntry.findMany({ where: { id: { in: [...ids] } }, select: entryFields }),

    /** The ids that were made since then, in their order, and `limit` of them at most. */
    findIdsSince: async (since: Date, limit: number): Promise<string[]> => {
      const entries = await database.roomEntry.findMany({
        where: { id: { gte: firstUuidOf(since) } },
        orderBy: { id: 'asc' },
        take: limit,
        select: { id: true },
      });
      return entries.map(({ id }) => id);
    },

    /**
     * The same page of the entries of many rooms, latest first, in one statement; one more for each
     * room than the page holds, if there is one.
     */
    pageOf: (roomIds: readonly string[], { limit, afterId }: Page): Promise<RoomEntryRecord[]> =>
      database.$queryRaw<RoomEntryRecord[]>`
        SELECT entry.id, entry.room_id AS "roomId", entry.user_id AS "userId",
          entry.entered_at AS "enteredAt"
        FROM unnest(${[...roomIds]}::uuid[]) AS room (id)
        CROSS JOIN LATERAL (
          SELECT * FROM room_entries
          WHERE room_id = room.id AND (${afterId ?? null}::uuid IS NULL OR id < ${afterId ?? null}::uuid)
          ORDER BY id DESC
          LIMIT ${limit + 1}
        ) AS entry
        ORDER BY entry.id DESC`,

    /**
     * @throws {NotFoundError} when the room has gone.
     * @throws {OutdatedDecisionError} when it has been closed to the viewer since the guards looked.
     */
    enter: ({ roomId, userId }: Pick<RoomEntryRecord, 'roomId' | 'userId'>, origin: Origin) =>
      database.$transaction(async (transaction): Promise<RoomEntryRecord> => {
        const at = now();
        await confirmViewer(transaction, origin, { at });
        const [room] = isUuid(roomId)
          ? await transaction.$queryRaw<{ groups: string[] }[]>`
              SELECT groups::text[] FROM rooms WHERE id = ${roomId}::uuid FOR SHARE`
          : [];
        if (room === undefined) throw roomNotFound();
        // Not a rule of its own: it has the guards asked again, and what they then say holds.
        const { viewer, isDecidedAnew } = origin;
        if (viewer !== undefined && !isDecidedAnew && !admits(room, viewer)) {
          throw new OutdatedDecisionError(viewer);
        }
        const event = { at, action: 'room.entered', subjectId: roomId };
        await recordEvent(transaction, origin, event);
        const data = { roomId, userId, enteredAt: at };
        return transaction.roomEntry.create({ data, select: entryFields });
      }),
  };
}
