import { userOf } from '../../authentication/viewer.ts';
import { originOf } from '../audit/origin.ts';
import { parsePage, toConnection } from '../connection.ts';
import type { Resolvers } from '../generated/resolver-types.ts';
import { required } from '../required.ts';
import { parseRoom } from './room.input.ts';
import { admits } from './room.policies.ts';
import { roomNotFound } from './room.store.ts';
import type { RoomEntryRecord } from './room-entry.store.ts';

export const roomResolvers = {
  Query: {
    room: (_query, { id }, { loaders }) => loaders.rooms.load(id),
    rooms: async (_query, args, { stores }) => {
      const page = parsePage(args);
      return toConnection(await stores.rooms.page(page), page);
    },
  },
  Mutation: {
    createRoom: (_mutation, { input }, context) =>
      context.stores.rooms.create(parseRoom(input), originOf(context)),
    updateRoom: (_mutation, { id, input }, context) =>
      context.stores.rooms.update(id, parseRoom(input), originOf(context)),
    deleteRoom: (_mutation, { id }, context) => context.stores.rooms.delete(id, originOf(context)),
    enterRoom: (_mutation, { id }, context) => {
      const { userId } = userOf(context.viewer);
      return context.stores.roomEntries.enter({ roomId: id, userId }, originOf(context));
    },
  },
  Subscription: {
    roomEntered: {
      subscribe: async (_subscription, { roomId }, { services, loaders }) => {
        const { roomEntries } = services.events;
        if (roomId === undefined || roomId === null) return roomEntries.subscribe();
        const room = await loaders.rooms.load(roomId);
        if (room === null) throw roomNotFound('roomId');
        return roomEntries.subscribe((entry) => entry.roomId === room.id);
      },
      resolve: (entry: RoomEntryRecord) => entry,
    },
  },
  Room: {
    admitsViewer: (room, _args, { viewer }) => admits(room, viewer),
    entries: async ({ id }, args, { loaders }) => {
      const page = parsePage(args);
      return toConnection(await loaders.roomEntries.load({ ownerId: id, page }), page);
    },
  },
  RoomEntry: {
    room: ({ roomId }, _args, { loaders }) => required(loaders.rooms.load(roomId)),
    user: ({ userId }, _args, { loaders }) => required(loaders.users.load(userId)),
  },
} satisfies Resolvers;
