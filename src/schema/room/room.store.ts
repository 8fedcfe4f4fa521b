import type { Prisma } from '../../database/generated/client.ts';
import { NotFoundError } from '../../errors.ts';
import { recordEvent } from '../audit/audit.store.ts';
import { quoted } from '../audit/detail.ts';
import type { Origin } from '../audit/origin.ts';
import type { Page } from '../connection.ts';
import type { StoreDependencies } from '../user/user.store.ts';
import { isUuid } from '../uuid.ts';
import { confirmViewer } from '../viewer/confirm-viewer.store.ts';

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

    create: (room: RoomDescription, origin: Origin): Promise<RoomRecord> =>
      database.$transaction(async (transaction) => {
        const at = now();
        await confirmViewer(transaction, origin, { at });
        const created = await transaction.room.create({
          data: { ...room, createdAt: at },
          select: roomFields,
        });
        const event = { at, action: 'room.created', subjectId: created.id };
        await recordEvent(transaction, origin, { ...event, detail: tell(created, room) });
        return created;
      }),

    /** @throws {NotFoundError} */
    update: (id: string, data: RoomDescription, origin: Origin): Promise<RoomRecord> =>
      database.$transaction(async (transaction) => {
        const at = now();
        await confirmViewer(transaction, origin, { at });
        const [room] = isUuid(id)
          ? await transaction.room.updateManyAndReturn({ where: { id }, data, select: roomFields })
          : [];
        if (room === undefined) throw roomNotFound();
        const event = { at, action: 'room.updated', subjectId: room.id };
        await recordEvent(transaction, origin, { ...event, detail: tell(room, data) });
        return room;
      }),

    /** Removes the room with its entries. Gives the id. @throws {NotFoundError} */
    delete: (id: string, origin: Origin): Promise<string> =>
      database.$transaction(async (transaction) => {
        const at = now();
        await confirmViewer(transaction, origin, { at });
        const [room] = isUuid(id)
          ? await transaction.$queryRaw<Pick<RoomRecord, 'id' | 'name'>[]>`
              DELETE FROM rooms WHERE id = ${id}::uuid RETURNING id, name`
          : [];
        if (room === undefined) throw roomNotFound();
        const event = { at, action: 'room.deleted', subjectId: room.id, detail: quoted(room.name) };
        await recordEvent(transaction, origin, event);
        return room.id;
      }),
  };
}

/** What a room has become, for the audit log: whom it admits, and of the code only that it changed. */
function tell({ name, floor, groups }: RoomRecord, { accessCode }: RoomDescription): string {
  const room = `${quoted(name)}; floor ${floor}; groups: ${groups.join(', ')}`;
  if (accessCode === undefined) return room;
  return accessCode === null
    ? `${room}; without an access code`
    : `${room}; with a new access code`;
}

/** The one way to say that a room is not there. */
export const roomNotFound = (argument = 'id') =>
  new NotFoundError(argument, 'No room has this id.');
