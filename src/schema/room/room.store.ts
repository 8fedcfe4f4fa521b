import type { Prisma } from '../../database/generated/client.ts';
import { NotFoundError } from '../../errors.ts';
import type { Page } from '../connection.ts';
import type { StoreDependencies } from '../user/user.store.ts';
import { isUuid } from '../uuid.ts';

const roomFields = {
  id: true,
  name: true,
  floor: true,
  groups: true,
  accessCode: true,
} as const satisfies Prisma.RoomSelect;

/** A room as resolvers get it. */
export type RoomRecord = Prisma.RoomGetPayload<{ select: typeof roomFields }>;

/** What a room is; an absent access code stays as it is. */
export type RoomDescription = Pick<RoomRecord, 'name' | 'floor' | 'groups'> & {
  readonly accessCode?: string | null;
};

export type RoomStore = ReturnType<typeof createRoomStore>;

/** Reads and writes rooms. */
export function createRoomStore({ database, now }: StoreDependencies) {
  return {
    findByIds: (ids: readonly string[]): Promise<RoomRecord[]> =>
      database.room.findMany({ where: { id: { in: ids.filter(isUuid) } }, select: roomFields }),

    /** Rooms, oldest first; one more than the page holds, if there is one. */
    page: ({ limit, afterId }: Page): Promise<RoomRecord[]> =>
      database.room.findMany({
        where: afterId === undefined ? {} : { id: { gt: afterId } },
        orderBy: { id: 'asc' },
        take: limit + 1,
        select: roomFields,
      }),

    create: (room: RoomDescription): Promise<RoomRecord> =>
      database.room.create({ data: { ...room, createdAt: now() }, select: roomFields }),

    /** @throws {NotFoundError} */
    async update(id: string, data: RoomDescription): Promise<RoomRecord> {
      const [room] = isUuid(id)
        ? await database.room.updateManyAndReturn({ where: { id }, data, select: roomFields })
        : [];
      if (room === undefined) throw roomNotFound();
      return room;
    },

    /** Removes the room with its entries. @throws {NotFoundError} */
    async delete(id: string): Promise<void> {
      const { count } = isUuid(id)
        ? await database.room.deleteMany({ where: { id } })
        : { count: 0 };
      if (count === 0) throw roomNotFound();
    },
  };
}

/** The one way to say that a room is not there. */
export const roomNotFound = () => new NotFoundError('id', 'There is no room with this id.');
