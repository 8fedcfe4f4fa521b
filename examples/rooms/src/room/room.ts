import { defineDomain, type Found, isUuid, required, userOf } from 'graphql-gatehouse';
import type { Context } from '../context.ts';
import type { Room, RoomEntry } from '../generated/prisma/client.ts';
import type { Resolvers } from '../generated/resolver-types.ts';
import { describeRoom, parseRoom } from './room.input.ts';
import { admits, isOwnEntry, isRoomMember, roomNotFound } from './room.policies.ts';
import { seedRooms } from './room.seed.ts';
import { readEntries } from './room-entries.ts';

const resolvers: Resolvers = {
  Query: {
    room: (_query, { id }, { load }) => load.rooms(id),
    rooms: (_query, _args, { fromReplica, page }, info) =>
      fromReplica(info, (db) => page(info, db.room)),
    roomEntries: (_query, _args, { fromReplica, page }, info) =>
      fromReplica(info, (db) => page(info, db.roomEntry, { orderBy: { id: 'desc' } })),
  },
  Mutation: {
    createRoom: (_mutation, { input }, { change, groups }) => {
      const data = parseRoom(input, groups);
      const event = (room: Room) => ({
        action: 'room.created',
        subjectId: room.id,
        detail: describeRoom(room, data),
      });
      return change(event, (tx) => tx.room.create({ data }));
    },
    updateRoom: (_mutation, { input }, { change, groups }) => {
      const data = parseRoom(input, groups);
      const event = (room: Room) => ({
        action: 'room.updated',
        subjectId: room.id,
        detail: describeRoom(room, data),
      });
      return change(event, (tx, { id: room }: Found<Context, 'Mutation.updateRoom'>) =>
        tx.room.update({ where: { id: room.id }, data }),
      );
    },
    deleteRoom: async (_mutation, _args, { change }) => {
      const event = (room: Room) => ({
        action: 'room.deleted',
        subjectId: room.id,
        detail: JSON.stringify(room.name),
      });
      const { id } = await change(
        event,
        (tx, found: Found<Context, 'Mutation.deleteRoom'>) =>
          tx.room.delete({ where: { id: found.id.id } }),
        { leaves: ['id'] },
      );
      return id;
    },
    enterRoom: (_mutation, { id }, { viewer, change }) => {
      const { userId } = userOf(viewer);
      return change(
        { action: 'room.entered', subjectId: id },
        (tx) => tx.roomEntry.create({ data: { roomId: id, userId } }),
        {
          stillHolds: async (tx) => {
            const [room] = await tx.$queryRaw<Pick<Room, 'groups'>[]>`
              SELECT groups FROM rooms WHERE id = ${id}::uuid FOR SHARE`;
            if (room === undefined) throw roomNotFound('id');
            return admits(room, viewer);
          },
        },
      );
    },
  },
  Room: {
    groups: (room, _args, { groups }) => groups.inSchemaOrder(room.groups),
    admitsViewer: (room, _args, { viewer }) => admits(room, viewer),
    entries: (room, _args, { db, page }, info) =>
      page(info, { read: readEntries(db) }, { by: 'roomId', of: room.id, orderBy: { id: 'desc' } }),
  },
  RoomEntry: {
    room: ({ roomId }, _args, { load }) => required(load.rooms(roomId)),
    user: ({ userId }, _args, { load }) => required(load.users(userId)),
  },
};

export const rooms = defineDomain<Context>({
  name: 'room',
  typeDefs: 'src/room/room.graphql',
  resolvers,
  policies: { ROOM_MEMBER: isRoomMember, OWN_ENTRY: isOwnEntry },
  loaders: {
    rooms: {
      one: (ids, { db }) => db.room.findMany({ where: { id: { in: ids.filter(isUuid) } } }),
    },
  },
  types: {
    Room: { byIds: (ids, { db }) => db.room.findMany({ where: { id: { in: ids } } }) },
    RoomEntry: {
      byIds: (ids, { db, where }) =>
        db.roomEntry.findMany({ where: { AND: [{ id: { in: ids } }, where ?? {}] } }),
    },
  },
  events: {
    roomEntered: {
      table: 'room_entries',
      type: 'RoomEntry',
      filter: ({ roomId }: { readonly roomId?: string | null }) =>
        roomId ? (entry: RoomEntry) => entry.roomId === roomId.toLowerCase() : undefined,
    },
  },
  seed: seedRooms,
});
