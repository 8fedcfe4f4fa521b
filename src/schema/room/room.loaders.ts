import { createPageLoader, createRecordLoader } from '../loader.ts';
import type { RoomRecord, RoomStore } from './room.store.ts';
import type { RoomEntryRecord, RoomEntryStore } from './room-entry.store.ts';

/** Batches reads of rooms and of their entries. */
export const createRoomLoaders = (stores: {
  readonly rooms: RoomStore;
  readonly roomEntries: RoomEntryStore;
}) => ({
  rooms: createRecordLoader<RoomRecord>(stores.rooms.findByIds),
  roomEntries: createPageLoader<RoomEntryRecord>({
    pageOf: stores.roomEntries.pageOf,
    ownerOf: ({ roomId }) => roomId,
  }),
});
